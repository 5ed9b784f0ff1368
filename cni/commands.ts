import type { SpecVersion } from './versions.ts';

export interface CommandTime {
  readonly total: number;
  readonly kept: number;
}

const usualTime: CommandTime = { total: 100_000, kept: 3_000 };

/** What the specification says of a command (SPEC.md, sections 2 and 3), and how long it may take. */
interface CommandRule {
  /**
   * How long it may take, in milliseconds: kubelet's runtimes give a whole chain two minutes, and
   * kubelet takes a runtime for down whose status does not come within 30 seconds. So much of it is
   * kept for undoing what was done, and for ending what hangs.
   */
  readonly time: CommandTime;
  /** The version of the specification it came with. */
  readonly since: SpecVersion;
  /** Whether it is about one container's interface; else it is about the network. */
  readonly ofAttachment: boolean;
  /**
   * The variables it cannot do without. The reference's plugins want CNI_PATH for every command, though
   * only some use it; a runtime that sets none for DEL must not leave a pod behind.
   */
  readonly variables: readonly string[];
  /** The keys a runtime adds to the configuration for this command alone, in lower case. */
  readonly addedKeys: readonly string[];
}

const attachment = ['CNI_CONTAINERID', 'CNI_NETNS', 'CNI_IFNAME', 'CNI_PATH'];

/** The commands that act on a network; VERSION only asks about the program. */
export const commands = {
  ADD: {
    time: { total: 100_000, kept: 10_000 },
    since: '0.1.0',
    ofAttachment: true,
    variables: attachment,
    addedKeys: [],
  },
  DEL: {
    time: usualTime,
    since: '0.1.0',
    ofAttachment: true,
    variables: ['CNI_CONTAINERID', 'CNI_IFNAME'],
    addedKeys: ['prevresult'],
  },
  CHECK: {
    time: usualTime,
    since: '0.4.0',
    ofAttachment: true,
    variables: attachment,
    addedKeys: ['prevresult'],
  },
  GC: {
    time: usualTime,
    since: '1.1.0',
    ofAttachment: false,
    variables: ['CNI_PATH'],
    addedKeys: ['cni.dev/valid-attachments', 'cni.dev/attachments'],
  },
  STATUS: {
    time: { total: 10_000, kept: 2_000 },
    since: '1.1.0',
    ofAttachment: false,
    variables: [],
    addedKeys: [],
  },
} as const satisfies Readonly<Record<string, CommandRule>>;

export type Command = keyof typeof commands;

/** Whether a text is a command of the table. */
export function isCommand(text: string): text is Command {
  return Object.hasOwn(commands, text);
}

/** What the specification says of a command. */
export function commandRule(command: Command): CommandRule {
  return commands[command];
}

/** How long what CNI_COMMAND says may take; what is no command is refused in no time. */
export function commandTime(text: string): CommandTime {
  return isCommand(text) ? commandRule(text).time : usualTime;
}
