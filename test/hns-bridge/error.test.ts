import { describe, expect, it } from 'vitest';
import { code, toCniError } from '../../cni/error.ts';
import { type HnsReason, knownCode, surelyUndone } from '../../hns-bridge/codes.ts';
import { hex, hresultOf, isHnsError, refusal } from '../../hns-bridge/error.ts';
import { inHex } from '../helpers/in-hex.ts';

const refusals: readonly [code: number, name: string, reason: HnsReason, cniCode: number][] = [
  [0x803b0001, 'HCN_E_NETWORK_NOT_FOUND', 'not-found', code.hnsRefused],
  [0x803b0002, 'HCN_E_ENDPOINT_NOT_FOUND', 'not-found', code.hnsRefused],
  [0x803b0005, 'HCN_E_SUBNET_NOT_FOUND', 'part-missing', code.hnsRefused],
  [0x803b0006, 'HCN_E_ADAPTER_NOT_FOUND', 'part-missing', code.hnsRefused],
  [0x803b0007, 'HCN_E_PORT_NOT_FOUND', 'part-missing', code.hnsRefused],
  [0x803b0008, 'HCN_E_POLICY_NOT_FOUND', 'part-missing', code.hnsRefused],
  [0x803b000b, 'HCN_E_INVALID_NETWORK_TYPE', 'invalid', code.hnsRefused],
  [0x803b000c, 'HCN_E_INVALID_ENDPOINT', 'invalid', code.hnsRefused],
  [0x803b000d, 'HCN_E_INVALID_POLICY', 'invalid', code.hnsRefused],
  [0x803b0010, 'HCN_E_NETWORK_ALREADY_EXISTS', 'exists', code.hnsRefused],
  [0x803b0012, 'HCN_E_POLICY_ALREADY_EXISTS', 'exists', code.hnsRefused],
  [0x803b0013, 'HCN_E_PORT_ALREADY_EXISTS', 'exists', code.hnsRefused],
  [0x803b0014, 'HCN_E_ENDPOINT_ALREADY_ATTACHED', 'attached', code.hnsRefused],
  [0x803b0015, 'HCN_E_REQUEST_UNSUPPORTED', 'unsupported', code.hnsRefused],
  [0x803b0017, 'HCN_E_DEGRADED_OPERATION', 'degraded', code.hnsRefused],
  [0x803b001b, 'HCN_E_INVALID_JSON', 'invalid', code.hnsRefused],
  [0x803b001e, 'HCN_E_INVALID_IP', 'invalid', code.hnsRefused],
  [0x803b0020, 'HCN_E_MANAGER_STOPPED', 'busy', code.tryAgain],
  [0x803b0025, 'GCN_E_NETADAPTER_TIMEOUT', 'busy', code.tryAgain],
  [0x803b0027, 'GCN_E_NETCOMPARTMENT_NOT_FOUND', 'part-missing', code.hnsRefused],
  [0x803b002b, 'HCN_E_ENDPOINT_NAMESPACE_ALREADY_EXISTS', 'attached', code.hnsRefused],
  [0x803b002c, 'HCN_E_ENTITY_HAS_REFERENCES', 'attached', code.hnsRefused],
  [0x803b002e, 'HCN_E_NAMESPACE_ATTACH_FAILED', 'other', code.hnsRefused],
  [0x803b002f, 'HCN_E_ADDR_INVALID_OR_RESERVED', 'address-taken', code.hnsRefused],
  [0x80070490, 'ERROR_NOT_FOUND', 'not-found', code.hnsRefused],
  [0x80071392, 'ERROR_OBJECT_ALREADY_EXISTS', 'address-taken', code.hnsRefused],
  [0x80070057, 'ERROR_INVALID_PARAMETER', 'invalid', code.hnsRefused],
  [0x80070005, 'ERROR_ACCESS_DENIED', 'denied', code.hnsUnavailable],
  [0x800706ba, 'RPC_S_SERVER_UNAVAILABLE', 'busy', code.tryAgain],
  [0x800706be, 'RPC_S_CALL_FAILED', 'busy', code.tryAgain],
  [0x80070426, 'ERROR_SERVICE_NOT_ACTIVE', 'busy', code.tryAgain],
  [0x803bffff, 'a code without a known name', 'other', code.hnsRefused],
];

it.each(inHex(...refusals))('%s, %i, is %s: %s', (_, number, name, reason, cniCode) => {
  const error = refusal('create endpoint x', number, 'said HNS ');
  expect(error).toMatchObject({ reason, code: number });
  expect(isHnsError(error, reason)).toBe(true);
  const told = toCniError(error);
  expect(told.code).toBe(cniCode);
  expect(told.message).toBe('HNS refused to create endpoint x: said HNS');
  expect(told.details).toMatch(new RegExp(`^${hex(number)} ${name}; .{10,}`));
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

const codesOfRefusals: readonly [number, boolean][] = [
  [0x800706ba, true],
  [0x803b0020, true],
  [0x80070426, true],
  [0x800706be, false],
  [0x803b0025, false],
  [0x80004005, false],
];

it.each(inHex(...codesOfRefusals))('%s, %i: surely undone: %s', (_, code, undone) => {
  expect(surelyUndone(code)).toBe(undone);
});
