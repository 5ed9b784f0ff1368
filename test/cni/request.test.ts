import { describe, expect, it } from 'vitest';
import { readRequest } from '../../cni/request.ts';
import { failure, runCommand, variables } from './trial.ts';

const add = { ...variables, CNI_COMMAND: 'ADD' };
const config = { cniVersion: '1.1.0', name: 'cbr0', type: 'trial' };

/** What a request is refused with: its error document. */
async function refusal(env: Readonly<Record<string, string | undefined>>, stdin: unknown = config) {
  const done = await runCommand(env, stdin);
  expect(done).toMatchObject({ exitCode: 1, stderr: '', made: 0 });
  return done.document;
}

/** The call that a request is read as. */
async function read(env: Readonly<Record<string, string | undefined>>, stdin: unknown = config) {
  const { calls, stdout } = await runCommand(env, stdin);
  const [call] = calls;
  if (!call) throw new Error(`refused: ${stdout}`);
  return call;
}

describe('the variables', () => {
  it.each([
    ['ADD', ['CNI_CONTAINERID', 'CNI_NETNS', 'CNI_IFNAME', 'CNI_PATH']],
    ['CHECK', ['CNI_CONTAINERID', 'CNI_NETNS', 'CNI_IFNAME', 'CNI_PATH']],
    ['DEL', ['CNI_CONTAINERID', 'CNI_IFNAME']],
    ['GC', ['CNI_PATH']],
  ])('%s names all that are missing', async (command, missing) => {
    const document = await refusal({ CNI_COMMAND: command });
    expect(document).toMatchObject({ code: 4 });
    expect(document['msg']).toContain(`[${missing.join(',')}]`);
  });

  it.each([
    { command: 'DEL', env: { CNI_CONTAINERID: 'pod1', CNI_IFNAME: 'eth0' } },
    { command: 'GC', env: { CNI_PATH: '/opt/cni/bin' } },
    { command: 'STATUS', env: {} },
  ])('$command needs no more than its own', async ({ command, env }) => {
    expect(await read({ ...env, CNI_COMMAND: command })).toMatchObject({ command, netns: '' });
  });

  it.each(['add', 'ADD ', 'UPDATE', '__proto__', 'toString'])('%j is no command', async (text) => {
    const document = await refusal({ ...variables, CNI_COMMAND: text });
    expect(document).toMatchObject({ code: 4, msg: expect.stringContaining(text) });
  });

  it.each(['ADD', 'DEL', 'CHECK'])('%s refuses ids that could leave a folder', async (command) => {
    const env = { ...variables, CNI_COMMAND: command, CNI_CONTAINERID: '../../etc/passwd' };
    expect(await refusal(env)).toMatchObject({ code: 4 });
    const other = { ...variables, CNI_COMMAND: command, CNI_IFNAME: '..' };
    expect(await refusal(other)).toMatchObject({ code: 4 });
  });

  it('of a container are nothing to GC and STATUS', async () => {
    const env = { ...variables, CNI_CONTAINERID: '../x', CNI_IFNAME: '/', CNI_COMMAND: 'STATUS' };
    expect(await read(env)).toMatchObject({ containerId: '', ifName: '' });
  });

  it('CNI_PATH is taken apart where the system does it', async () => {
    const source = { env: { ...add, CNI_PATH: 'C:\\k\\cni;;D:\\cni' }, pathDelimiter: ';' };
    const readStdin = () => Buffer.from(JSON.stringify(config));
    const { path } = await readRequest({ ...source, readStdin }, 1000);
    expect(path).toEqual(['C:\\k\\cni', 'D:\\cni']);
  });
});

describe('CNI_ARGS', () => {
  it.each([
    ['', {}],
    ['IgnoreUnknown=1;K8S_POD_NAME=web-0', { IgnoreUnknown: '1', K8S_POD_NAME: 'web-0' }],
    ['IP=10.0.0.5', { IP: '10.0.0.5' }],
    ['A=b=c;;B=', { A: 'b=c', B: '' }],
  ])('%j', async (text, args) => {
    expect((await read({ ...add, CNI_ARGS: text })).args).toEqual(args);
  });

  it('has keys that are nothing but keys', async () => {
    const { args } = await read({ ...add, CNI_ARGS: '__proto__=x' });
    expect(Object.entries(args)).toEqual([['__proto__', 'x']]);
    expect(Object.hasOwn(Object.prototype, 'x')).toBe(false);
  });

  it.each(['IP', '=x', 'A=b;IP'])('%j has a pair that is none', async (text) => {
    expect(await refusal({ ...add, CNI_ARGS: text })).toMatchObject({ code: 4 });
  });
});

