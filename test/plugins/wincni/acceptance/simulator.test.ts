import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type AcceptanceFile,
  acceptanceSchema,
} from '../../../../plugins/wincni/acceptance/document.ts';
import { differencesOf } from '../../../helpers/replay.ts';
import { acceptanceNode, everyMode } from '../../../helpers/trial-acceptance.ts';
import { type Json, root } from '../../../helpers/trial-node.ts';

/** What acceptance wrote on nodes: docs/simulator.md says how such a file comes here. */
const real = join(root, 'test/fixtures/hns/real');
const lies = join(root, 'test/fixtures/hns/lies');
const parsed = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
const readFile = (name: string): AcceptanceFile =>
  acceptanceSchema().parse(parsed(join(real, name)));
const names = readdirSync(real).filter((name) => !name.includes('.differences.'));

describe.each(names)('%s', (name) => {
  it('is answered by the simulator as it was, but for the differences that are known', async () => {
    const known = join(real, name.replace('.json', '.differences.json'));
    // Sorted, and none too many: what has become the same must be taken out.
    expect(await differencesOf(readFile(name))).toEqual(existsSync(known) ? parsed(known) : []);
  });
});

it('the file that the simulator wrote is what acceptance writes today', async () => {
  const node = acceptanceNode();
  await node.accept(...everyMode, '--at-once', '3');
  const written = node.file();
  const path = join(real, 'simulator.json');
  if (process.env['WINCNI_WRITE_FIXTURES']) {
    writeFileSync(path, compact({ ...written, at: '2026-01-01T00:00:00.000Z' }));
  }
  expect(toldBy(readFile('simulator.json'))).toEqual(toldBy(written));
  expect(written.source).toBe('simulator');
});

/** A line for each call: a difference shows where it is. */
function compact(file: AcceptanceFile): string {
  // Facts of the machine of whoever wrote it: no node's.
  const { calls, facts: _, ...rest } = file;
  const lines = calls.map((call) => `    ${JSON.stringify({ ...call, ms: 0 })}`);
  const timeless = { ...rest, steps: rest.steps.map((step) => ({ ...step, ms: 0 })) };
  return `${JSON.stringify({ ...timeless, calls: [] }, null, 2).replace('"calls": []', () => `"calls": [\n${lines.join(',\n')}\n  ]`)}\n`;
}

/** What does not depend on time, as how often a DEL looks for an ADD beside it, nor on what HNS chose. */
const toldBy = ({ calls, steps, verdicts }: AcceptanceFile) => ({
  verdicts: verdicts.map(({ id, verdict }) => [id, verdict]),
  steps: steps.map(({ findings, id }) => [id, findings.map(({ result }) => result)]),
  calls: new Set(
    calls
      .filter(({ step }) => !step.endsWith('/crowd'))
      .map(({ code, operation, step }) =>
        [step, operation.replace(/[\da-f-]{36}/i, '<id>'), code ?? 'done'].join(' '),
      ),
  ),
});

describe('a file that lies', () => {
  it.each(readdirSync(lies))('%s: the lie is found, and nothing else', async (name) => {
    const { base, call, finds, set } = lieIn(parsed(join(lies, name)));
    const file = readFile(base);
    const index = file.calls.findIndex(
      ({ operation, step }) => operation === call.operation && step === call.step,
    );
    const told = file.calls[index];
    if (!told) throw new Error(`${base} has no ${call.operation} in ${call.step}`);
    const calls = file.calls.with(index, { ...told, ...set });
    expect(await differencesOf({ ...file, calls })).toEqual([finds]);
  });
});

interface Lie {
  readonly base: string;
  readonly call: { readonly step: string; readonly operation: string };
  readonly set: Json;
  readonly finds: string;
}

function lieIn(value: unknown): Lie {
  const text = JSON.stringify(value);
  return JSON.parse(text);
}
