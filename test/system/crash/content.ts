/**
 * File contents that say themselves what they should be: a line with seed and size, then bytes made from both. Whoever reads one
 * can tell a whole file from half of one, or from a mixture of two.
 */
const headerBytes = 64;

/** At least 64 bytes. */
export function contentOf(seed: number, sizeBytes: number): Buffer {
  const size = Math.max(sizeBytes, headerBytes);
  const block = Buffer.alloc(1031);
  let state = (seed * 2654435761) >>> 0 || 1;
  for (let at = 0; at < block.length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    block[at] = state >>> 24;
  }
  const content = Buffer.alloc(size, block);
  content.write(`hearth ${seed} ${size}`.padEnd(headerBytes - 1) + "\n", 0, "latin1");
  return content;
}

/** True when the bytes are exactly what their first line promises. */
export function isWhole(bytes: Buffer): boolean {
  const match = /^hearth (\d+) (\d+) *\n/.exec(bytes.toString("latin1", 0, headerBytes));
  if (match === null) return false;
  return Number(match[2]) === bytes.length && contentOf(Number(match[1]), bytes.length).equals(bytes);
}

export function hashOf(bytes: Uint8Array): string {
  return new Bun.CryptoHasher("sha1").update(bytes).digest("hex");
}
