import type { Host } from '../../system/host.ts';

/** What a command has done so far, and how each of it is undone. */
export interface UndoStack {
  push(effect: string, undo: () => Promise<unknown>): void;
  /** Gives what could not be undone, in words. */
  run(): Promise<readonly string[]>;
}

/**
 * Undoes effects in reverse order, in what is left of the command's time. What fails is logged, for the failure before it is the answer,
 * and ends it: what was done earlier is still in use then, an endpoint's lease above all. DEL, which
 * the runtime sends after a failed ADD, goes on from there.
 */
export function undoStack({ deadline, log }: Pick<Host, 'deadline' | 'log'>): UndoStack {
  const steps: { readonly effect: string; readonly undo: () => Promise<unknown> }[] = [];
  return {
    push(effect, undo) {
      steps.push({ effect, undo });
    },
    async run() {
      deadline.turnBack();
      const last = steps.toReversed();
      for (const [index, { effect, undo }] of last.entries()) {
        try {
          await undo();
          log('undone', { what: effect });
        } catch (error) {
          log('undo failed', {
            what: effect,
            error: error instanceof Error ? error.message : error,
          });
          return last.slice(index).map((step) => step.effect);
        }
      }
      return [];
    },
  };
}
