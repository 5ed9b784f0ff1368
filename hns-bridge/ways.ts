/** The ways to HNS that a configuration may ask for by `hns`; WINCNI_HNS goes before it. */
export const hnsWays = ['powershell', 'native'] as const;

export type HnsWay = (typeof hnsWays)[number];

/** The way of a name; undefined for what is none. */
export function hnsWay(name: unknown): HnsWay | undefined {
  return hnsWays.find((way) => way === name);
}
