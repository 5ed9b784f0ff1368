import { describe, expect, it } from 'vitest';
import { parseSubnetEnv } from '../../../plugins/flannel/subnet-env.ts';

const tail = 'FLANNEL_MTU=1450\nFLANNEL_IPMASQ=true\n';
const v4 = 'FLANNEL_NETWORK=10.244.0.0/16\nFLANNEL_SUBNET=10.244.1.1/24\n';
const v6 = 'FLANNEL_IPV6_NETWORK=fd00:10:244::/48\nFLANNEL_IPV6_SUBNET=fd00:10:244:1::1/64\n';
const plain = {
  exceptions: ['10.244.0.0/16'],
  subnets: ['10.244.1.0/24'],
  mtu: 1450,
  ipMasq: true,
};

describe('a whole subnet.env', () => {
  it.each([
    ['as flanneld writes it', v4 + tail],
    ['without a line break at its end', (v4 + tail).trimEnd()],
    ['with a byte-order mark', `\uFEFF${v4}${tail}`],
    ['with CRLF', (v4 + tail).replaceAll('\n', '\r\n')],
    ['with comments and blank lines', `# flannel\n\n${v4}  # more\n\n${tail}\n\n`],
    ['with lines that assign nothing', `garbage\n${v4}FLANNEL_MTU\n${tail}export\n`],
    ['with export', (v4 + tail).replaceAll('FLANNEL', 'export FLANNEL')],
    ['with double quotes', (v4 + tail).replaceAll(/=(.*)/g, '="$1"')],
    ['with single quotes', (v4 + tail).replaceAll(/=(.*)/g, "='$1'")],
    ['with white space', (v4 + tail).replaceAll(/(.*)=(.*)/g, '  $1 =\t$2  ')],
    ['with a comment behind a value', `${v4}FLANNEL_MTU=1450 # bytes\nFLANNEL_IPMASQ=true\n`],
    ['with a comment for a value', `FLANNEL_IPV6_SUBNET= # none\n${v4}${tail}`],
    ['with TRUE in capitals', v4 + tail.replace('true', 'True')],
    ['with a blank for a value', `FLANNEL_IPV6_NETWORK= \n${v4}FLANNEL_IPV6_SUBNET= \r\n${tail}`],
    ['with a quote left open', `FIRST='\n${v4}SECOND="\n${tail}LAST='x'\n`],
    ['with a tab behind export', (v4 + tail).replaceAll('FLANNEL', 'export\tFLANNEL')],
    ['with keys nobody knows', `${v4}FLANNEL_FUTURE=1\n__proto__=x\nconstructor=y\n${tail}`],
    ['with an empty key of the other family', `${v4}FLANNEL_IPV6_NETWORK=\n${tail}`],
    ['with half of the other family', `${v4}FLANNEL_IPV6_NETWORK=fd00::/48\n${tail}`],
    ['where the last of two lines counts', `FLANNEL_SUBNET=10.9.9.1/24\n${v4}${tail}`],
    [
      'with the same network twice',
      v4.replace('0.0/16', '0.0/16,10.244.7.7/16, ,10.244.0.0/16') + tail,
    ],
  ])('is read %s', (_, text) => {
    expect(parseSubnetEnv(text)).toEqual({ kind: 'complete', env: plain });
  });

  it.each([
    [
      'both families',
      v4 + v6 + tail,
      {
        ...plain,
        exceptions: ['10.244.0.0/16', 'fd00:10:244::/48'],
        subnets: ['10.244.1.0/24', 'fd00:10:244:1::/64'],
      },
    ],
    [
      'IPv6 alone',
      v6 + tail,
      { ...plain, exceptions: ['fd00:10:244::/48'], subnets: ['fd00:10:244:1::/64'] },
    ],
    [
      'several networks',
      v4.replace('/16', '/16,10.250.0.0/15') + tail,
      { ...plain, exceptions: ['10.244.0.0/16', '10.250.0.0/15'] },
    ],
    ['no masquerading', v4 + tail.replace('true', 'false'), { ...plain, ipMasq: false }],
  ])('is read with %s', (_, text, env) => {
    expect(parseSubnetEnv(text)).toEqual({ kind: 'complete', env });
  });
});

