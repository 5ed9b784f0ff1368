import { CniError, code } from '../../plugins/cni/error.ts';
import type { Host } from '../../plugins/cni/host.ts';
import type { Dns } from '../../plugins/cni/result.ts';

/** The DNS settings of a file in the form of resolv.conf. Throws code 5 when it cannot be read. */
export function readResolvConf(host: Host, path: string): Dns {
  let text: string;
  try {
    text = host.files.read(path);
  } catch (error) {
    throw new CniError(
      code.io,
      `ipam.resolvConf: cannot read ${path}`,
      error instanceof Error ? error.message : '',
      { cause: error },
    );
  }
  return parseResolvConf(text);
}

/** The last `domain` counts, the last `search` counts, every `nameserver` and every option. */
export function parseResolvConf(text: string): Dns {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line) =>
      line
        .replace(/[#;].*/, '')
        .trim()
        .split(/\s+/),
    )
    .filter((words) => words.length > 1);
  const of = (key: string) => lines.filter(([word]) => word === key).map(([, ...rest]) => rest);
  const domain = of('domain').at(-1)?.[0];
  return {
    nameservers: of('nameserver').flatMap(([server]) => server ?? []),
    search: of('search').at(-1) ?? [],
    options: of('options').flat(),
    ...(domain === undefined ? {} : { domain }),
  };
}
