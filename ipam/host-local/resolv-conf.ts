import { CniError, code } from '../../cni/error.ts';
import type { Dns } from '../../cni/result.ts';
import { defined } from '../../system/defined.ts';
import type { Host } from '../../system/host.ts';

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

/** The last `domain` counts, and every `nameserver`, `search` and `options`, as in the reference. */
function parseResolvConf(text: string): Dns {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line) => line.trim().split(/\s+/))
    .filter(([word = '', ...rest]) => rest.length > 0 && !/^[#;]/.test(word));
  const of = (key: string) => lines.filter(([word]) => word === key).map(([, ...rest]) => rest);
  const domain = of('domain').at(-1)?.[0];
  return defined({
    nameservers: of('nameserver').flatMap(([server]) => server ?? []),
    search: of('search').flat(),
    options: of('options').flat(),
    domain,
  });
}
