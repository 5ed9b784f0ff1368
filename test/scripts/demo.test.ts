import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tellLife } from '../../scripts/demo/story.ts';
import { simulatedNode } from '../../scripts/simulated-node.ts';
import { quickFolder } from '../helpers/quick-folder.ts';
import { root } from '../helpers/trial-node.ts';

/** `npm run demo`: the story is short, and each word of it is what happened. */

function demo(...words: readonly string[]) {
  const { status, stderr, stdout } = spawnSync(
    process.execPath,
    [join(root, 'scripts', 'demo.ts'), ...words],
    { encoding: 'utf8' },
  );
  return { status, stderr, lines: stdout.trimEnd().split('\n') };
}

describe('the demo', () => {
  // What npm prints before it is of the 60 lines, too.
  const linesOfNpm = 4;
  const end = 'Done: two pods came and went, and left nothing behind.';

  it('fits on a screen', () => {
    const { lines, status, stderr } = demo();
    expect({ status, stderr, end: lines.at(-1) }).toEqual({ status: 0, stderr: '', end });
    expect(lines.length).toBeLessThanOrEqual(60 - linesOfNpm);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  it('shows all documents to who asks for them', () => {
    const { lines, status } = demo('--verbose');
    expect({ status, end: lines.at(-1) }).toEqual({ status: 0, end });
    // What the runtime sent, what the plugin answered, what HNS was asked.
    expect(lines).toContain('  "type": "flannel",');
    expect(lines.filter((line) => line === '  "interfaces": [')).toHaveLength(2);
    const created = lines.filter((line) => line.startsWith('--- HNS: CreateEndpoint '));
    expect(created).toHaveLength(2);
    expect(lines.join('\n')).toContain('"IpConfigurations":[{"IpAddress":"10.244.1.2"}]');
  });
});

describe('a story', () => {
  const executables = join(root, 'dist', 'linux-x64');

  /** Tells of a pod on a node, after something was done to it. */
  function told(how: { readonly faults?: readonly object[]; readonly flannel?: string }) {
    const folder = quickFolder();
    const node = simulatedNode({
      folder,
      executables: how.flannel === undefined ? executables : withFlannel(folder, how.flannel),
      hns: join(root, 'test/fixtures/hns/overlay.json'),
      conflist: join(root, 'test/fixtures/conf/flannel-overlay.conflist'),
      subnetEnv: join(root, 'test/fixtures/flannel/overlay.env'),
    });
    writeFileSync(join(node.hnsFolder, 'faults.json'), JSON.stringify(how.faults ?? []));
    const lines: string[] = [];
    const wrong = tellLife('a node', node, { say: (text) => lines.push(text), ran: () => {} });
    return { story: lines.join('\n'), wrong };
  }

  /** The executables, with a script in the place of flannel that may run it. */
  function withFlannel(parent: string, script: string): string {
    const folder = join(parent, 'bin');
    mkdirSync(folder);
    for (const name of readdirSync(executables).filter((each) => each !== 'flannel')) {
      symlinkSync(join(executables, name), join(folder, name));
    }
    const file = join(folder, 'flannel');
    writeFileSync(file, `#!/bin/sh\nreal=${join(executables, 'flannel')}\n${script}\n`);
    chmodSync(file, 0o755);
    return folder;
  }

  it('says what was asked of HNS, and what came of it', () => {
    const { story, wrong } = told({});
    expect(wrong).toEqual([]);
    expect(story).toContain('CreateEndpoint 67e67ebe with 10.244.1.2');
    expect(story).toMatch(/exceptions 10\.96\.0\.0\/12, 192\.168\.10\.0\/24,\s+10\.244\.1\.0\/24/);
    expect(story).toContain('Answer    10.244.1.2/24, gateway 10.244.1.1, DNS 10.96.0.10\n');
    expect(story).toMatch(/taken away: fails:[\s\S]*expected\s+OutBoundNAT/);
  });

  it('of an ADD that HNS refuses', () => {
    const faults = [{ operation: 'CreateEndpoint', code: '0x80070005', message: 'denied' }];
    const { story, wrong } = told({ faults });
    expect(wrong).toContain('ADD must go well');
    expect(wrong).toContain('the pod must have one endpoint, and has 0');
    expect(wrong).not.toContain('nothing must be left');
    expect(story).toMatch(/ADD {7}fails: /);
    expect(story).toMatch(/CreateEndpoint 67e67ebe[\s\S]*refused,\s+0x80070005/);
    expect(story).toContain('Node has  nothing of the pod\n');
  });

  it('of a DEL that HNS refuses', () => {
    const faults = [{ operation: 'DeleteEndpoint', code: '0x80070005', message: 'denied' }];
    const { story, wrong } = told({ faults });
    expect(wrong).toEqual(['DEL must go well', 'nothing must be left']);
    expect(story).toMatch(/Node has {2}endpoint 67e67ebe[^\n]*\nWRONG {5}nothing must be left$/);
  });

  it.each([
    [
      'a DEL that only says it went well',
      '[ "$CNI_COMMAND" = DEL ] && exec cat >/dev/null; exec "$real"',
      ['nothing must be left'],
    ],
    [
      'a CHECK that looks at nothing',
      '[ "$CNI_COMMAND" = CHECK ] && exec cat >/dev/null; exec "$real"',
      ['CHECK must say that OutBoundNAT is gone'],
    ],
    [
      'a CHECK that finds fault with everything',
      `[ "$CNI_COMMAND" = CHECK ] && cat >/dev/null && echo '{"msg": "OutBoundNAT"}' && exit 1; exec "$real"`,
      ['CHECK must go well', 'CHECK must go well'],
    ],
    [
      'a command that writes to stderr',
      '[ "$CNI_COMMAND" = DEL ] && echo careful >&2; exec "$real"',
      ['DEL wrote to stderr: careful'],
    ],
  ])('of %s', (_, flannel, wrong) => {
    expect(told({ flannel }).wrong).toEqual(wrong);
  });
});
