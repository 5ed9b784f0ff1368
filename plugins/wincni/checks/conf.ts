import { confDns } from './conf/dns.ts';
import { confExceptions } from './conf/exceptions.ts';
import { confPlaceholder } from './conf/placeholder.ts';
import { confPolicies } from './conf/policies.ts';
import { confTypes } from './conf/types.ts';
import { confValid } from './conf/valid.ts';

/** What is written in the configurations. */
export const confChecks = [
  confValid,
  confPlaceholder,
  confExceptions,
  confPolicies,
  confDns,
  confTypes,
] as const;
