import { describe, expect, it } from 'vitest';
import { adapterChanges } from '../../../../plugins/wincni/acceptance/adapters.ts';
import { assertAdministrator } from '../../../../plugins/wincni/acceptance/guard.ts';
import { type Facts, factsSchema } from '../../../../plugins/wincni/facts/facts.ts';

const facts = (more: Partial<Facts>): Facts =>
  factsSchema().parse({
    schema: 1,
    source: 'written by hand',
    wincni: '1.2.3',
    at: '2026-01-01T00:00:00.000Z',
    hostname: 'win-7',
    platform: 'win32',
    missing: [],
    folders: { conf: [], bin: [] },
    configurations: [],
    looks: [],
    programs: [],
    rights: [],
    ...more,
  });

const ethernet = {
  name: "Bob's Ethernet",
  status: 'Up',
  addresses: ['192.168.10.5/24', 'fe80::1/64'],
  gateways: ['192.168.10.1'],
};
const virtual = { ...ethernet, name: 'vEthernet (Ethernet)' };

describe('what has changed of the adapters', () => {
  it.each([
    ['nothing', [ethernet], [ethernet], []],
    [
      'nothing, where a network has taken the address over',
      [ethernet],
      [{ ...ethernet, addresses: [] }, virtual],
      [],
    ],
    [
      'a static address that is lost',
      [ethernet],
      [{ ...ethernet, addresses: ['169.254.7.7/16'], gateways: [] }],
      [
        "Bob's Ethernet has lost 192.168.10.5/24; New-NetIPAddress -InterfaceAlias 'Bob''s Ethernet' -IPAddress 192.168.10.5 -PrefixLength 24 -DefaultGateway 192.168.10.1",
      ],
    ],
    [
      "an address of DHCP's",
      [{ ...ethernet, dhcp: true }],
      [{ ...ethernet, addresses: [] }],
      ["Bob's Ethernet has lost 192.168.10.5/24; ipconfig /renew 'Bob''s Ethernet'"],
    ],
    [
      'a gateway alone',
      [ethernet],
      [{ ...ethernet, gateways: [] }],
      [
        "Bob's Ethernet has lost its gateway 192.168.10.1; New-NetRoute -InterfaceAlias 'Bob''s Ethernet' -DestinationPrefix 0.0.0.0/0 -NextHop 192.168.10.1",
      ],
    ],
  ])('%s', (_, before, after, changes) => {
    expect(adapterChanges(facts({ adapters: before }), facts({ adapters: after }))).toEqual(
      changes,
    );
  });

  it('nobody knows, where they could not be read', () => {
    expect(adapterChanges(facts({}), facts({ adapters: [ethernet] }))).toEqual([]);
  });
});

describe("administrator's rights", () => {
  it('are needed, where it is known that they are not there', () => {
    expect(() => assertAdministrator(facts({ administrator: false }))).toThrow(/administrator/);
    expect(() => assertAdministrator(facts({ administrator: true }))).not.toThrow();
    expect(() => assertAdministrator(facts({}))).not.toThrow();
  });
});
