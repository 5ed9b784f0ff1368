import { hasCode } from './errors.ts';
import type { Host } from './host.ts';

/** Does something, again for as long as it is refused for now. Throws the last refusal. */
export type Patiently = <Done>(act: () => Done) => Done;

/**
 * How long a command waits in all for what is refused for now, in milliseconds. In all, not each time: a
 * folder in which everything is refused must not cost a runtime's whole patience.
 */
const inAll = 500;

/**
 * Bears with what Windows refuses for a moment: a name whose file is being deleted, a file that a virus
 * scanner or a reader has open. It is tried again after 1, 2, 4, … ms; once all that was waited comes to
 * half a second, a refusal counts at once.
 */
export function patience({ clock, deadline }: Pick<Host, 'clock' | 'deadline'>): Patiently {
  let left = inAll;
  return (act) => {
    for (let ms = 1; ; ms *= 2) {
      try {
        return act();
      } catch (error) {
        const wait = Math.min(ms, deadline.within(left));
        if (wait <= 0 || !isRefusedForNow(error)) throw error;
        left -= wait;
        clock.pause(wait);
      }
    }
  };
}

/** Whether Windows may allow the same a moment later. */
export function isRefusedForNow(error: unknown): boolean {
  return hasCode(error, 'EPERM', 'EACCES', 'EBUSY');
}
