import { appendFileSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { JsonObject } from '../../cni/json-object.ts';
import { serve } from '../../plugins/serve.ts';
import { nodeHost } from '../../system/node-host.ts';
import { isLong } from '../helpers/long.ts';
import { quickFolder } from '../helpers/quick-folder.ts';
import { address, ipam, isDeliberate } from '../ipam/host-local/configurations.ts';
import { type Ended, findReference, type Request, start } from '../ipam/host-local/processes.ts';

/** Sequences of commands for host-local: the same answers, and the same files, byte for byte. */

const reference = findReference() ?? '';

/** Ours in this process: what the executable is made of. */
async function ours({
  args = '',
  command,
  config,
  containerId,
  ifName = 'eth0',
}: Request): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  const exitCode = await serve(
    'host-local',
    {
      env: {
        CNI_COMMAND: command,
        CNI_CONTAINERID: containerId,
        CNI_NETNS: 'none',
        CNI_IFNAME: ifName,
        CNI_PATH: '/nowhere',
        CNI_ARGS: args,
      },
      pathDelimiter: ':',
      readStdin: () => Buffer.from(JSON.stringify(config)),
      writeStdout: (text) => {
        stdout += text;
      },
      writeStderr: (text) => {
        stderr += text;
      },
    },
    { ...nodeHost(process), append: appendFileSync, version: '1.2.3' },
  );
  return { exitCode, stderr, document: stdout === '' ? {} : JSON.parse(stdout) };
}

/** The files of a folder of leases, with what stands in them and who may read it. */
function files(dataDir: string): readonly (readonly [string, string, number])[] {
  const folder = join(dataDir, 'net1');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name !== 'lock')
    .sort()
    .map((name) => {
      const path = join(folder, name);
      return [name, readFileSync(path, 'utf8'), statSync(path).mode & 0o777];
    });
}

const leasesAlone = (all: ReturnType<typeof files>) =>
  all.filter(([name]) => !name.startsWith('last_reserved_ip'));

interface Command {
  readonly command: 'ADD' | 'DEL' | 'CHECK';
  readonly containerId: string;
  readonly ifName: string;
  readonly asked: string | null;
}

const command: fc.Arbitrary<Command> = fc.record({
  command: fc.constantFrom('ADD', 'ADD', 'ADD', 'DEL', 'CHECK'),
  containerId: fc.constantFrom('pod1', 'pod2', 'pod3', 'pod10'),
  ifName: fc.constantFrom('eth0', 'eth0', 'eth0', 'net1'),
  asked: fc.option(address, { freq: 3 }),
});

const sequences = isLong ? 20_000 : 500;

it(`${sequences} sequences of commands leave the same leases as the reference`, async () => {
  let commands = 0;
  let repeated = 0;
  let cut = 0;
  await fc.assert(
    fc.asyncProperty(
      ipam,
      fc.array(command, { minLength: 2, maxLength: 10 }),
      async (written, list) => {
        fc.pre(!isDeliberate(JSON.stringify(written)));
        const [ourFolder, theirFolder] = [quickFolder(), quickFolder()];
        const config = (dataDir: string): JsonObject => ({
          cniVersion: '1.0.0',
          name: 'net1',
          ipam: { type: 'host-local', dataDir, ...written },
        });
        const given = new Map<string, JsonObject>();
        for (const { asked, ...request } of list) {
          commands++;
          const args = asked ? `IgnoreUnknown=1;IP=${asked}` : '';
          const key = `${request.containerId} ${request.ifName}`;
          const before = files(ourFolder);
          const our = await ours({ ...request, args, config: config(ourFolder) });
          // Where the reference says "duplicate allocation", ours says again what it gave, unless it is
          // asked for something else.
          if (request.command === 'ADD' && given.has(key)) {
            repeated++;
            const known = JSON.stringify(given.get(key)?.['ips']);
            if (asked === null || known.includes(`"${asked}/`)) {
              expect(our).toEqual({ exitCode: 0, stderr: '', document: given.get(key) });
            } else {
              expect([request, asked, our.exitCode]).toEqual([request, asked, 1]);
            }
            expect(files(ourFolder)).toEqual(before);
            continue;
          }
          const their = await start(reference, { ...request, args, config: config(theirFolder) });
          // DEL reads of a configuration only what it needs: ours deletes by one that the reference refuses.
          if (request.command === 'DEL' && their.exitCode !== 0) {
            expect(our).toEqual({ exitCode: 0, stderr: '', document: {} });
            continue;
          }
          expect([request, our.exitCode, our.exitCode === 0 ? our.document : {}]).toEqual([
            request,
            their.exitCode,
            their.exitCode === 0 ? their.document : {},
          ]);
          const left = [files(ourFolder), files(theirFolder)] as const;
          // An ADD for an address of no range takes others first, in the reference, and gives them back:
          // it looks for the next one elsewhere from there on.
          if (our.exitCode !== 0 && asked !== null && !isDeepStrictEqual(...left)) {
            expect(left.map(leasesAlone)[0]).toEqual(left.map(leasesAlone)[1]);
            cut++;
            return;
          }
          expect(left[0]).toEqual(left[1]);
          if (our.exitCode !== 0) continue;
          if (request.command === 'ADD') given.set(key, our.document);
          if (request.command === 'DEL') given.delete(key);
        }
      },
    ),
    { numRuns: sequences, seed: 20261128 },
  );
  process.stdout.write(
    `host-local: ${sequences} sequences, ${commands} commands, of them ${repeated} repeated ADDs; ${cut} cut short at an address of no range\n`,
  );
});
