import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../cni/json-object.ts';
import { type Mode, modes } from '../../../plugins/attach/modes.ts';
import { nat, planFor, policy, snatOf } from './plan-trial.ts';

describe('the exception list', () => {
  const services = policy({ Type: 'OutBoundNAT', ExceptionList: ['10.96.0.0/12'] });
  const management = policy({
    Type: 'OutBoundNAT',
    Settings: { Exceptions: ['192.168.10.0/24', '10.96.0.0/12'] },
  });
  const both = [services, management];
  it.each<[string, Mode, JsonObject, JsonObject[]]>([
    [
      'overlay, masqueraded: listed first, then subnets and networks, each once',
      modes.overlay,
      { policies: both, ipMasq: true, ipMasqNetwork: '10.244.0.0/16' },
      [nat('10.96.0.0/12', '192.168.10.0/24', '10.244.1.0/24', '10.244.0.0/16')],
    ],
    [
      'overlay, not masqueraded: only what was listed',
      modes.overlay,
      { policies: both, ipMasq: false, ipMasqNetwork: '10.244.0.0/16' },
      [nat('10.96.0.0/12', '192.168.10.0/24')],
    ],
    [
      'bridge, masqueraded: listed first, then networks',
      modes.bridge,
      { policies: [services], ipMasq: true, ipMasqNetwork: ['10.244.0.0/16', '10.245.0.0/16'] },
      [nat('10.96.0.0/12', '10.244.0.0/16', '10.245.0.0/16')],
    ],
    [
      'bridge, not masqueraded, though a network is named',
      modes.bridge,
      { ipMasq: false, ipMasqNetwork: '10.244.0.0/16' },
      [],
    ],
    [
      'bridge, a network named and nothing said of masquerading',
      modes.bridge,
      { ipMasqNetwork: '10.244.0.0/16' },
      [nat('10.244.0.0/16')],
    ],
    [
      'overlay, a network named and nothing said of masquerading',
      modes.overlay,
      { ipMasqNetwork: '10.244.0.0/16' },
      [],
    ],
    ...[modes.nat, modes.transparent].map((mode): [string, Mode, JsonObject, JsonObject[]] => [
      `${mode.name}, masqueraded: only what was listed`,
      mode,
      { policies: [services], ipMasq: true, ipMasqNetwork: '10.244.0.0/16' },
      [nat('10.96.0.0/12')],
    ]),
    ...[modes.nat, modes.sdnBridge, modes.sdnOverlay].map<[string, Mode, JsonObject, JsonObject[]]>(
      (mode) => [
        `${mode.name} has what is listed, as Microsoft's`,
        mode,
        { policies: [services], ipMasq: true, ipMasqNetwork: '10.244.0.0/16' },
        [nat('10.96.0.0/12')],
      ],
    ),
    [
      'flannel’s other networks are exceptions too',
      modes.bridge,
      { ipMasqNetwork: '10.244.0.0/16', otherIpMasqNetworks: ['10.250.0.0/16', 'fd00:10::/48'] },
      // IPv6's are nothing to an endpoint of IPv4 alone.
      [nat('10.244.0.0/16', '10.250.0.0/16')],
    ],
    [
      'but a network of IPv6 alone is as the reference has it',
      modes.bridge,
      { ipMasqNetwork: 'fd00:10::/48' },
      [nat('fd00:10::/48')],
    ],
    [
      'a virtual IP stays apart',
      modes.bridge,
      {
        policies: [
          services,
          policy({
            Type: 'OutBoundNAT',
            Settings: { VirtualIP: '10.0.0.9', Exceptions: ['10.1.0.0/16'] },
          }),
        ],
      },
      [
        nat('10.96.0.0/12'),
        {
          Type: 'OutBoundNAT',
          Settings: { VirtualIP: '10.0.0.9', Exceptions: ['10.1.0.0/16'] },
        },
      ],
    ],
    [
      'an empty list masquerades everything',
      modes.bridge,
      { policies: [policy({ Type: 'OutBoundNAT', ExceptionList: [] })] },
      [nat()],
    ],
    ['nothing said, nothing done', modes.bridge, {}, []],
    [
      'one list a family',
      modes.bridge,
      {
        policies: [
          policy({ Type: 'OutBoundNAT', ExceptionList: ['10.96.0.0/12', 'fd00:10::/48'] }),
        ],
      },
      [nat('10.96.0.0/12'), nat('fd00:10::/48')],
    ],
    [
      'destinations stay apart',
      modes.bridge,
      {
        policies: [services, policy({ Type: 'OutBoundNAT', Destinations: ['10.244.1.9'] })],
      },
      [nat('10.96.0.0/12'), { Type: 'OutBoundNAT', Settings: { Destinations: ['10.244.1.9'] } }],
    ],
  ])('%s', (_, mode, config, expected) => {
    expect(snatOf(planFor(mode, config))).toEqual(expected);
  });

  it('clears host bits, and says so', () => {
    const plan = planFor(modes.bridge, {
      policies: [policy({ Type: 'OutBoundNAT', ExceptionList: ['10.244.1.1/16'] })],
    });
    expect(snatOf(plan)).toEqual([nat('10.244.0.0/16')]);
    expect(plan.notes).toEqual(['policies[0]: exception 10.244.1.1/16 was read as 10.244.0.0/16']);
  });

  it('tells which destination of a route lost its host bits', () => {
    const route = { Type: 'ROUTE', DestinationPrefix: '10.96.0.1/12', NeedEncap: true };
    const { notes } = planFor(modes.bridge, { policies: [policy(route)] });
    expect(notes).toEqual(['policies[0]: destination 10.96.0.1/12 was read as 10.96.0.0/12']);
  });

  it.each([
    ['policies', modes.bridge],
    ['AdditionalArgs', modes.sdnBridge],
  ])('names the entry of %s that cannot be read', (key, mode) => {
    const list = [services, policy({ Type: 'OutBoundNAT', ExceptionList: ['10.96.0.0/33'] })];
    expect(() => planFor(mode, { [key]: list })).toThrow(`${key}[1]`);
  });

  it.each([{ ExceptionList: '' }, { ExceptionList: [] }, {}])(
    'that is empty was not read as anything: %j',
    (list) => {
      const plan = planFor(modes.bridge, { policies: [policy({ Type: 'OutBoundNAT', ...list })] });
      expect(snatOf(plan)).toEqual([nat()]);
      expect(plan.notes).toEqual([]);
    },
  );

  it('says where its entries came from', () => {
    const config = { policies: both, ipMasq: true, ipMasqNetwork: '10.244.0.0/16' };
    expect(planFor(modes.overlay, config).reasons['Policies[0]']).toBe(
      "policies[0], policies[1], network's subnets, ipMasqNetwork",
    );
  });
});
