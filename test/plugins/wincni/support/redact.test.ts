import { describe, expect, it } from 'vitest';
import { redactFile, redactFiles } from '../../../../plugins/wincni/support/redact-file.ts';
import { redactText } from '../../../../plugins/wincni/support/redact-text.ts';
import { redactValue } from '../../../../plugins/wincni/support/redact-value.ts';
import { sickFacts, sickFile, sickNames } from '../../../helpers/facts-files.ts';

const secret = 'hunter2';

/** Texts with a secret in them, as they stand on nodes. */
const texts: readonly (readonly [what: string, text: string])[] = [
  ['a flag', `kube-proxy.exe --v=4 --token=${secret} --proxy-mode=kernelspace`],
  ['a flag apart', `kube-proxy.exe --token ${secret} --v=4`],
  ['a quoted flag', `rke2.exe agent --token="${secret} is long" --v=4`],
  ['a quoted flag apart', `rke2.exe agent --token "my ${secret} is long" --v=4`],
  ['a flag with commas', `x.exe --password=a,${secret};b&c --v=4`],
  ['a PowerShell parameter', `Start-Proxy -Password ${secret} -Verbose`],
  ['a switch of Windows', `net.exe use /password:${secret}`],
  ['a variable', `set KUBE_TOKEN=${secret}`],
  ['a variable of PowerShell', `$env:RKE2_TOKEN = '${secret}'`],
  ['an argument list', `["kube-proxy", "--token", "${secret}", "--v=4"]`],
  ['JSON', `{"k8s_auth_token": "${secret}", "name": "x"}`],
  ['JSON that does not end', `{"name": "x", "password": "${secret}`],
  ['JSON in JSON', `{"config":"{\\"clientSecret\\":\\"${secret}\\",\\"a\\":1}"}`],
  ['JSON in JSON that was cut', `{"config":"{\\"clientSecret\\":\\"${secret}`],
  ['a quote in a value', `{"password": "a\\"${secret}"}`],
  ['a number', '{"token": 4711000}'],
  ['YAML', `  password: the ${secret} of it\n  user: x`],
  ['a block of YAML', `users:\n- token: |\n    ${secret}\n    ${secret}\n- name: x`],
  ['a list of YAML', `tokens:\n  - ${secret}\nname: x`],
  ['a list of YAML that is not further in', `tokens:\n- ${secret}\nname: x`],
  ['a text of YAML with a tag', `"password": !!str ${secret}`],
  ['a pair of YAML', `- name: KUBE_TOKEN\n  value: ${secret}\n- name: x`],
  ['a pair of JSON in a log', `I0101 {\\"name\\":\\"A_TOKEN\\",\\"value\\":\\"${secret}\\"}`],
  ['a table', `password\t${secret}`],
  ['a flag in one letter', `C:\\rke2.exe agent -t ${secret} --v=4`],
  ['a password to be made secure', `ConvertTo-SecureString '${secret}' -AsPlainText -Force`],
  ['TOML', `password = "${secret}"`],
  ['TOML of several lines', `password = """\n${secret}\n"""\nname = "x"`],
  ['an INI file', `[global]\npassword = a ${secret} b\nname = x`],
  ['a comment', `# password: ${secret}`],
  ['XML', `<add><password>${secret}</password></add>`],
  ['a proxy', `HTTP_PROXY=http://user:${secret}@proxy:8080`],
  ['a proxy with a slash in its password', `http://user:a/${secret}@proxy:8080`],
  ['a proxy without a scheme', `HTTPS_PROXY=user:${secret}@proxy:8080`],
  ['a token alone in a URL', `https://${secret}@host/x`],
  ['a query', `https://x.blob/y?a=1&sig=${secret}&b=2`],
  ['a bearer', `Authorization: Bearer ${secret}`],
  ['a header in a log', `I0101 Authorization: AWS4-HMAC-SHA256 Credential=x, Signature=${secret}`],
  ['a bearer in a log', `sent header bearer ${secret} to 10.0.0.1`],
  ['a basic header', `curl -H "X: Basic ${secret}=="`],
  ['a user of curl', `curl -u admin:${secret} https://x`],
  ['a connection string', `AccountName=x;AccountKey=${secret};B=c`],
  ['a key in PEM', `-----BEGIN RSA PRIVATE KEY-----\n${secret}\n-----END RSA PRIVATE KEY-----`],
  ['a key in one line', `"-----BEGIN PRIVATE KEY-----\\n${secret}\\n-----END PRIVATE KEY-----"`],
  ['a key that does not end', `-----BEGIN EC PRIVATE KEY-----\n${secret}`],
];

