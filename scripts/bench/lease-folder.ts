import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addressAt, usableAddresses } from './commands.ts';
import type { Timed } from './meter.ts';

/** A data folder of host-local's with leases of 10.9.0.0/16, and what is asked of it. */
export interface LeaseFolder {
  /** Of another pod each time. */
  add(program: string): Timed;
  /** Of another pod each time, whose lease is there; with its previous result, or without. */
  del(program: string, told: boolean): Timed;
}

const network = 'bench';

/** Makes one where so many addresses are taken, the free ones strewn among them; the last one that was given is in the middle. */
export function leaseFolder(dataDir: string, leases: number): LeaseFolder {
  const folder = join(dataDir, network);
  mkdirSync(folder, { recursive: true });
  for (let index = 0; index < leases; index++) {
    // A prime that goes round all of them.
    const address = addressAt((index * 7919) % usableAddresses);
    writeFileSync(join(folder, address), `pod${index}\r\neth0`);
  }
  if (leases > 0) writeFileSync(join(folder, 'last_reserved_ip.0'), addressAt(32_766));
  const asked = (file: string, command: string, pod: string, more: object): Timed => ({
    file,
    stdin: JSON.stringify({
      cniVersion: '1.0.0',
      name: network,
      ipam: { type: 'host-local', subnet: '10.9.0.0/16', dataDir },
      ...more,
    }),
    env: {
      CNI_COMMAND: command,
      CNI_CONTAINERID: pod,
      CNI_NETNS: 'none',
      CNI_IFNAME: 'eth0',
      CNI_PATH: dataDir,
    },
  });
  let added = 0;
  let deleted = 0;
  return {
    add: (file) => ({ ...asked(file, 'ADD', `new${added++}`, {}), says: '"ips"' }),
    del(file, told) {
      const address = addressAt((deleted * 300) % usableAddresses);
      const pod = `deleted${deleted++}`;
      const lease = join(folder, address);
      writeFileSync(lease, `${pod}\r\neth0`);
      // As that of a pod that was not added just now.
      utimesSync(lease, 1e9, 1e9);
      const prevResult = { cniVersion: '1.0.0', ips: [{ address: `${address}/16` }] };
      return asked(file, 'DEL', pod, told ? { prevResult } : {});
    },
  };
}
