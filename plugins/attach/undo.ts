import type { Log } from '../../system/host.ts';

/** What a command has done so far, and how each of it is undone. */
export interface UndoStack {
  push(effect: string, undo: () => Promise<unknown>): void;
  run(): Promise<void>;
}

/**
 * Undoes effects in reverse order. What fails is logged, for the failure before it is the answer,
 * and ends it: what was done earlier is still in use then, an endpoint's lease above all. DEL, which
 * the runtime sends after a failed ADD, goes on from there.
 */
export function undoStack(log: Log): UndoStack {
  const steps: { readonly effect: string; readonly undo: () => Promise<unknown> }[] = [];
  return {
    push(effect, undo) {
      steps.push({ effect, undo });
    },
    async run() {
      for (const { effect, undo } of steps.reverse()) {
        try {
          await undo();
          log('undone', { what: effect });
        } catch (error) {
          log('undo failed', {
            what: effect,
            error: error instanceof Error ? error.message : error,
          });
          return;
        }
      }
    },
  };
}
