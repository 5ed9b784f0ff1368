import { expect, it } from 'vitest';
import { bareId } from '../../hns-bridge/ids.ts';
import { documentField, documentsField, field, textField } from '../../hns-bridge/json-document.ts';
import type { Json } from '../helpers/trial-node.ts';
import type { WindowsNode } from './windows-node.ts';

const portMapping = { hostPort: 38_080, containerPort: 80, protocol: 'tcp' };
const dns = { servers: ['10.96.0.10'], searches: ['svc.cluster.local'] };
const asked = { runtimeConfig: { portMappings: [portMapping], dns } };
const hnsChooses = { ipam: {} };

const silence = { exitCode: 0, document: undefined, stderr: '' };

/** What HNS has after an ADD, held against what the ADD answered. */
export function compareWithHns(at: () => WindowsNode): void {
  it.each<[string, Json]>([
    ['host-local chooses', {}],
    ['HNS chooses', hnsChooses],
  ])('HNS has what ADD answered, the address as %s it', async (chooser, changes) => {
    const config = { ...changes, ...asked };
    const { document, exitCode, stderr } = await at().run('ADD', config);
    expect({ exitCode, stderr, document }).toMatchObject({ exitCode: 0, stderr: '' });
    const result = document ?? {};
    await at().keep(`added-${chooser.replaceAll(' ', '-')}`);
    const [endpoint = {}, ...more] = await at().pods();
    expect(more).toEqual([]);
    expect(inHns(endpoint)).toEqual(answered(result));
    expect(bareId(textField(endpoint, 'HostComputeNamespace') ?? '')).toBe(at().first.netns);
    // By what they say: HNS may leave the type out, whose value is nothing (HNS.md, "What HNS leaves out").
    const settings = documentsField(endpoint, 'Policies').map((policy) =>
      documentField(policy, 'Settings'),
    );
    expect(settings.filter((each) => field(each, 'ExternalPort') !== undefined)).toMatchObject([
      { InternalPort: portMapping.containerPort, ExternalPort: portMapping.hostPort },
    ]);
    expect(documentField(endpoint, 'Dns')).toMatchObject({ ServerList: dns.servers });
    expect(await at().run('CHECK', { ...config, prevResult: result })).toEqual(silence);
    expect(await at().run('DEL', { ...config, prevResult: result })).toEqual(silence);
    await at().expectNothingLeft();
  });

  it('CHECK says that a host port is not mapped which the configuration asks for', async () => {
    const prevResult = await at().added();
    const { document } = await at().run('CHECK', { ...asked, prevResult });
    expect(document).toMatchObject({ code: 100 });
    expect(document?.['details']).toContain('port mapping :38080 to 80');
  });

  it('STATUS is ready', async () => {
    expect(await at().run('STATUS')).toEqual(silence);
  });
}

/** The addresses and the MAC address of an endpoint, as HNS writes them. */
function inHns(endpoint: Json) {
  return {
    addresses: documentsField(endpoint, 'IpConfigurations').map((each) =>
      textField(each, 'IpAddress'),
    ),
    mac: macOf(textField(endpoint, 'MacAddress')),
    routes: documentsField(endpoint, 'Routes').map((each) => textField(each, 'NextHop')),
  };
}

/** The same of a result. */
function answered(result: Json) {
  const ips = documentsField(result, 'ips');
  return {
    addresses: ips.map((each) => textField(each, 'address')?.split('/')[0]),
    mac: macOf(textField(documentsField(result, 'interfaces')[0] ?? {}, 'mac')),
    routes: ips.map((each) => textField(each, 'gateway')),
  };
}

/** HNS writes dashes, CNI colons. */
const macOf = (text: string | undefined) => text?.replaceAll('-', ':').toLowerCase();
