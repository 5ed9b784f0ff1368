/** The systems that executables are made for, named as Node's own builds are. */
export const systems = ['linux-x64', 'win32-x64'] as const;

export type System = (typeof systems)[number];

/** What a process says of the system that it runs on. */
interface Machine {
  readonly arch: string;
  readonly platform: string;
}

/** The systems that are asked for: all, `own`, or one by its name. Throws for others. */
export function wantedSystems(only: string | undefined, machine: Machine): readonly System[] {
  if (only === undefined) return systems;
  if (only === 'own') return [ownSystem(machine)];
  const named = systems.filter((system) => system === only);
  if (named.length > 0) return named;
  throw new Error(`--only=${only}: expected own, ${systems.join(' or ')}`);
}

/** The system that a process runs on. Throws on one whose executables nobody makes. */
export function ownSystem({ arch, platform }: Machine): System {
  const own = systems.find((system) => system === `${platform}-${arch}`);
  if (own !== undefined) return own;
  throw new Error(
    `executables are made for ${systems.join(' and ')}; this is ${platform}-${arch}, where none of them can be started`,
  );
}
