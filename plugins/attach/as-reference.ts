import { defined } from '../../system/defined.ts';
import type { PlanFacts } from './plan.ts';

/**
 * What an endpoint is planned from, as the reference plugin of this name does it: of a node that is
 * changed over, its endpoints stay as they are, and are no differences (docs/migration.md, "What is different").
 */
export function asTheReference(facts: PlanFacts): PlanFacts {
  const { config, dialect, mode } = facts;
  const leftOut = new Set(mode.leftOutByReference);
  return {
    ...facts,
    config: {
      ...config,
      portMappings: leftOut.has('portMappings') ? [] : config.portMappings,
      exceptions: leftOut.has('ipMasqNetwork') ? [] : config.exceptions,
      // V1 is not sent a domain, and the options that the runtime gives nobody.
      dns: config.dns.map(({ from, value: { domain, options, ...value } }) => ({
        from,
        value: defined({
          ...value,
          domain: dialect === 'v2' ? domain : undefined,
          options: from.startsWith('runtimeConfig') ? undefined : options,
        }),
      })),
    },
  };
}
