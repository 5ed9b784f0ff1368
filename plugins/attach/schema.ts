import * as z from 'zod/mini';
import { parseAddress, parseCidr } from '../../cni/address.ts';
import { object } from '../../cni/config.ts';
import { hnsWays } from '../../hns-bridge/ways.ts';

const strings = z.array(z.string());
const policyEntry = object({ name: z.optional(z.string()), value: z.optional(z.unknown()) });
const port = z.int().check(z.minimum(0), z.maximum(65535));

/** Whether a value is a text of a form, or an empty one, which says nothing. */
const isText = (isOfForm: (text: string) => boolean) => (value: unknown) =>
  value === '' || (typeof value === 'string' && isOfForm(value));
const textOf = (isOfForm: (text: string) => boolean, expected: string) =>
  z.custom<string>(isText(isOfForm), `expected ${expected}`);
const isCidr = (text: string) => parseCidr(text) !== undefined;
const cidr = textOf(isCidr, 'a CIDR');
const address = textOf((text) => parseAddress(text) !== undefined, 'an IP address');
/** An address that is asked for: runtimes write it with a prefix length, too. */
const askedAddresses = z.array(
  textOf((text) => (parseAddress(text) ?? parseCidr(text)) !== undefined, 'an IP address'),
);

const range = object({ subnet: z.optional(z.string()), gateway: z.optional(address) });
const route = object({ dst: z.optional(z.string()), gw: z.optional(z.string()) });
const rangeSets = z.optional(z.array(z.array(range)));

/**
 * What the attach engine reads of a network configuration: the keys of the reference suites and our
 * own. Others pass: they are for IPAM, or for nobody.
 */
export const attachSchema = object({
  apiVersion: z.optional(z.int()),
  policies: z.optional(z.array(policyEntry)),
  AdditionalArgs: z.optional(z.array(policyEntry)),
  HcnPolicyArgs: z.optional(z.array(z.unknown())),
  ipMasq: z.optional(z.boolean()),
  ipMasqNetwork: z.optional(
    z.custom<string | readonly string[]>(
      (value) => [value].flat().every(isText(isCidr)),
      'expected a CIDR or a list of them',
    ),
  ),
  otherIpMasqNetworks: z.optional(z.array(cidr)),
  endpointMacPrefix: z.optional(
    textOf((text) => /^[0-9a-f]{2}-[0-9a-f]{2}$/i.test(text), 'two hex pairs such as 0E-2A'),
  ),
  loopbackDSR: z.optional(z.boolean()),
  hns: z.optional(z.literal(hnsWays)),
  createNetwork: z.optional(z.boolean()),
  master: z.optional(z.string()),
  vni: z.optional(z.int().check(z.minimum(4096), z.maximum(16777215))),
  additionalRoutes: z.optional(z.array(route)),
  optionalFlags: z.optional(
    object({
      localRoutedPortMapping: z.optional(z.boolean()),
      allowAclPortMapping: z.optional(z.boolean()),
      forceBridgeGateway: z.optional(z.boolean()),
      enableDualStack: z.optional(z.boolean()),
      gatewayFromAdditionalRoutes: z.optional(z.boolean()),
      loopbackDSR: z.optional(z.boolean()),
    }),
  ),
  dns: z.optional(
    object({
      nameservers: z.optional(strings),
      domain: z.optional(z.string()),
      search: z.optional(strings),
      options: z.optional(strings),
    }),
  ),
  ipam: z.optional(
    object({
      subnet: z.optional(z.string()),
      gateway: z.optional(address),
      ranges: rangeSets,
      routes: z.optional(z.array(route)),
    }),
  ),
  args: z.optional(object({ cni: z.optional(object({ ips: z.optional(askedAddresses) })) })),
  runtimeConfig: z.optional(
    object({
      mac: z.optional(
        textOf((text) => /^[0-9a-f]{2}(?:[-:][0-9a-f]{2}){5}$/i.test(text), 'six hex pairs'),
      ),
      ips: z.optional(askedAddresses),
      ipRanges: rangeSets,
      portMappings: z.optional(
        z.array(
          object({
            hostPort: z.optional(port),
            containerPort: z.optional(port),
            protocol: z.optional(z.union([z.string(), z.number()])),
            hostIP: z.optional(z.string()),
          }),
        ),
      ),
      dns: z.optional(
        object({
          servers: z.optional(strings),
          searches: z.optional(strings),
          options: z.optional(strings),
        }),
      ),
    }),
  ),
});

/** A network configuration as it was written, types checked, nothing read into it yet. */
export type WrittenConfig = z.infer<typeof attachSchema>;