describe('FLANNEL_IPMASQ', () => {
  it.each(['1', 'yes', 'maybe', 'constructor', 'tru', ''])(
    'is false when it is neither word, as in the reference, and the log is told: %j',
    (value) => {
      const reading = parseSubnetEnv(`${v4}FLANNEL_MTU=1450\nFLANNEL_IPMASQ=${value}\n`);
      expect(reading).toEqual({
        kind: 'complete',
        env: { ...plain, ipMasq: false },
        note: `FLANNEL_IPMASQ: "${value}" is taken for false`,
      });
    },
  );

  it('may be the last line, without a line break, unless more of a word may come', () => {
    const kinds = ['1', 'no', 'TRUE', 'fals', 'tru', ''].map(
      (value) => parseSubnetEnv(`${v4}FLANNEL_MTU=1450\nFLANNEL_IPMASQ=${value}`).kind,
    );
    expect(kinds).toEqual([...Array(3).fill('complete'), ...Array(3).fill('incomplete')]);
  });
});

describe('half a subnet.env', () => {
  it.each([
    ['', ['FLANNEL_NETWORK', 'FLANNEL_SUBNET', 'FLANNEL_MTU', 'FLANNEL_IPMASQ']],
    ['\0\0\0\0', ['FLANNEL_NETWORK', 'FLANNEL_SUBNET', 'FLANNEL_MTU', 'FLANNEL_IPMASQ']],
    ['FLANNEL_NETWORK=10.244.0.0/16\n', ['FLANNEL_SUBNET', 'FLANNEL_MTU', 'FLANNEL_IPMASQ']],
    [v4, ['FLANNEL_MTU', 'FLANNEL_IPMASQ']],
    [`${v4}FLANNEL_MTU=1450\n`, ['FLANNEL_IPMASQ']],
    [`${v4}FLANNEL_MTU=1450\nFLANNEL_IPMASQ=tr`, ['FLANNEL_IPMASQ']],
    [`${v4}FLANNEL_MTU=1450\nFLANNEL_IPMASQ=`, ['FLANNEL_IPMASQ']],
    [
      `FLANNEL_NETWORK=10.244.0.0/16\nFLANNEL_SUBNET=10.24`,
      ['FLANNEL_SUBNET', 'FLANNEL_MTU', 'FLANNEL_IPMASQ'],
    ],
    [`FLANNEL_IPV6_NETWORK=fd00::/48\n${tail}`, ['FLANNEL_IPV6_SUBNET']],
    [`FLANNEL_SUBNET=10.244.1.1/24\n${tail}`, ['FLANNEL_NETWORK']],
    [tail, ['FLANNEL_NETWORK', 'FLANNEL_SUBNET']],
  ])('%j is known by what it lacks', (text, missing) => {
    expect(parseSubnetEnv(text)).toEqual({ kind: 'incomplete', missing });
  });

  it('never reads as another whole one, wherever it is cut', () => {
    const text = v4 + v6 + tail;
    const cuts = Array.from({ length: text.length }, (_, end) =>
      parseSubnetEnv(text.slice(0, end)),
    );
    // The very last line break may be missing: everything is there.
    expect(cuts.slice(0, -1).map(({ kind }) => kind)).not.toContain('complete');
    expect(cuts.map(({ kind }) => kind)).not.toContain('invalid');
  });
});

describe('a wrong value', () => {
  it.each([
    ['FLANNEL_NETWORK', '10.244.0.0', 'IPv4 CIDR'],
    ['FLANNEL_NETWORK', '10.244.0.0/16,nonsense', 'IPv4 CIDR'],
    ['FLANNEL_NETWORK', 'fd00::/48', 'IPv4 CIDR'],
    ['FLANNEL_SUBNET', '10.244.1.1/33', 'IPv4 CIDR'],
    ['FLANNEL_SUBNET', '10.244.1.1/24,10.244.2.1/24', 'IPv4 CIDR'],
    ['FLANNEL_SUBNET', '10.244.01.1/24', 'IPv4 CIDR'],
    ['FLANNEL_IPV6_SUBNET', '10.244.1.1/24', 'IPv6 CIDR'],
    ['FLANNEL_MTU', 'big', 'a number'],
    ['FLANNEL_MTU', '-1', 'a number'],
    ['FLANNEL_MTU', '4294967296', 'a number'],
  ])('%s=%s is named with its key', (key, value, form) => {
    const reading = parseSubnetEnv(`${v4}${v6}${tail}${key}=${value}\n`);
    expect(reading).toMatchObject({ kind: 'invalid' });
    const problem = reading.kind === 'invalid' ? reading.problem : '';
    expect(problem).toContain(`${key}: expected`);
    expect(problem).toContain(form);
    expect(problem).toContain(value);
  });

  it('is quoted only in part when it is long', () => {
    const reading = parseSubnetEnv(`FLANNEL_MTU=${'9'.repeat(100_000)}\n`);
    expect(reading.kind === 'invalid' && reading.problem.length).toBeLessThan(200);
  });
});
