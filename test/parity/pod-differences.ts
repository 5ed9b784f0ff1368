import { isJsonObject } from '../../cni/json-object.ts';
import type { Json } from '../helpers/trial-node.ts';
import type { Case } from './cases.ts';
import { earlier } from './configurations.ts';
import {
  completedResult,
  creating,
  type Difference,
  has,
  hasWrongMacPrefix,
  policiesIn,
  settingsOf,
} from './difference.ts';

/** Of endpoints, results and commands. */
export const podDifferences: readonly Difference[] = [
  {
    id: 'our ids',
    reason: 'a repeated ADD finds its endpoint, and DEL needs no search',
    documented: 'endpoints get ids that follow from network, container and interface',
    becomes: (steps, { dialect }) =>
      dialect === 'v1'
        ? steps
        : steps.map((step) => ({
            ...step,
            asked: step.asked.map((request) =>
              request['create'] ? { ...request, idBy: 'ours' } : request,
            ),
          })),
  },
  {
    id: 'empty fields',
    reason: 'Go writes the empty values of its structures; they say nothing',
    documented: 'fields without a value',
    becomes: (steps) =>
      creating(steps, ({ Health: _, ...document }) => {
        const policies = policiesIn(document).map((policy) => {
          const { VIP, ...settings } = settingsOf(policy);
          return VIP === '' && policy['Type'] === 'PortMapping'
            ? { ...policy, Settings: settings }
            : policy;
        });
        return policies.length > 0 ? { ...document, Policies: policies } : document;
      }),
  },
  {
    id: 'DNS options',
    reason: 'HNS has a place for them in V2, and kubelet gives them',
    documented: 'the `options` of DNS that the runtime gives',
    becomes(steps, { config, dialect }) {
      const { runtimeConfig } = config;
      const given = isJsonObject(runtimeConfig) ? runtimeConfig['dns'] : undefined;
      const options = isJsonObject(given) ? given['options'] : undefined;
      if (options === undefined || dialect === 'v1') return steps;
      const told = creating(steps, (document) => ({
        ...document,
        Dns: { ...Object(document['Dns']), Options: options },
      }));
      return told.map((step) => ({
        ...step,
        answer: step.answer && { ...step.answer, dns: { ...Object(step.answer['dns']), options } },
      }));
    },
  },
  {
    id: 'the DNS domain of Docker’s pods',
    reason: 'V1 has it, and the reference leaves it out',
    documented: 'the domain of `dns` goes to HNS under Docker too',
    becomes(steps, { config, dialect }) {
      const domain = isJsonObject(config['dns']) ? config['dns']['domain'] : undefined;
      if (dialect === 'v2' || domain === undefined) return steps;
      return creating(steps, (document) => ({ ...document, DNSDomain: domain })).map((step) => ({
        ...step,
        answer: step.answer && { ...step.answer, dns: { ...Object(step.answer['dns']), domain } },
      }));
    },
  },
  {
    id: 'results',
    reason:
      'containerd’s libraries want the interface that was asked for, and each address pointing to it',
    documented: 'a result has the interface by the name that was asked for',
    becomes: (steps, { config, steps: played }) =>
      steps.map((step, index) => ({
        ...step,
        answer:
          step.answer &&
          completedResult(step.answer, played[index]?.netns ?? '', String(config['cniVersion'])),
      })),
  },
  {
    id: 'plugins before ours',
    reason: 'a plugin of a chain adds to what is there (SPEC.md)',
    documented:
      'In a chain, the interfaces and addresses of the plugins before ours (`prevResult`) stay',
    becomes: (steps, played) =>
      has(played, 'an earlier plugin’s result')
        ? steps.map((step) => ({ ...step, answer: step.answer && behindEarlier(step.answer) }))
        : steps,
  },
  {
    id: 'workloads of Docker are let go by HCS',
    reason: 'they were attached by it',
    documented: 'by HCS, which attached it',
    becomes: (steps) =>
      steps.map((step) => ({
        ...step,
        asked: step.asked.map((request) =>
          request['detach'] === undefined
            ? request
            : {
                ResourceType: 'Network',
                RequestType: 'Remove',
                Settings: request['detach'],
                container: request['ContainerId'],
              },
        ),
      })),
  },
  {
    id: 'repeated ADD',
    reason: 'a runtime that did not hear the answer asks again',
    documented: 'A repeated ADD gives the same result again',
    becomes: (steps, played) =>
      steps.map((step, index) => {
        const before = steps[index - 1];
        const again = isRepeated(played, index);
        if (!again || step.done || !before?.done) return step;
        return { ...before, asked: [], said: '' };
      }),
  },
  {
    id: 'CHECK checks',
    reason: 'the reference looks at nothing',
    documented: 'CHECK, GC and STATUS work',
    becomes: (steps, played) =>
      steps.map((step, index) => {
        const wasAdded = steps.slice(0, index).some(({ answer }) => answer);
        return played.steps[index]?.command === 'CHECK' && !wasAdded
          ? { ...step, done: false }
          : step;
      }),
  },
  {
    id: 'DEL after an ADD that was refused',
    reason: 'the runtime sends it, and there is nothing to delete',
    documented: 'DEL reads of the configuration only what it needs',
    becomes: (steps, played) =>
      steps.map((step, index) =>
        played.steps[index]?.command === 'DEL' && /does not support more than 1/.test(step.said)
          ? { ...step, done: true }
          : step,
      ),
  },
  {
    id: 'wrong before anything is done',
    reason: 'a MAC prefix that is none can be told before an address is taken',
    documented: 'is checked to be hex',
    becomes: (steps, played) =>
      hasWrongMacPrefix(played) ? steps.map((step) => ({ ...step, asked: [], leases: {} })) : steps,
  },
];

/** A result behind that of the plugin before. */
function behindEarlier(answer: Json): Json {
  const listed = (key: string) =>
    Array.isArray(answer[key]) ? answer[key].filter(isJsonObject) : [];
  return {
    ...answer,
    interfaces: [...earlier.interfaces, ...listed('interfaces')],
    ips: [
      ...earlier.ips,
      ...listed('ips').map((ip) => ({ ...ip, interface: earlier.interfaces.length })),
    ],
  };
}

function isRepeated({ steps }: Case, index: number): boolean {
  const [before, step] = [steps[index - 1], steps[index]];
  return (
    before?.command === 'ADD' && step?.command === 'ADD' && before.containerId === step.containerId
  );
}
