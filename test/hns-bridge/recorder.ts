import type { Transport } from '../../hns-bridge/transport.ts';

/** What a call was: its method, then its arguments; bodies are parsed, so that a test names them whole. */
export type Recorded = readonly [method: keyof Transport, ...args: readonly unknown[]];

/** What a call answers: a text, or an error to throw. */
export type Reply = string | Error;

/** A transport that writes down what it is asked, and answers what it was told to, in order. */
export function recorder(...replies: readonly Reply[]) {
  const calls: Recorded[] = [];
  const answer = async (method: keyof Transport, ...args: readonly unknown[]): Promise<string> => {
    // What was left out at the end was not said.
    calls.push([method, ...args.filter((argument) => argument !== undefined).map(readable)]);
    const reply = replies[calls.length - 1];
    if (reply === undefined)
      throw new Error(`nothing was expected after ${calls.length - 1} calls`);
    if (reply instanceof Error) throw reply;
    return reply;
  };
  const transport: Transport = {
    v1: (...args) => answer('v1', ...args),
    enumerate: (...args) => answer('enumerate', ...args),
    query: (...args) => answer('query', ...args),
    create: (...args) => answer('create', ...args),
    modify: async (...args) => {
      await answer('modify', ...args);
    },
    delete: async (...args) => {
      await answer('delete', ...args);
    },
    modifySystem: async (...args) => {
      await answer('modifySystem', ...args);
    },
    close: async () => {
      calls.push(['close']);
    },
  };
  return { transport, calls };
}

function readable(argument: unknown): unknown {
  return typeof argument === 'string' && argument.startsWith('{') ? JSON.parse(argument) : argument;
}

/** V1's answer with that output; without an argument, with none. */
export function output(...value: readonly unknown[]): string {
  return JSON.stringify(
    value.length === 0 ? { Success: true } : { Success: true, Output: value[0] },
  );
}

/** V1's answer that refuses. */
export function refused(facts: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ Success: false, ...facts });
}
