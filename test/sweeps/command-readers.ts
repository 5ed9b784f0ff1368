import fc from 'fast-check';
import type { JsonObject } from '../../cni/json-object.ts';
import { badAnswer } from '../helpers/bad-answer.ts';
import { damaged, json, mutated, texts } from '../helpers/hostile.ts';
import { memoryNode } from '../helpers/memory-node.ts';
import { leftOf } from './left.ts';
import { places } from './places.ts';
import { type Reader, reader } from './readers.ts';
import { openSite, type Site } from './scenarios.ts';

const life = ['STATUS', 'ADD', 'CHECK', 'GC', 'DEL'] as const;
const valid = { 'cni.dev/valid-attachments': [{ containerID: 'pod1', ifname: 'eth0' }] };

/** A pod's life with other keys: an ADD that is refused leaves nothing, one that is not can be deleted. */
async function live(site: Site, keys: JsonObject): Promise<void> {
  const problems: string[] = [];
  let added = false;
  for (const command of life) {
    const more = command === 'GC' ? valid : {};
    const answer = await site.run(command, { keys: { ...keys, ...more } });
    problems.push(...badAnswer(answer).map((problem) => `${command}: ${problem}`));
    if (command === 'ADD') {
      added = answer.exitCode === 0;
      if (!added) problems.push(...leftOf(site).map((left) => `a refused ADD left ${left}`));
    }
    if (command !== 'DEL') continue;
    if (answer.exitCode === 0) problems.push(...leftOf(site).map((left) => `DEL left ${left}`));
    else if (added) problems.push(`DEL: ${JSON.stringify(answer.document)}`);
  }
  problems.push(...outsideOf(site).map((path) => `outside the node: ${path}`));
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

/** Files where no configuration of these may write: dataDir is the runtime's to choose. */
function outsideOf({ node }: Site): string[] {
  const allowed = /^\/(?:node\/|var\/lib\/cni\/(?:wincni|networks|flannel)\/)/;
  return [...node.files.entries()]
    .map(([path]) => path)
    .filter((path) => !allowed.test(path) || path.includes('/../'));
}

const chosen = [
  'flannel-overlay',
  'win-bridge',
  'win-overlay-docker',
  'nat',
  'sdnbridge-dual-stack',
];

/** Whole commands, in memory. */
export const commandReaders: readonly Reader[] = [
  ...places
    .filter(({ name }) => chosen.includes(name))
    .map((place) => {
      const { config } = place.open();
      const { cniVersion: _, name: __, type: ___, ...free } = config;
      return reader(
        `a pod's life with whatever configuration: ${place.name}`,
        mutated(free).map((keys) => withFolders(keys, config)),
        (keys) => live(openSite(place), keys),
        true,
      );
    }),
  reader(
    'lease files and the names in their folder',
    fc.array(
      fc.tuple(
        fc.oneof(
          fc.integer({ min: 1, max: 9 }).map((last) => `10.20.0.${last}`),
          texts.filter((name) => /^[^/\0]{1,80}$/.test(name) && !/^\.{1,2}$/.test(name)),
        ),
        fc.oneof(texts, damaged('pod1\r\neth0')),
      ),
      { maxLength: 6 },
    ),
    async (files) => {
      const node = memoryNode('bare');
      const folder = `${node.leaseFolder}/addresses`;
      node.files.files.makeFolder(folder);
      for (const [name, text] of files) node.files.files.overwrite(`${folder}/${name}`, text);
      const ipam = { type: 'host-local', subnet: '10.20.0.0/28', dataDir: node.leaseFolder };
      const config = { cniVersion: '1.1.0', name: 'addresses', type: 'host-local', ipam, ...valid };
      for (const command of life) {
        const problems = badAnswer(await node.run({ plugin: 'host-local', command, config }));
        if (problems.length > 0) throw new Error(`${command}: ${problems.join('\n')}`);
      }
    },
    true,
  ),
  reader(
    "STATUS's last answer",
    fc.oneof(
      texts,
      json.map((value) => JSON.stringify(value)),
      mutated({ about: 'x', good: 1, asked: 1 }).map((value) => JSON.stringify(value)),
    ),
    async (text) => {
      const node = memoryNode('alone');
      node.files.files.makeFolder('/var/lib/cni/wincni');
      node.files.files.writeNew('/var/lib/cni/wincni/status-l2br-win-bridge', text);
      const config = node.config('win-bridge', { cniVersion: '1.1.0' });
      const answer = await node.run({ plugin: 'win-bridge', command: 'STATUS', config });
      if (answer.exitCode !== 0) throw new Error(JSON.stringify(answer.document));
    },
    true,
  ),
];

/** The folders are the runtime's: they stay where they are. */
function withFolders(keys: JsonObject, config: JsonObject): JsonObject {
  const { dataDir, subnetFile } = config;
  const ipam = keys['ipam'];
  const isObject = typeof ipam === 'object' && ipam !== null && !Array.isArray(ipam);
  const ofIpam: unknown = Object(config['ipam'])['dataDir'];
  return {
    ...keys,
    ...(dataDir === undefined ? {} : { dataDir, subnetFile }),
    ...(isObject ? { ipam: { ...ipam, dataDir: ofIpam } } : {}),
  };
}
