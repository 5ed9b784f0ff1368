import { runSuite } from './suite.ts';
import { cnitool, goProgram, isInPath } from './tools.ts';

/** `npm run test:conformance`: the executables driven by cnitool, the CNI project's own runtime. */

const tool = isInPath('go') ? goProgram(cnitool) : undefined;
process.exitCode = await runSuite({
  name: 'The conformance suite',
  missing:
    tool === undefined
      ? 'it needs Go 1.21 or newer, to install cnitool (apt-get install golang)'
      : undefined,
  config: 'test/conformance/vitest.config.ts',
  env: { WINCNI_CNITOOL: tool ?? '' },
});
