import { describe, expect, it } from 'vitest';
import { code, toCniError } from '../../cni/error.ts';
import { hresultOf, isHnsError, refusal } from '../../hns-bridge/error.ts';
import { type HnsReason, knownCode, surelyUndone } from '../../hns-bridge/hresults.ts';

it.each<[hresult: string, name: string, reason: HnsReason, cniCode: number]>([
  ['0x803B0001', 'HCN_E_NETWORK_NOT_FOUND', 'not-found', code.hnsRefused],
  ['0x803B0002', 'HCN_E_ENDPOINT_NOT_FOUND', 'not-found', code.hnsRefused],
  ['0x803B0005', 'HCN_E_SUBNET_NOT_FOUND', 'part-missing', code.hnsRefused],
  ['0x803B0006', 'HCN_E_ADAPTER_NOT_FOUND', 'part-missing', code.hnsRefused],
  ['0x803B0007', 'HCN_E_PORT_NOT_FOUND', 'part-missing', code.hnsRefused],
  ['0x803B0008', 'HCN_E_POLICY_NOT_FOUND', 'part-missing', code.hnsRefused],
  ['0x803B000B', 'HCN_E_INVALID_NETWORK_TYPE', 'invalid', code.hnsRefused],
  ['0x803B000C', 'HCN_E_INVALID_ENDPOINT', 'invalid', code.hnsRefused],
  ['0x803B000D', 'HCN_E_INVALID_POLICY', 'invalid', code.hnsRefused],
  ['0x803B0010', 'HCN_E_NETWORK_ALREADY_EXISTS', 'exists', code.hnsRefused],
  ['0x803B0012', 'HCN_E_POLICY_ALREADY_EXISTS', 'exists', code.hnsRefused],
  ['0x803B0013', 'HCN_E_PORT_ALREADY_EXISTS', 'exists', code.hnsRefused],
  ['0x803B0014', 'HCN_E_ENDPOINT_ALREADY_ATTACHED', 'attached', code.hnsRefused],
  ['0x803B0015', 'HCN_E_REQUEST_UNSUPPORTED', 'unsupported', code.hnsRefused],
  ['0x803B0017', 'HCN_E_DEGRADED_OPERATION', 'degraded', code.hnsRefused],
  ['0x803B001B', 'HCN_E_INVALID_JSON', 'invalid', code.hnsRefused],
  ['0x803B001E', 'HCN_E_INVALID_IP', 'invalid', code.hnsRefused],
  ['0x803B0020', 'HCN_E_MANAGER_STOPPED', 'busy', code.tryAgain],
  ['0x803B0025', 'GCN_E_NETADAPTER_TIMEOUT', 'busy', code.tryAgain],
  ['0x803B0027', 'GCN_E_NETCOMPARTMENT_NOT_FOUND', 'part-missing', code.hnsRefused],
  ['0x803B002B', 'HCN_E_ENDPOINT_NAMESPACE_ALREADY_EXISTS', 'attached', code.hnsRefused],
  ['0x803B002C', 'HCN_E_ENTITY_HAS_REFERENCES', 'attached', code.hnsRefused],
  ['0x803B002E', 'HCN_E_NAMESPACE_ATTACH_FAILED', 'other', code.hnsRefused],
  ['0x803B002F', 'HCN_E_ADDR_INVALID_OR_RESERVED', 'address-taken', code.hnsRefused],
  ['0x80070490', 'ERROR_NOT_FOUND', 'not-found', code.hnsRefused],
  ['0x80071392', 'ERROR_OBJECT_ALREADY_EXISTS', 'address-taken', code.hnsRefused],
  ['0x80070057', 'ERROR_INVALID_PARAMETER', 'invalid', code.hnsRefused],
  ['0x80070005', 'ERROR_ACCESS_DENIED', 'denied', code.hnsUnavailable],
  ['0x800706BA', 'RPC_S_SERVER_UNAVAILABLE', 'busy', code.tryAgain],
  ['0x800706BE', 'RPC_S_CALL_FAILED', 'busy', code.tryAgain],
  ['0x80070426', 'ERROR_SERVICE_NOT_ACTIVE', 'busy', code.tryAgain],
  ['0x800706D9', 'EPT_S_NOT_REGISTERED', 'busy', code.tryAgain],
  ['0x80010007', 'RPC_E_SERVER_DIED', 'busy', code.tryAgain],
  ['0x80010012', 'RPC_E_SERVER_DIED_DNE', 'busy', code.tryAgain],
  ['0x80010108', 'RPC_E_DISCONNECTED', 'busy', code.tryAgain],
  ['0x800401FD', 'CO_E_OBJNOTCONNECTED', 'busy', code.tryAgain],
  ['0x80070020', 'ERROR_SHARING_VIOLATION', 'exists', code.hnsRefused],
  ['0x80070034', 'ERROR_DUP_NAME', 'exists', code.hnsRefused],
  ['0x800700B7', 'ERROR_ALREADY_EXISTS', 'exists', code.hnsRefused],
  ['0x803BFFFF', 'a code without a known name', 'other', code.hnsRefused],
])('%s is %s: %s', (hresult, name, reason, cniCode) => {
  const number = Number(hresult);
  const error = refusal('create endpoint x', number, 'said HNS ');
  expect(error).toMatchObject({ reason, code: number });
  expect(isHnsError(error, reason)).toBe(true);
  const told = toCniError(error);
  expect(told.code).toBe(cniCode);
  expect(told.message).toBe('HNS refused to create endpoint x: said HNS');
  expect(told.details).toMatch(new RegExp(`^${hresult} ${name}; .{10,}`));
});

it.each([
  ['0x803B0010', 'a network of this name exists already'],
  ['0x803B001E', 'an address is invalid, or in no subnet of the network'],
])('%s: the remedy names all that it means', (hresult, words) => {
  expect(knownCode(Number(hresult))?.remedy).toContain(words);
});

it('knows every code of HNS from 0x803B0001 to 0x803B002F', () => {
  const codes = Array.from({ length: 0x2f }, (_, index) => 0x803b0001 + index);
  expect(codes.filter((code) => knownCode(code) === undefined)).toEqual([]);
  expect(new Set(codes.map((code) => knownCode(code)?.name)).size).toBe(0x2f);
});

describe('hresultOf', () => {
  it.each([
    [1168, 0x80070490],
    [0x490, 0x80070490],
    [0x80070490, 0x80070490],
    [-2_143_617_022, 0x803b0002],
    [5010, 0x80071392],
  ])('%i', (given, hresult) => {
    expect(hresultOf(given)).toBe(hresult);
  });
});

it.each([
  ['0x800706BA', true],
  ['0x803B0020', true],
  ['0x80070426', true],
  ['0x800706D9', true],
  ['0x80010012', true],
  ['0x80010007', false],
  ['0x800706BE', false],
  ['0x803B0025', false],
  ['0x80004005', false],
])('%s: surely undone: %s', (hresult, undone) => {
  expect(surelyUndone(Number(hresult))).toBe(undone);
});