describe('a text with a secret', () => {
  it.each(texts)('%s', (_, text) => {
    const made = redactText(text);
    expect(made).not.toMatch(/hunter2|4711000/);
    expect(made).toContain('<redacted>');
    expect(redactText(made)).toBe(made);
  });

  it.each([
    ['a JWT', 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl'],
    ["kubeadm's", 'abcdef.0123456789abcdef'],
    ["RKE2's", 'K10c0ffee00c0ffee00c0ffee00c0ffee00::server:1234'],
    ["AWS's", 'AKIAIOSFODNN7EXAMPLE'],
    ["GitHub's", 'ghp_0123456789abcdefghij'],
  ])('known by its looks: %s', (_, text) => {
    expect(redactText(`joined by ${text} at 10:00`)).toBe('joined by <redacted> at 10:00');
  });

  it.each([
    'kubelet.exe --authentication-token-webhook=true --cluster-dns=10.96.0.10 --v=6',
    'mcr.microsoft.com/oss/kubernetes/pause:3.9@sha256:0123456789abcdef',
    'vEthernet (Ethernet): 00-15-5D-12-34-56, fe80::1%5, C:\\k\\cni\\config\\10-flannel.conflist',
    'FLANNEL_NETWORK=10.244.0.0/16\nFLANNEL_SUBNET=10.244.4.1/24\nFLANNEL_MTU=1450\n',
    '{"Policies":[{"Name":"EndpointPolicy","Value":{"Type":"OutBoundNAT"}}],"ID":"7e2f9d10-3c55-4b1e-8a27-90c4e5d1b001"}',
    'The author of 10.96.0.0/12 authored it: unauthorized',
  ])('not in %s', (text) => {
    expect(redactText(text)).toBe(text);
  });

  it.each([
    'token: <redacted>',
    '--token=<redacted> --v=6',
    '"password": "<redacted>"',
    'https://<redacted>@host/path',
  ])('not where there was one: %s', (text) => {
    expect(redactText(text)).toBe(text);
  });
});

describe('a document with a secret', () => {
  it.each([
    ['under a name', { registry: { auth: { username: secret, n: 1 } } }],
    ['in a list under a name', { tokens: [secret, [secret]] }],
    ['behind a flag', { args: ['--token', secret] }],
    ['in a pair', { env: [{ name: 'KUBE_TOKEN', value: secret }] }],
    ['in a key', { [`https://u:${secret}@host`]: 1 }],
    ['in a document in it', { config: JSON.stringify({ a: { password: secret } }) }],
    ['too deep', JSON.parse(`${'['.repeat(500)}"${secret}"${']'.repeat(500)}`)],
  ])('%s', (_, value) => {
    expect(JSON.stringify(redactValue(value))).not.toContain(secret);
  });

  it('keeps what is none', () => {
    const value = {
      ID: 'a',
      token: false,
      secret: null,
      password: '',
      Policies: [{ Type: 'ACL' }],
      automountServiceAccountToken: true,
    };
    expect(redactValue(value)).toEqual(value);
  });
});

describe('a file with a secret', () => {
  const containerd = `version = 2
# the registry
[plugins."io.containerd.grpc.v1.cri".registry.configs."r.io".auth]
  username = "${secret}"
  identity = '''
${secret}
'''
[plugins."io.containerd.grpc.v1.cri".registry.configs."s.io"]
  auth = { username = "${secret}", password = "${secret}" }
[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = 'C:\\k\\cni' # ours
`;

  it.each([
    ['as it is', containerd],
    ['that does not parse', `${containerd}\n[broken`],
  ])("containerd's configuration %s", (_, text) => {
    const made = redactFile('C:\\config.toml', text);
    expect(made).not.toContain(secret);
    expect(made).toContain('bin_dir =');
    expect(made).toContain('C:\\');
  });

  it('keeps a file without one as it was written', () => {
    const toml =
      'version = 2\n# x\n[plugins."io.containerd.grpc.v1.cri".cni]\n bin_dir = "C:\\\\k" # ours\n';
    expect(redactFile('c.toml', toml)).toBe(toml);
    const conf = '\uFEFF{"name": "x",  "cniVersion": "1.0.0", "name": "y"}\r\n';
    expect(redactFile('10.conf', conf)).toBe(conf);
  });

  it('keeps the rest of a configuration, and its JSON', () => {
    const made = redactFile('10.conf', `{"name":"x","policy":{"k8s_auth_token":"${secret}"}}`);
    expect(JSON.parse(made)).toEqual({ name: 'x', policy: { k8s_auth_token: '<redacted>' } });
  });

  it('is the other one of two of a name', () => {
    expect(redactFile('10.conf', `{"auth":{"x":"${secret}"},"auth":{"x":""}, "a":"`)).not.toContain(
      secret,
    );
    expect(redactFile('10.conf', `{"password":"${secret}","password":""}`)).not.toContain(secret);
  });

  it.each([
    `apiVersion: v1\nkind: Config\nusers:\n- name: x\n  user: {foo: ${secret}}\n`,
    `{"kind":"Config","apiVersion":"v1","clusters":[],"users":[{"foo":"${secret}"}]}`,
  ])('leaves a kubeconfig out', (text) => {
    expect(redactFile('calico-kubeconfig', text)).toBe('<left out: a kubeconfig>');
  });

  it('is found by its kind in a document', () => {
    const made = redactFiles({ a: [{ path: 'x.toml', text: `[auth]\nx = "${secret}"\n` }] });
    expect(made).toEqual({ a: [{ path: 'x.toml', text: '[auth]\nx = "<redacted>"\n' }] });
  });
});

describe.each(sickNames)('the facts of %s', (name) => {
  it('have no secret, and lose nothing', () => {
    const facts = sickFacts(sickFile(name));
    expect(redactFiles(facts)).toEqual(facts);
  });
});
