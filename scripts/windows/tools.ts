import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { goProgram, referenceHostLocal } from '../tools.ts';

/**
 * Other people's programs for the jobs on Windows, made here on Linux: `node scripts/windows/tools.ts <folder>`.
 * As Go modules: Go's checksum database holds what is built to these versions.
 */
const modules = [
  'github.com/containerd/containerd/v2/cmd/containerd@v2.2.9',
  'github.com/Microsoft/hcsshim/cmd/containerd-shim-runhcs-v1@v0.14.1',
  'sigs.k8s.io/cri-tools/cmd/crictl@v1.34.0',
  referenceHostLocal,
];

const [, , folder = ''] = process.argv;
if (folder === '') throw new Error('say into which folder: node scripts/windows/tools.ts <folder>');
mkdirSync(folder, { recursive: true });
for (const module of modules) {
  const made = goProgram(module, 'windows');
  const name = /([\w-]+)@/.exec(module)?.[1] ?? '';
  if (made === undefined) throw new Error(`${name} was not made: it needs Go`);
  copyFileSync(made, join(folder, `${name}.exe`));
  process.stdout.write(`${name}.exe: ${module}\n`);
}
