import { expect, it } from 'vitest';
import { root } from '../helpers/trial-node.ts';
import { ids, trialFolder } from '../hns-bridge/simulator/trial.ts';
import { envOf, librariesFolder, run } from './native.ts';

it('10,000 calls with every outcome leave no handle, no text and no memory behind', async () => {
  const node = trialFolder();
  const record = JSON.stringify({ Success: false, Error: 'no', ErrorCode: 0x803b000d });
  const strikes = [
    { code: '0x80004005' },
    { record },
    { answer: '' },
    { answer: `"${'x'.repeat(2 ** 10)}"` },
    { answer: 'garbage' },
  ];
  const operations = [
    ...['OpenNetwork', 'CreateEndpoint', 'QueryEndpointProperties', 'OpenEndpoint'],
    ...['OpenNamespace', 'ModifyNamespace', 'DeleteEndpoint', 'EnumerateEndpoints'],
    ...['GET /endpoints', 'GET /endpoints/<id>', 'OpenComputeSystem', 'ModifyComputeSystem'],
  ];
  node.order(
    operations.flatMap((operation) =>
      strikes.map((strike, index) => ({ operation, after: 7 * index, every: 40, ...strike })),
    ),
  );
  const script = `${root}/test/fixtures/native/leaks.ts`;
  const args = ['--no-warnings', script, librariesFolder, '10000', ids.bridge, ids.sandbox];
  const { exitCode, stderr, stdout } = await run(args, { ...process.env, ...envOf(node.folder) });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const { after, answered, before, refused, ...left } = JSON.parse(stdout);
  expect(left).toEqual({ handles: 0, texts: 0 });
  expect(answered + refused).toBeGreaterThanOrEqual(10_000);
  expect(Math.min(answered, refused)).toBeGreaterThan(2_000);
  // Resident memory in KiB: a leaked answer a call would be some 10 MiB.
  expect(after - before).toBeLessThan(4_096);
  process.stdout.write(
    `${answered} calls answered, ${refused} refused: ${JSON.stringify(left)}, memory ${before} KiB half-way, ${after} KiB at the end\n`,
  );
  node.remove();
});
