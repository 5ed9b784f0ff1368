import { wordsOf } from '../../facts/command-words.ts';
import type { Facts } from '../../facts/facts.ts';

/** How a program of the node is started, as far as the facts tell. */
export type Started =
  /** Neither a process nor a service of its name. */
  | { readonly kind: 'absent' }
  /** It is there, and its command line is not known. */
  | { readonly kind: 'unknown'; readonly why: string }
  | { readonly kind: 'known'; readonly flags: Flags };

/** A command line's flags by name; of a flag that is said twice the last one. */
export type Flags = ReadonlyMap<string, string>;

/** How a program is started: its process says it, else a service that runs it, by itself or by nssm. */
export function startedAs(
  {
    administrator,
    processes = [],
    services = [],
  }: Pick<Facts, 'administrator' | 'processes' | 'services'>,
  name: string,
): Started {
  const running = processes.filter((process) => isProgram(process.name, name));
  const installed = servicesRunning({ services }, name);
  if (running.length + installed.length === 0) return { kind: 'absent' };
  const commands = [
    ...running.map(({ command }) => command),
    // nssm's own command says nothing of what it runs.
    ...installed.map(({ application, command, parameters }) =>
      application === undefined ? command : `"${application}" ${parameters ?? ''}`,
    ),
  ];
  const command = commands.find((text) => isProgram(wordsOf(text ?? '')[0], name));
  if (command !== undefined) return { kind: 'known', flags: flagsOf(command) };
  const why = administrator === false ? ": administrator's rights may show it" : '';
  return { kind: 'unknown', why: `the command line of ${name} is not known${why}` };
}

/** The services of a program's name, or that run it under another one. */
export function servicesRunning(
  { services = [] }: Pick<Facts, 'services'>,
  name: string,
): NonNullable<Facts['services']> {
  return services.filter(
    (service) =>
      // AKS has kubeproxy.
      service.name.toLowerCase().replaceAll('-', '') === name.replaceAll('-', '') ||
      isProgram(service.application ?? wordsOf(service.command ?? '')[0], name),
  );
}

/** Whether a path, or a name alone, is of a program: `C:\k\kube-proxy.exe` of `kube-proxy`. */
function isProgram(path: string | undefined, name: string): boolean {
  const file = path?.toLowerCase().split(/[\\/]/).at(-1);
  return file?.replace(/\.exe$/, '') === name;
}

/**
 * The flags of a command line, as Go's pflag reads them: `--name=value`, `--name value`, `-name=value`, and
 * alone for those that say yes or no. What is no flag is passed over.
 */
export function flagsOf(command: string): Flags {
  const flags = new Map<string, string>();
  const words = wordsOf(command).slice(1);
  words.forEach((word, index) => {
    const said = /^--?([A-Za-z][\w.-]*)(?:=([\s\S]*))?$/.exec(word);
    if (!said) return;
    const [, name = '', value] = said;
    const next = words[index + 1];
    const isAlone = switches.has(name) || next === undefined || next.startsWith('-');
    flags.set(name, value ?? (isAlone ? 'true' : next));
  });
  return flags;
}

/** Flags of kubelet's and kube-proxy's that stand alone: pflag takes no word behind them for their value. */
const switches = new Set([
  'enable-dsr',
  'forward-healthcheck-vip',
  'masquerade-all',
  'windows-service',
  'logtostderr',
  'cleanup',
]);

/** Whether a flag says yes: `--enable-dsr`, `--enable-dsr=true`; Go takes 1 and t, too. */
export function isOn(value: string | undefined): boolean {
  return value !== undefined && /^(?:1|t|true)$/i.test(value);
}
