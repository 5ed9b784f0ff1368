import { isJsonObject, type JsonObject } from '../../cni/json-object.ts';
import { keyValue } from '../../cni/keys.ts';

/** Where each key of a delegate's configuration is from, by its path: `ipam.subnet`. */
export type DelegationReasons = Readonly<Record<string, string>>;

/** What flannel sets itself, by the paths of its keys; others are the operator's. */
const flannels: Readonly<Record<string, string>> = {
  name: "the network's name",
  cniVersion: 'the version flannel is called in',
  ipMasqNetwork: 'FLANNEL_NETWORK of subnet.env',
  otherIpMasqNetworks: 'FLANNEL_NETWORK of subnet.env',
  runtimeConfig: 'runtimeConfig',
  'ipam.type': "flannel's IPAM",
  'ipam.subnet': 'FLANNEL_SUBNET of subnet.env',
  'ipam.ranges': 'the subnets of subnet.env',
  'ipam.routes': 'ipam.routes',
  'ipam.dataDir': 'ipam.dataDir',
};

/**
 * The reasons of a delegate's configuration that flannel has built (delegation.ts, index.ts), for who
 * explains it.
 * @param config flannel's own
 */
export function delegationReasons(config: JsonObject, built: JsonObject): DelegationReasons {
  const written = keyValue(config, 'delegate');
  const delegate = isJsonObject(written) ? written : {};
  const said = (key: string) => keyValue(delegate, key) !== undefined;
  const reasonOf = (path: string, key: string): string => {
    if (path === 'type') return said('type') ? 'delegate.type' : "flannel's default";
    if (path === 'ipMasq') {
      return keyValue(delegate, 'ipMasq') === false
        ? 'delegate.ipMasq'
        : 'FLANNEL_IPMASQ of subnet.env';
    }
    if (path === 'hns') return said('hns') ? 'delegate.hns' : 'hns';
    return (
      (Object.hasOwn(flannels, path) ? flannels[path] : undefined) ??
      (said(key) ? `delegate.${path}` : 'the runtime, for this command')
    );
  };
  return Object.fromEntries(
    Object.entries(built).flatMap(([key, value]) =>
      key === 'ipam' && isJsonObject(value)
        ? Object.keys(value).map((below) => [`ipam.${below}`, reasonOf(`ipam.${below}`, key)])
        : [[key, reasonOf(key, key)]],
    ),
  );
}