describe('stdin', () => {
  it.each([
    ['missing', undefined],
    ['empty', ''],
    ['null', null],
  ])('a %s cniVersion is 0.1.0', async (_, cniVersion) => {
    const { version } = await read(add, { ...config, cniVersion });
    expect(version).toBe('0.1.0');
  });

  it.each(['0.5.0', '1.2.0', '2.0.0', 'v1.0.0', ' 1.0.0', 'latest', 1, {}, ['1.0.0']])(
    'cniVersion %j is unknown, and the answer lists those that are not',
    async (cniVersion) => {
      const document = await refusal(add, { ...config, cniVersion });
      expect(document).toMatchObject({ cniVersion: '1.1.0', code: 1 });
      expect(document['msg']).toMatch(/"0\.1\.0","0\.2\.0".*"1\.1\.0"/);
    },
  );

  it('has lists as PowerShell writes those that came of a command', async () => {
    const listed = (...value: unknown[]) => ({ value, Count: value.length });
    const call = await read(add, {
      ...config,
      policies: listed({ name: 'EndpointPolicy', value: { ExceptionList: listed('10.0.0.0/8') } }),
      ipam: { ranges: [listed({ subnet: '10.244.1.0/24' })] },
      others: [{ value: ['x'] }, { value: ['x'], Count: 2 }, { value: 'x', Count: 1 }],
      more: { value: [], Count: 0, name: 'x' },
    });
    expect(call.config).toEqual({
      ...config,
      policies: [{ name: 'EndpointPolicy', value: { ExceptionList: ['10.0.0.0/8'] } }],
      ipam: { ranges: [[{ subnet: '10.244.1.0/24' }]] },
      others: [{ value: ['x'] }, { value: ['x'], Count: 2 }, { value: 'x', Count: 1 }],
      more: { value: [], Count: 0, name: 'x' },
    });
  });

  it('has keys in any letter case', async () => {
    const call = await read(add, { CNIVersion: '0.4.0', NAME: 'cbr0' });
    expect(call).toMatchObject({ version: '0.4.0', network: 'cbr0' });
  });

  it('may begin with a byte-order mark and have lines that end as Windows’ do', async () => {
    const text = `\u{feff}{\r\n  "cniVersion": "1.0.0",\r\n  "name": "cbr0"\r\n}\r\n`;
    expect(await read(add, text)).toMatchObject({ version: '1.0.0', network: 'cbr0' });
  });

  it.each([
    ['nothing', '', 'it is empty'],
    ['white space', ' \r\n', 'it is empty'],
    ['a word without quotes', '{\n  "name": cbr0\n}', 'line 2, column 11'],
    ['a comma too many', '{\n  "name": "cbr0",\n}', 'line 3, column 1'],
    ['a comma too few', '{"a": 1\n"b": 2}', 'line 2, column 1'],
    ['an early end', '{"name": "cbr0"', 'line 1, column 16'],
    ['a backslash of a Windows path', '{"dataDir": "C:\\k"}', 'line 1, column 16'],
    ['a second document', '{}\n{}', 'line 2, column 1'],
  ])('with %s is told where it breaks', async (_, text, place) => {
    const document = await refusal(add, text);
    expect(document).toMatchObject({ code: 6 });
    expect(document['msg']).toMatch(new RegExp(`${place}$`));
  });

  it.each(['[]', 'null', '"text"', '1', 'true'])('%s is no object', async (text) => {
    expect(await refusal(add, text)).toMatchObject({ code: 6 });
  });

  it('in UTF-16 is told to be so', async () => {
    const bytes = Buffer.from(`\u{feff}${JSON.stringify(config)}`, 'utf16le');
    const document = await refusal(add, bytes);
    expect(document).toMatchObject({ code: 6, details: expect.stringContaining('UTF-8') });
  });

  it('may be 16 MiB long and no longer', async () => {
    const text = JSON.stringify(config).padEnd(16 * 2 ** 20, ' ');
    expect(await read(add, text)).toMatchObject({ network: 'cbr0' });
    expect(await refusal(add, `${text} `)).toMatchObject({
      code: 6,
      msg: 'the network configuration on stdin is over 16 MiB',
    });
  });

  it('that does not end is named, and how long it was waited for', async () => {
    const source = { env: add, pathDelimiter: ':', readStdin: async () => undefined };
    expect(await failure(readRequest(source, 45_000))).toMatchObject({
      code: 6,
      message: 'the network configuration on stdin did not end within 45 s',
    });
  });

  it('that nests without end is refused, and not by a full stack', async () => {
    const deep = `{"name":"cbr0","prevResult":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
    expect(await refusal(add, deep)).toMatchObject({ code: 6 });
  });

  it('that cannot be read is an I/O error', async () => {
    const error = Object.assign(new Error('EIO: i/o error, read'), {
      code: 'EIO',
      syscall: 'read',
    });
    const source = {
      env: add,
      pathDelimiter: ':',
      readStdin: () => {
        throw error;
      },
    };
    await expect(readRequest(source, 1000)).rejects.toBe(error);
  });
});

describe('the network’s name', () => {
  it.each(['cbr0', 'vxlan0', 'flannel.4096', 'l2bridge-net_1', '0'])('%s', async (name) => {
    expect(await read(add, { ...config, name })).toMatchObject({ network: name });
  });

  it.each([undefined, null, '', '.', '..', '../x', 'a/b', 'a\\b', 'a b', 'a\n', '-a', 1, {}, []])(
    'is not %j',
    async (name) => {
      const document = await refusal(add, { ...config, name });
      expect(document).toMatchObject({ code: 7, msg: expect.stringContaining('name') });
    },
  );
});

it('the variables are wrong before stdin is', async () => {
  const source = {
    env: { CNI_COMMAND: 'ADD' },
    pathDelimiter: ':',
    readStdin: () => {
      throw new Error('read');
    },
  };
  expect(await failure(readRequest(source, 1000))).toMatchObject({ code: 4 });
});
