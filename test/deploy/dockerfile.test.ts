import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DockerfileParser, type Instruction } from 'dockerfile-ast';
import { describe, expect, it } from 'vitest';
import { flannelNetworks } from '../../scripts/manifests/networks.ts';
import { root } from '../helpers/trial-node.ts';
import { manifestText, readManifest } from './manifest-files.ts';

/** deploy/Dockerfile, parsed; no builder is here to build it. */

const text = readFileSync(join(root, 'deploy', 'Dockerfile'), 'utf8');
const file = DockerfileParser.parse(text);
const written = file.getInstructions().map(wordsOf);

/** An instruction on one line, its flags with it. */
function wordsOf(instruction: Instruction): string {
  const { end, start } = instruction.getRange();
  const lines = text.split('\n').slice(start.line, end.line + 1);
  return lines.join('\n').replace(/\\\n\s*/g, '');
}

describe('deploy/Dockerfile', () => {
  it('takes what is given, compares what it downloads, and starts one program of each image', () => {
    expect(written).toEqual([
      'ARG BASE',
      `FROM \${BASE} AS wincni`,
      'COPY wincni.exe LICENSE THIRD-PARTY-NOTICES.txt /',
      'ENTRYPOINT ["wincni.exe"]',
      `FROM \${BASE} AS flanneld`,
      'ARG FLANNELD_VERSION',
      'ARG FLANNELD_SHA256',
      `ADD --checksum=sha256:\${FLANNELD_SHA256} https://github.com/flannel-io/flannel/releases/download/\${FLANNELD_VERSION}/flanneld.exe /flanneld.exe`,
      'ENTRYPOINT ["flanneld.exe"]',
    ]);
  });

  it('has no default for what must be said, and uses all that it asks for', () => {
    const asked = file.getInstructions().filter((one) => one.getKeyword() === 'ARG');
    const names = asked.map((one) => one.getArgumentsContent() ?? '');
    expect(names).toEqual(['BASE', 'FLANNELD_VERSION', 'FLANNELD_SHA256']);
    const used = file
      .getInstructions()
      .flatMap((one) => one.getVariables().map((found) => found.getName()));
    expect(new Set(used)).toEqual(new Set(names));
  });

  it('copies what the scripts of the release put into the archive it is built from', () => {
    const folder = join(root, 'scripts', 'release');
    const files = [`${folder}.ts`, ...readdirSync(folder).map((name) => join(folder, name))];
    const scripts = files.map((name) => readFileSync(name, 'utf8')).join('\n');
    const [copy] = file.getCOPYs();
    const sources = (copy?.getArguments() ?? []).slice(0, -1).map(String);
    expect(sources).toEqual(['wincni.exe', 'LICENSE', 'THIRD-PARTY-NOTICES.txt']);
    expect(sources.filter((name) => !scripts.includes(name))).toEqual([]);
  });

  it('has a stage for each image of the DaemonSets, and starts what they start', () => {
    const { initContainers, containers } = readManifest(manifestText(flannelNetworks[0])).daemonSet
      .spec.template.spec;
    const images = [...initContainers, ...containers].map(({ image }) =>
      image.replace(/^.*\/|:.*$/g, ''),
    );
    const tagged = [...text.matchAll(/-t <registry>\/([\w-]+):/g)].map(([, name]) => name);
    expect(new Set(tagged)).toEqual(new Set(images));
    expect(written).toContain(`ENTRYPOINT ["${initContainers[0]?.command?.[0]}"]`);
    expect(file.getFROMs().map((from) => from.getBuildStage())).toEqual(['wincni', 'flanneld']);
  });

  it('is built for flanneld of the version in the DaemonSets', () => {
    const [flanneld] = readManifest(manifestText('vxlan')).daemonSet.spec.template.spec.containers;
    const version = flanneld?.image.split(':')[1];
    const named = [...text.matchAll(/(?:FLANNELD_VERSION=|flanneld-windows:)(v[\d.]+\d)/g)];
    expect(named.map(([, found]) => found)).toEqual([version, version]);
  });
});
