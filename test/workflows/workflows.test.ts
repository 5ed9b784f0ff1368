import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadSyntaxCheck } from '../../scripts/powershell-rules.ts';
import { root } from '../helpers/trial-node.ts';
import { readWorkflow } from './workflow.ts';

/** The workflows, as far as they can be held to something where GitHub is not. */

const folder = join(root, '.github', 'workflows');
const workflows = readdirSync(folder);
const textOf = (name: string) => readFileSync(join(folder, name), 'utf8');
/** The rights of jobs that need more than to read the sources: a draft of a release, and who built it. */
const rights: Readonly<Record<string, object>> = {
  'release.yml': {
    release: { contents: 'write', 'id-token': 'write', attestations: 'write' },
  },
};
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

describe.each(workflows)('%s', (name) => {
  const text = textOf(name);

  it('takes each action by a commit, and says its version', () => {
    const uses = text.split('\n').filter((line) => /^\s*(?:- )?uses:/.test(line));
    expect(uses.length).toBeGreaterThan(0);
    for (const line of uses)
      expect(line).toMatch(/uses: [\w.-]+(?:\/[\w.-]+)+@[\da-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it('has no rights but those it needs', () => {
    const { jobPermissions, permissions } = readWorkflow(text);
    expect(permissions).toEqual({ contents: 'read' });
    expect(jobPermissions).toEqual(rights[name] ?? {});
  });

  it('runs for nobody that may not write to the repository but without its secrets', () => {
    // pull_request_target and workflow_run run with them, for whoever asks to be merged.
    const known = ['push', 'pull_request', 'workflow_dispatch', 'schedule'];
    expect(readWorkflow(text).events.filter((event) => !known.includes(event))).toEqual([]);
  });

  it('leaves no token in the sources it checks out', () => {
    const { checkouts } = readWorkflow(text);
    expect(checkouts.length).toBeGreaterThan(0);
    for (const told of checkouts) expect(told).toMatchObject({ 'persist-credentials': false });
  });

  it('names npm scripts, parts of the Windows suite and files that are there', () => {
    for (const { text: run } of readWorkflow(text).steps) {
      for (const [, script = ''] of run.matchAll(/\bnpm(?:\.cmd)? run (?:-\S+ )*([\w:-]+)/g)) {
        expect(Object.keys(scripts)).toContain(script);
      }
      for (const [, parts = ''] of run.matchAll(/ run test:windows ([\w -]+)$/gm)) {
        for (const part of parts.split(' ')) {
          expect(existsSync(join(root, 'test', 'windows', `${part}.test.ts`)), part).toBe(true);
        }
      }
      for (const [, file = ''] of run.matchAll(/(?:^|[\s\\])((?:scripts|\.ci)[\\/][\w\\/.-]+)/g)) {
        expect(existsSync(join(root, file.replaceAll('\\', '/'))), file).toBe(true);
      }
    }
  });
});

it('knows the actions by one commit each', () => {
  const commits = new Map<string, Set<string>>();
  for (const name of workflows) {
    for (const [, action = '', commit = ''] of textOf(name).matchAll(/uses: (\S+)@(\S+)/g)) {
      commits.set(action, new Set([...(commits.get(action) ?? []), commit]));
    }
  }
  expect([...commits].filter(([, all]) => all.size > 1)).toEqual([]);
});

it('runs PowerShell on Windows that parses', async () => {
  const complaintsOf = await loadSyntaxCheck();
  const { steps: all } = readWorkflow(textOf('windows.yml'));
  const steps = all.filter(({ shell }) => shell === 'powershell');
  expect(steps.length).toBeGreaterThan(5);
  for (const { text } of steps) {
    // What GitHub puts in before PowerShell sees it.
    expect([text, complaintsOf(text.replaceAll(/\$\{\{.*?\}\}/g, 'x'))]).toEqual([text, []]);
  }
});

it('starts PowerShell scripts that parse', async () => {
  const complaintsOf = await loadSyntaxCheck();
  const files = globSync('scripts/windows/*.ps1', { cwd: root });
  expect(files.length).toBeGreaterThan(1);
  for (const file of files) {
    const text = readFileSync(join(root, file), 'utf8');
    expect([file, complaintsOf(text)]).toEqual([file, []]);
    // Windows PowerShell takes a file without a byte-order mark for one of the system's own letters.
    expect(text).toMatch(/^[\n\x20-\x7e]*$/);
  }
});
