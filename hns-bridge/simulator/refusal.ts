/** What the simulated HNS refuses with: thrown by the rules, answered by the calls. */
export class Refusal extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** HNS's codes that the rules use (HNS.md, "Codes"). */
export const refusals = {
  networkNotFound: 0x803b0001,
  endpointNotFound: 0x803b0002,
  subnetNotFound: 0x803b0005,
  policyNotFound: 0x803b0008,
  invalidNetworkType: 0x803b000b,
  invalidEndpoint: 0x803b000c,
  invalidPolicy: 0x803b000d,
  invalidPolicyType: 0x803b000e,
  networkExists: 0x803b0010,
  portExists: 0x803b0013,
  alreadyAttached: 0x803b0014,
  unsupported: 0x803b0015,
  invalidJson: 0x803b001b,
  invalidAddress: 0x803b001e,
  attachedElsewhere: 0x803b002b,
  hasReferences: 0x803b002c,
  addressReserved: 0x803b002f,
  objectExists: 0x80071392,
  notFound: 0x80070490,
  badParameter: 0x80070057,
  systemNotFound: 0xc037010e,
} as const;

/** Throws a refusal. */
export function refuse(reason: keyof typeof refusals, message: string): never {
  throw new Refusal(refusals[reason], message);
}

/**
 * The error document of HNS, or of HCS, whose `Error` is the code as a signed number of 32 bits. V1 has
 * Win32's codes bare (HNS.md, "Codes").
 */
export function errorDocument(api: 'v1' | 'v2' | 'hcs', code: number, message: string) {
  if (api === 'hcs') return { Error: code | 0, ErrorMessage: message };
  const isBare = api === 'v1' && code >>> 16 === 0x8007;
  return { Success: false, Error: message, ErrorCode: isBare ? code & 0xffff : code };
}
