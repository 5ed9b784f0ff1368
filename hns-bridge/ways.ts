/** The ways to HNS that a configuration may ask for by `hns`; WINCNI_HNS goes before it. */
export const hnsWays = ['powershell', 'native'] as const;

export type HnsWay = (typeof hnsWays)[number];

/** The way of a name; undefined for what is none. */
export function hnsWay(name: unknown): HnsWay | undefined {
  return hnsWays.find((way) => way === name);
}

/**
 * The way that is asked for: what WINCNI_HNS names, else what the configuration does, else PowerShell. What
 * the variable names may be no way at all: opening says so.
 */
export function wayToHns(
  env: Readonly<Record<string, string | undefined>>,
  configured: HnsWay = 'powershell',
): string {
  const variable = env['WINCNI_HNS'] ?? '';
  return variable === '' ? configured : variable;
}
