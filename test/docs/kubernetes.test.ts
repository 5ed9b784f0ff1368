import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod/mini';
import packageFile from '../../package.json' with { type: 'json' };
import { flannelNetworks, networkRules } from '../../scripts/manifests/networks.ts';
import { loadSyntaxCheck } from '../../scripts/powershell-rules.ts';
import { complaints } from '../deploy/daemonset-rules.ts';
import { manifestText, readManifest } from '../deploy/manifest-files.ts';
import { root } from '../helpers/trial-node.ts';
import { textOf } from './pages.ts';

/** What docs/kubernetes.md says of deploy/. */

const page = textOf('docs/kubernetes.md');
const syntaxOf = await loadSyntaxCheck();
const { daemonSet, configMap } = readManifest(manifestText('vxlan'));
const pod = daemonSet.spec.template.spec;

/** The blocks of code, each without its indentation. */
const blocks = [...page.matchAll(/(?<=\n\n)(?: {4}.*\n|\n(?= {4}))+/g)].map(([block]) =>
  block.replace(/^ {4}/gm, ''),
);
const lines = blocks.flatMap((block) => block.split('\n'));

/** The pod of the DaemonSet with a block of the page beside `hostNetwork`, where it says to write it. */
function podWith(start: string) {
  const [block = ''] = blocks.filter((each) => each.startsWith(start));
  const text = manifestText('vxlan').replace(
    /^ +hostNetwork: true\n/m,
    (line) => `${line}${block.trimEnd().replace(/^/gm, '      ')}\n`,
  );
  const changed = readManifest(text).daemonSet;
  expect(complaints(changed, packageFile.version)).toEqual({});
  return changed.spec.template.spec;
}

describe('docs/kubernetes.md', () => {
  it('has the ConfigMap that each manifest needs', () => {
    const netConf = z.object({ 'net-conf.json': z.string() });
    const found = blocks
      .filter((block) => block.startsWith('net-conf.json'))
      .map((block) => JSON.parse(netConf.parse(parse(block))['net-conf.json']));
    const needed = flannelNetworks.map((network) => {
      const [backend] = networkRules[network].needs.filter((line) => line.includes('"Backend"'));
      return { Network: '10.244.0.0/16', ...JSON.parse(`{${backend}}`) };
    });
    expect(found).toEqual(needed);
  });

  it('names files that there are', () => {
    const named = [...page.matchAll(/`((?:deploy|\.ci)\/[\w./-]+)`|bash (\.ci\/[\w-]+)/g)];
    const paths = named.map(([, quoted, run]) => quoted ?? run ?? '');
    expect(paths.length).toBeGreaterThan(6);
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('calls things as the manifest does', () => {
    const kubectl = lines.filter((line) => line.startsWith('kubectl ')).join('\n');
    const all = (pattern: RegExp) =>
      new Set([...kubectl.matchAll(pattern)].map(([, name]) => name));
    const names = z.looseObject({ name: z.string() });
    const { name } = names.parse(daemonSet.metadata);
    expect(all(/ds\/(\S+)/g)).toEqual(new Set(['kube-flannel-ds', name]));
    expect(all(/(?:logs|exec) (\S+)-abcde/g)).toEqual(new Set([name]));
    expect(all(/-n (kube-flannel)\b/g)).toEqual(new Set([configMap.metadata.namespace]));
    expect(all(/-l app=(\S+)/g)).toEqual(new Set([daemonSet.spec.selector.matchLabels['app']]));
    const containers = [...pod.initContainers, ...pod.containers].map((each) => each.name);
    expect(all(/ -c (\S+)/g)).toEqual(new Set(containers));
  });

  it('has each value that is to be edited', () => {
    const marked = manifestText('vxlan').match(/EDIT[^.]/g) ?? [];
    expect(marked).toHaveLength(6);
    const words = [
      'KUBERNETES_SERVICE_HOST',
      'KUBERNETES_SERVICE_PORT',
      'CNI_CONF_DIR',
      'the images',
      'the configuration',
    ];
    const rows = page.match(/^\| .* \|$/gm) ?? [];
    expect(words.filter((word) => !rows.some((row) => row.split('|')[1]?.includes(word)))).toEqual(
      [],
    );
  });

  it('has a selector for one node that the DaemonSet can have', () => {
    const selected = z.looseObject({ nodeSelector: z.record(z.string(), z.string()) });
    const [[label, value] = []] = Object.entries(
      selected.parse(podWith('nodeSelector:')).nodeSelector,
    );
    expect(lines).toContain(`kubectl label node win-1 ${label}=${value}`);
  });

  it('has a secret for the images that the DaemonSet can name', () => {
    const secrets = z.looseObject({
      imagePullSecrets: z.tuple([z.strictObject({ name: z.string() })]),
    });
    const [{ name }] = secrets.parse(podWith('imagePullSecrets:')).imagePullSecrets;
    expect(lines.join('\n')).toContain(`create secret docker-registry ${name} `);
  });

  it('has PowerShell that parses', () => {
    const typed = lines.filter((line) => /^(?:Remove-Item|Get-Hns)/.test(line));
    expect(typed.length).toBe(3);
    expect(typed.flatMap(syntaxOf)).toEqual([]);
  });

  it('names this version', () => {
    const named = [...page.matchAll(/wincni\\([\d.]+)\\|amd64-v([\d.]+)\.zip/g)];
    expect(new Set(named.map(([, one, other]) => one ?? other))).toEqual(
      new Set([packageFile.version]),
    );
  });

  it('has commands for the node in which nothing is quoted but the program', () => {
    const started = lines.filter((line) => line.includes('kubectl -n kube-flannel exec'));
    const wrong = started.filter((line) => !/ -- "C:\\[\w\\. ]+\.exe"(?: [\w-]+)+$/.test(line));
    expect([started.length, wrong]).toEqual([2, []]);
  });
});
