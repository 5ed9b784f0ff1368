import { describe, expect, test } from 'vitest';
import { tooLong } from '../../../hns-bridge/library-failures.ts';
import {
  answerFailure,
  bitsFailure,
  exitFailure,
  garbageFailure,
  startFailure,
  timeoutFailure,
} from '../../../hns-bridge/powershell/failures.ts';

const evidence = { executable: 'C:\\ps.exe', stdout: '', stderr: '' };
const document = (code: number, said: string) =>
  JSON.stringify({ Success: false, Error: said, ErrorCode: code });

describe("the session's failures", () => {
  test.each([
    // [code, hresult, message, detail] -> kind, reason, message, remedy, HRESULT
    [
      ['hresult', '0x803B0001', 'HcnOpenNetwork', document(0x803b0001, 'The network is gone. ')],
      ['hns-refused', 'not-found', 'The network is gone.', 'HCN_E_NETWORK_NOT_FOUND', 0x803b0001],
    ],
    [
      ['hresult', '0x80071392', 'HcnCreateEndpoint', ''],
      ['hns-refused', 'address-taken', 'HcnCreateEndpoint failed', 'in use', 0x80071392],
    ],
    [
      ['hresult', '0x00000000', 'HcnCreateEndpoint', document(1168, 'Element not found.')],
      ['hns-refused', 'not-found', 'Element not found.', 'ERROR_NOT_FOUND', 0x80070490],
    ],
    [
      ['hresult', '0x80070005', 'HNSCall', 'no JSON'],
      ['hns-unavailable', 'denied', 'no JSON', 'administrator', 0x80070005],
    ],
    [
      ['hresult', '0x803B0020', 'HcnModifyNamespace', ''],
      ['hns-busy', 'busy', 'HcnModifyNamespace failed', 'Get-Service hns', 0x803b0020],
    ],
    [
      ['com', '0x80070005', 'UnauthorizedAccessException: Access is denied.', ''],
      ['hns-unavailable', 'denied', 'Access is denied.', 'administrator', 0x80070005],
    ],
    [
      ['com', '0x80070422', 'COM class hns.1: the service is disabled', ''],
      ['hns-busy', 'busy', 'the service is disabled', 'Start-Service hns', 0x80070422],
    ],
    [
      ['com', '0x800706BA', 'The RPC server is unavailable.', ''],
      ['hns-busy', 'busy', 'The RPC server is unavailable.', 'Restart-Service hns', 0x800706ba],
    ],
    [
      ['com', '0x80080005', 'Server execution failed', ''],
      ['hns-busy', 'busy', 'Server execution failed', 'Start-Service hns', 0x80080005],
    ],
    [
      ['com', '0x80070424', 'The specified service does not exist', ''],
      ['hns-unavailable', 'unsupported', 'service does not exist', 'Containers', 0x80070424],
    ],
    [
      ['com', '0x80040154', 'Class not registered', ''],
      ['hns-unavailable', 'unsupported', 'Class not registered', 'Containers', 0x80040154],
    ],
    [
      ['no-hns', '0x80131509', 'COM class hns.1: … | module HostNetworkingService: …', ''],
      [
        'hns-unavailable',
        'unsupported',
        'no way to HNS',
        'Enable-WindowsOptionalFeature',
        0x80131509,
      ],
    ],
    [
      ['no-dll', '-', 'not found: C:\\Windows\\System32\\computenetwork.dll', ''],
      ['hns-unavailable', 'unsupported', 'computenetwork.dll', 'Windows Server 2019', undefined],
    ],
    [
      ['no-entry', '0x80131523', 'EntryPointNotFoundException: HcnOpenNetwork', ''],
      ['hns-unavailable', 'unsupported', 'HcnOpenNetwork', 'too old', 0x80131523],
    ],
    [
      ['bad-image', '0x8007000B', 'BadImageFormatException: …', ''],
      ['hns-unavailable', 'unsupported', "can't be loaded", 'sfc /scannow', 0x8007000b],
    ],
    [
      ['language-mode', '-', 'ConstrainedLanguage', ''],
      ['hns-unavailable', 'denied', 'ConstrainedLanguage mode', 'WDAC', undefined],
    ],
    [
      ['bad-request', '-', 'v1 takes method, path, body', ''],
      ['hns-refused', 'invalid', 'v1 takes method', 'a bug of wincni', undefined],
    ],
    [
      ['unknown-verb', '-', 'v3', ''],
      ['hns-refused', 'invalid', 'v3', 'a bug of wincni', undefined],
    ],
    [
      ['internal', '0x80070005', 'UnauthorizedAccessException: no', ''],
      ['hns-unavailable', 'denied', 'no', 'administrator', 0x80070005],
    ],
    [
      ['internal', '0x80131500', 'RuntimeException: odd', ''],
      ['hns-refused', 'other', 'RuntimeException: odd', '0x80131500', 0x80131500],
    ],
    [
      ['something-new', '-', 'odd', ''],
      ['hns-refused', 'other', 'odd', 'something-new', undefined],
    ],
  ] as const)('%j becomes %j', (answer, [kind, reason, message, remedy, code]) => {
    const [word, hresult, said, detail] = answer;
    const error = answerFailure('create endpoint x', {
      code: word,
      hresult,
      message: said,
      detail,
    });
    expect(error).toMatchObject({
      kind,
      reason,
      message: expect.stringContaining(message),
      details: expect.stringContaining(remedy),
      code,
    });
  });
});

