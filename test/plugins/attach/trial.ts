import { mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { defined } from '../../../system/defined.ts';
import {
  type Answer,
  configOf,
  type Json,
  type Request,
  root,
  type Starter,
  type TrialNode,
  trialNode,
} from '../../helpers/trial-node.ts';

/** What an IPAM executable does for a command; success without a word, where nothing is said. */
export type IpamActs = Readonly<
  Record<string, { readonly says?: Json; readonly exitCode?: number; readonly hangs?: boolean }>
>;

/** How an IPAM executable was called. */
export interface IpamCall {
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
  readonly config: Json;
}

/** A node, one of the examples in test/fixtures/conf, and the runtime that has it. */
export interface Trial {
  readonly node: TrialNode;
  readonly plugin: string;
  readonly config: Json;
  /** One command, with other keys than the example's and another attachment than `pod1`'s. */
  run(command: string, keys?: Json, request?: Partial<Request>): Promise<Answer>;
  /** ADD that must succeed: its result. */
  added(keys?: Json, request?: Partial<Request>): Promise<Json>;
  /** The endpoints of containers named `pod…`. */
  pods(): readonly Json[];
  /** The pods' only endpoint. */
  pod(): Json;
  /** Lets the IPAM executable do otherwise. */
  ipamDoes(acts: IpamActs): void;
  ipamCalls(): readonly IpamCall[];
  /** The calls to HNS that a step makes. */
  spent(step: () => Promise<unknown>): Promise<number>;
}

export interface TrialOptions {
  /** Of test/fixtures/hns. */
  readonly fixture: string;
  /** Of test/fixtures/conf. */
  readonly conf: string;
  readonly keys?: Json;
  readonly request?: Partial<Request>;
  readonly ipam?: IpamActs;
  /** The type under which the IPAM executable is found. */
  readonly ipamType?: string;
  /** How plugins are started; in this process, if not said. */
  readonly start?: Starter;
}

/** Sets a trial up; its folder is gone after the test. */
export function trial(options: TrialOptions): Trial {
  const folder = mkdtempSync(join(tmpdir(), 'wincni-attach-'));
  const node = trialNode(options.fixture, {
    makeFolder: () => folder,
    ...defined({ start: options.start }),
    env: { TRIAL_IPAM: folder },
  });
  onTestFinished(() => node.remove());
  const script = join(root, 'test/fixtures/plugins/ipam.ts');
  symlinkSync(script, join(folder, options.ipamType ?? 'azure-vnet-ipam'));
  const ipamDoes = (acts: IpamActs) =>
    writeFileSync(join(folder, 'ipam.json'), JSON.stringify(acts));
  ipamDoes(options.ipam ?? {});
  const config = configOf(node, options.conf, options.keys);
  const plugin = String(config['type']);
  const run = (command: string, keys: Json = {}, request: Partial<Request> = {}) =>
    node.run({ ...options.request, plugin, command, config: { ...config, ...keys }, ...request });
  const pods = () => node.hns().endpoints.filter(({ Name }) => String(Name).startsWith('pod'));
  return {
    node,
    plugin,
    config,
    run,
    pods,
    ipamDoes,
    async added(keys, request) {
      const answer = await run('ADD', keys, request);
      expect(answer).toMatchObject({ exitCode: 0, stderr: '' });
      return answer.document ?? {};
    },
    pod() {
      const [pod = {}, ...others] = pods();
      expect(others).toEqual([]);
      return pod;
    },
    ipamCalls() {
      const text = readFileSync(join(folder, 'ipam.jsonl'), { encoding: 'utf8', flag: 'a+' });
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line));
    },
    async spent(step) {
      const before = node.calls().length;
      await step();
      return node.calls().length - before;
    },
  };
}

/** What a success without an answer looks like. */
export const silent = { exitCode: 0, document: undefined, stderr: '' };
