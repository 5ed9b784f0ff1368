import * as z from 'zod/mini';
import { parseAddress, parseCidr } from '../../cni/address.ts';
import { object } from '../../cni/config.ts';
import { hnsWays } from '../../hns-bridge/ways.ts';
import { once } from '../../system/once.ts';

/** Whether a value is a text of a form, or an empty one, which says nothing. */
const isText = (isOfForm: (text: string) => boolean) => (value: unknown) =>
  value === '' || (typeof value === 'string' && isOfForm(value));
const textOf = (isOfForm: (text: string) => boolean, expected: string) =>
  z.custom<string>(isText(isOfForm), `expected ${expected}`);
const isCidr = (text: string) => parseCidr(text) !== undefined;

/**
 * What the attach engine reads of a network configuration: the keys of the reference suites and our
 * own. Others pass: they are for IPAM, or for nobody.
 */
export const attachSchema = once(() => {
  const text = z.optional(z.string());
  const texts = z.optional(z.array(z.string()));
  const flag = z.optional(z.boolean());
  const policies = z.optional(z.array(object({ name: text, value: z.optional(z.unknown()) })));
  const port = z.optional(z.int().check(z.minimum(0), z.maximum(65535)));
  const address = z.optional(
    textOf((written) => parseAddress(written) !== undefined, 'an IP address'),
  );
  // Of an address that is asked for, runtimes write the prefix length, too.
  const askedAddresses = z.optional(
    z.array(
      textOf(
        (written) => (parseAddress(written) ?? parseCidr(written)) !== undefined,
        'an IP address',
      ),
    ),
  );
  const rangeSets = z.optional(z.array(z.array(object({ subnet: text, gateway: address }))));
  const routes = z.optional(z.array(object({ dst: text, gw: text })));
  return object({
    apiVersion: z.optional(z.int()),
    policies,
    AdditionalArgs: policies,
    HcnPolicyArgs: z.optional(z.array(z.unknown())),
    ipMasq: flag,
    ipMasqNetwork: z.optional(
      z.custom<string | readonly string[]>(
        (value) => [value].flat().every(isText(isCidr)),
        'expected a CIDR or a list of them',
      ),
    ),
    otherIpMasqNetworks: z.optional(z.array(textOf(isCidr, 'a CIDR'))),
    endpointMacPrefix: z.optional(
      textOf(
        (written) => /^[0-9a-f]{2}-[0-9a-f]{2}$/i.test(written),
        'two hex pairs such as 0E-2A',
      ),
    ),
    loopbackDSR: flag,
    hns: z.optional(z.literal(hnsWays)),
    createNetwork: flag,
    master: text,
    vni: z.optional(z.int().check(z.minimum(4096), z.maximum(16777215))),
    additionalRoutes: routes,
    optionalFlags: z.optional(
      object({
        localRoutedPortMapping: flag,
        allowAclPortMapping: flag,
        forceBridgeGateway: flag,
        enableDualStack: flag,
        gatewayFromAdditionalRoutes: flag,
        loopbackDSR: flag,
      }),
    ),
    dns: z.optional(object({ nameservers: texts, domain: text, search: texts, options: texts })),
    ipam: z.optional(object({ subnet: text, gateway: address, ranges: rangeSets, routes })),
    args: z.optional(object({ cni: z.optional(object({ ips: askedAddresses })) })),
    runtimeConfig: z.optional(
      object({
        mac: z.optional(
          textOf(
            (written) => /^[0-9a-f]{2}(?:[-:][0-9a-f]{2}){5}$/i.test(written),
            'six hex pairs',
          ),
        ),
        ips: askedAddresses,
        ipRanges: rangeSets,
        portMappings: z.optional(
          z.array(
            object({
              hostPort: port,
              containerPort: port,
              protocol: z.optional(z.union([z.string(), z.number()])),
              hostIP: text,
            }),
          ),
        ),
        dns: z.optional(object({ servers: texts, searches: texts, options: texts })),
      }),
    ),
  });
});

/** A network configuration as it was written, types checked, nothing read into it yet. */
export type WrittenConfig = z.infer<ReturnType<typeof attachSchema>>;
