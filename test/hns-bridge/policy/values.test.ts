import { describe, expect, it } from 'vitest';
import { readHnsPolicy, readPolicy } from '../../../hns-bridge/policy/policy.ts';
import { PolicyError } from '../../../hns-bridge/policy/values.ts';
import type { Json } from './shapes.ts';

/** What is wrong, and the key that is to be named; HNS may say it all the same. */
const wrong: readonly (readonly [value: Json, field: string, message: RegExp])[] = [
  [{}, 'Type', /expected the type/],
  [{ Type: '' }, 'Type', /expected the type/],
  [{ Type: 'ACL', Settings: 'x' }, 'Settings', /expected an object/],
  [{ Type: 'ROUTE' }, 'DestinationPrefix', /empty; was a template left unfilled/],
  [{ Type: 'ROUTE', DestinationPrefix: '' }, 'DestinationPrefix', /template left unfilled/],
  [{ Type: 'ROUTE', DestinationPrefix: '10.0.0.1' }, 'DestinationPrefix', /expected a CIDR/],
  [{ Type: 'ROUTE', DestinationPrefix: '10.0.0.0/33' }, 'DestinationPrefix', /expected a CIDR/],
  [{ Type: 'ROUTE', DestinationPrefix: ['10.0.0.0/8'] }, 'DestinationPrefix', /expected a CIDR/],
  [{ Type: 'ROUTE', DestinationPrefix: '10.0.0.0/8', NextHop: 'x' }, 'NextHop', /an IP address/],
  [{ Type: 'ROUTE', DestinationPrefix: '10.0.0.0/8', NeedEncap: 1 }, 'NeedEncap', /true or false/],
  [{ Type: 'OutBoundNAT', ExceptionList: ['10.0.0.0/8', ''] }, 'Exceptions', /template/],
  [{ Type: 'OutBoundNAT', ExceptionList: ['10.0.0/8'] }, 'Exceptions', /not a CIDR/],
  [{ Type: 'OutBoundNAT', ExceptionList: [10] }, 'Exceptions', /10 is not a CIDR/],
  [{ Type: 'OutBoundNAT', ExceptionList: { a: 1 } }, 'Exceptions', /not a CIDR/],
  // JSON can say that of any object: then it cannot even be asked for its text.
  [{ Type: 'OutBoundNAT', ExceptionList: { toString: 1 } }, 'Exceptions', /not a CIDR/],
  [
    { Type: 'ROUTE', DestinationPrefix: '10.0.0.0/8', NeedEncap: { toString: 1 } },
    'NeedEncap',
    /true or false/,
  ],
  [
    { Type: 'NAT', InternalPort: 80, ExternalPort: 80, Protocol: { toString: 1 } },
    'Protocol',
    /found \{"toString":1\}/,
  ],
  [{ Type: 'OutBoundNAT', Destinations: ['pod'] }, 'Destinations', /not a CIDR/],
  [{ Type: 'OutBoundNAT', VIP: '10.0.0.256' }, 'VirtualIP', /an IP address/],
  [{ Type: 'OutBoundNAT', MaxPortPoolUsage: -1 }, 'MaxPortPoolUsage', /0 to 65535, found -1/],
  [{ Type: 'OutBoundNAT', Flags: 'x' }, 'Flags', /expected a number/],
  [{ Type: 'PA' }, 'ProviderAddress', /found nothing/],
  [{ Type: 'PA', PA: 'node' }, 'ProviderAddress', /found "node"/],
  [{ Type: 'NAT', ExternalPort: 1 }, 'InternalPort', /the port of the pod/],
  [{ Type: 'NAT', InternalPort: 'http' }, 'InternalPort', /found "http"/],
  [{ Type: 'NAT', InternalPort: 65_536 }, 'InternalPort', /0 to 65535/],
  [{ Type: 'NAT', InternalPort: 1, ExternalPort: 1.5 }, 'ExternalPort', /found 1.5/],
  [{ Type: 'NAT', InternalPort: 1, Protocol: 'quic' }, 'Protocol', /tcp, udp.*found "quic"/],
  [{ Type: 'NAT', InternalPort: 1, Protocol: 256 }, 'Protocol', /found 256/],
  [{ Type: 'NAT', InternalPort: 1, Protocol: 0 }, 'Protocol', /found 0/],
  [{ Type: 'NAT', InternalPort: 1, Protocol: 'constructor' }, 'Protocol', /found "constructor"/],
  [{ Type: 'NAT', InternalPort: 1, VIP: 'localhost' }, 'VIP', /an IP address/],
  [{ Type: 'ACL', Direction: 'In' }, 'Action', /Allow, Block, Pass, found nothing/],
  [{ Type: 'ACL', Action: 'Allow', Direction: 'Up' }, 'Direction', /In, Out, found "Up"/],
  [{ Type: 'ACL', Action: 'Allow', Direction: 'In', Protocols: 'x' }, 'Protocols', /found "x"/],
  [{ Type: 'ACL', Action: 'Allow', Direction: 'In', LocalPorts: {} }, 'LocalPorts', /a text/],
  [{ Type: 'ACL', Action: 'Allow', Direction: 'In', Priority: 70_000 }, 'Priority', /70000/],
];

describe('what cannot be right', () => {
  it.each(wrong)('%j: %s', (value, field, message) => {
    const refusal = refusalOf(value);
    expect(refusal).toBeInstanceOf(PolicyError);
    expect(refusal).toMatchObject({
      kind: 'policy-invalid',
      field,
      message: expect.stringMatching(message),
    });
    expect(String(refusal)).toContain(`${field}: `);
  });

  it.each(wrong)('%j is taken from HNS as it is', (value) => {
    const { Type = '', Settings, ...flat } = value;
    const said = typeof Settings === 'object' ? Settings : flat;
    expect(readHnsPolicy(value)).toMatchObject({ Type, Settings: said });
  });

  it('is kept with its dialect when HNS has settings', () => {
    const Settings = { DestinationPrefix: '', NeedEncap: true };
    expect(readHnsPolicy({ Type: 'SDNRoute', Settings })).toEqual({
      Type: 'SDNRoute',
      Settings,
      written: { dialect: 'v2', settings: Settings },
    });
  });
});

function refusalOf(value: Json): unknown {
  try {
    return readPolicy(value);
  } catch (error) {
    return error;
  }
}
