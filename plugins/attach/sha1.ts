type Words = readonly [number, number, number, number, number];

const initial: Words = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];

/** What the four times twenty rounds of a block add, and how they mix. */
const rounds = [
  { added: 0x5a827999, mix: (b: number, c: number, d: number) => (b & c) | (~b & d) },
  { added: 0x6ed9eba1, mix: (b: number, c: number, d: number) => b ^ c ^ d },
  { added: 0x8f1bbcdc, mix: (b: number, c: number, d: number) => (b & c) | (b & d) | (c & d) },
  { added: 0xca62c1d6, mix: (b: number, c: number, d: number) => b ^ c ^ d },
] as const;

const blockSize = 64;

/**
 * The SHA-1 of bytes, in hex (FIPS 180-4, section 6.1). Ours makes names of it and keeps no secret with
 * it; to load node:crypto for that takes longer than most of what a command does.
 */
export function sha1(message: Uint8Array): string {
  const blocks = padded(message);
  let hash = initial;
  for (let at = 0; at < blocks.byteLength; at += blockSize) hash = withBlock(hash, blocks, at);
  return hash.map((word) => word.toString(16).padStart(8, '0')).join('');
}

/** The message, a bit, zeros to the end of a block, and the message's length in bits. */
function padded(message: Uint8Array): DataView {
  const blocks = Math.ceil((message.length + 9) / blockSize);
  const bytes = new Uint8Array(blocks * blockSize);
  bytes.set(message);
  bytes[message.length] = 0x80;
  const view = new DataView(bytes.buffer);
  view.setBigUint64(bytes.length - 8, BigInt(message.length) * 8n);
  return view;
}

function withBlock(hash: Words, blocks: DataView, at: number): Words {
  const words = new Uint32Array(80);
  for (let index = 0; index < 16; index++) words[index] = blocks.getUint32(at + index * 4);
  const word = (index: number) => words[index] ?? 0;
  for (let index = 16; index < 80; index++) {
    const mixed = word(index - 3) ^ word(index - 8) ^ word(index - 14) ^ word(index - 16);
    words[index] = rotated(mixed, 1);
  }
  let [a, b, c, d, e] = hash;
  for (const [group, { added, mix }] of rounds.entries()) {
    for (let index = group * 20; index < group * 20 + 20; index++) {
      const next = (rotated(a, 5) + mix(b, c, d) + e + added + word(index)) | 0;
      e = d;
      d = c;
      c = rotated(b, 30);
      b = a;
      a = next;
    }
  }
  const [h0, h1, h2, h3, h4] = hash;
  return [(h0 + a) >>> 0, (h1 + b) >>> 0, (h2 + c) >>> 0, (h3 + d) >>> 0, (h4 + e) >>> 0];
}

function rotated(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