describe('the failures of the process', () => {
  const ended = (code: number | null, ready: boolean, signal: string | null = null) =>
    exitFailure('list networks', { code, signal, ready }, evidence);
  test.each([
    [startFailure('ENOENT', evidence), 'hns-unavailable', 'is not at C:\\ps.exe', '5.1'],
    [startFailure('EACCES', evidence), 'hns-unavailable', 'may not be started', 'AppLocker'],
    [startFailure('UNKNOWN', evidence), 'hns-unavailable', "can't be started", 'UNKNOWN'],
    [ended(3, false), 'hns-unavailable', 'restricted mode', 'WDAC'],
    [ended(9009, false), 'hns-unavailable', 'is not at C:\\ps.exe', '5.1'],
    [ended(4, false), 'hns-unavailable', '(exit code 4) before it was ready', 'interferes'],
    [ended(1, true), 'hns-unavailable', '(exit code 1) before it answered', 'done all the same'],
    [ended(null, true, 'SIGKILL'), 'hns-unavailable', 'was killed (SIGKILL)', 'interferes'],
    [timeoutFailure('x', 'start', 45_000, evidence), 'hns-timeout', 'within 45 s', 'overloaded'],
    [
      timeoutFailure('x', 'call', 60_000, evidence),
      'hns-timeout',
      'within 60 s',
      'Restart-Service',
    ],
    [timeoutFailure('x', 'session', 1500, evidence), 'hns-timeout', '1.5 s', 'too slow'],
    [garbageFailure('list networks', evidence), 'hns-unavailable', 'list networks', 'interferes'],
    [tooLong('list networks', 2 ** 26), 'hns-refused', 'over 64 MiB', 'Get-HnsEndpoint'],
    [bitsFailure(evidence), 'hns-unavailable', '32-bit', '64-bit wincni'],
  ])('%o says what to do', (error, kind, message, remedy) => {
    expect(error).toMatchObject({
      kind,
      message: expect.stringContaining(message),
      details: expect.stringContaining(remedy),
    });
  });

  test('carry what PowerShell said beside the protocol, in the details only', () => {
    const error = garbageFailure('x', { ...evidence, stdout: 'Hello\n', stderr: 'Oh no' });
    expect(error.message).not.toContain('Hello');
    expect(error.details).toContain('\nstdout: Hello\nstderr: Oh no');
  });
});
