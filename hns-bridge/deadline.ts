import { inSeconds } from '../system/deadline.ts';
import type { Host } from '../system/host.ts';
import { inTime } from '../system/wait.ts';
import type { Calls } from './calls.ts';
import { HnsError } from './error.ts';

/**
 * Calls within the time of the command: none begins when that is over, and none is waited for longer. The
 * way to HNS stays open: an answer that comes late is passed over, and what undoes may ask again.
 */
export function withDeadline(
  calls: Calls,
  { clock, deadline }: Pick<Host, 'clock' | 'deadline'>,
): Calls {
  const timed = <Answer>(operation: string, ask: () => Promise<Answer>): Promise<Answer> => {
    const left = deadline.left();
    if (left === 0) return Promise.reject(notAsked(operation, deadline.total));
    return inTime(clock, left, ask(), () => notAnswered(operation, left));
  };
  return {
    v1: (call) => timed(call.operation, () => calls.v1(call)),
    enumerate: (call) => timed(call.operation, () => calls.enumerate(call)),
    query: (call) => timed(call.operation, () => calls.query(call)),
    create: (call) => timed(call.operation, () => calls.create(call)),
    modify: (call) => timed(`modify ${call.kind} ${call.id}`, () => calls.modify(call)),
    delete: (call) => timed(`delete ${call.kind} ${call.id}`, () => calls.delete(call)),
    modifySystem: (call) =>
      timed(`modify compute system ${call.id}`, () => calls.modifySystem(call)),
  };
}

export const restartHns =
  'the Host Network Service may hang: Get-Service hns, then Restart-Service hns';

function notAsked(operation: string, total: number): HnsError {
  return timeout(
    `HNS was not asked any more, the ${inSeconds(total)} of this command are over: ${operation}`,
    `what was not undone stays until DEL, which the runtime sends; ${restartHns}`,
  );
}

function notAnswered(operation: string, left: number): HnsError {
  return timeout(
    `HNS did not answer within the ${inSeconds(left)} that were left to this command: ${operation}`,
    `it may be done all the same, and is undone by this command where HNS answers again, else by DEL, which the runtime sends; ${restartHns}`,
  );
}

function timeout(message: string, details: string): HnsError {
  return new HnsError(message, { kind: 'hns-timeout', reason: 'other', details });
}
