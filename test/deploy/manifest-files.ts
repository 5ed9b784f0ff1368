import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import * as z from 'zod/mini';
import { manifestName } from '../../scripts/manifests/manifest.ts';
import type { FlannelNetwork } from '../../scripts/manifests/networks.ts';
import { root } from '../helpers/trial-node.ts';
import { daemonSetSchema } from './daemonset-rules.ts';

const configMapSchema = z.looseObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('ConfigMap'),
  metadata: z.looseObject({ name: z.string(), namespace: z.string() }),
  data: z.record(z.string(), z.string()),
});

/** A manifest of deploy/, as text. */
export function manifestText(network: FlannelNetwork): string {
  return readFileSync(join(root, 'deploy', manifestName(network)), 'utf8');
}

/** What a manifest holds: a ConfigMap, then a DaemonSet. Throws for YAML that has a fault or a doubtful place. */
export function readManifest(text: string) {
  const documents = parseAllDocuments(text, { version: '1.1', strict: true });
  const faults = [...documents].flatMap(({ errors, warnings }) => [...errors, ...warnings]);
  if (faults.length > 0) throw new Error(faults.join('\n'));
  const [configMap, daemonSet] = z
    .tuple([configMapSchema, daemonSetSchema])
    .parse([...documents].map((document) => document.toJS()));
  return { configMap, daemonSet };
}
