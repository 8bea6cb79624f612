/** A set of rules by their number. */
export type Bits = Uint32Array;

export const emptyBits = (count: number): Bits => new Uint32Array(Math.ceil(count / 32));

export function addBit(bits: Bits, index: number): void {
  bits[index >>> 5] = (bits[index >>> 5] ?? 0) | (1 << (index & 31));
}

export function hasBit(bits: Bits, index: number): boolean {
  return ((bits[index >>> 5] ?? 0) & (1 << (index & 31))) !== 0;
}

/** The rules for which `holds` is true. */
export function bitsWhere(count: number, holds: (index: number) => boolean): Bits {
  const bits = emptyBits(count);
  for (let index = 0; index < count; index += 1) if (holds(index)) addBit(bits, index);
  return bits;
}

export function isEmpty(bits: Bits): boolean {
  return bits.every((word) => word === 0);
}

export const both = (one: Bits, other: Bits): Bits => one.map((word, index) => word & (other[index] ?? 0));
