import { Unreadable } from "./file-window.ts";

/** Reads a codec's header bit by bit, most significant first. Throws Unreadable beyond its end. */
export interface Bits {
  /** At most 32 of them, as an unsigned number. */
  take(count: number): number;
  flag(): boolean;
  advance(count: number): void;
  /** Exponential Golomb codes (ITU-T H.264, 9.1). */
  ue(): number;
  se(): number;
}

export function bitsOf(bytes: Uint8Array): Bits {
  let at = 0;
  const one = (): number => {
    const byte = bytes[at >> 3];
    if (byte === undefined) throw new Unreadable("a header cut short");
    const bit = (byte >> (7 - (at & 7))) & 1;
    at += 1;
    return bit;
  };
  const take = (count: number): number => {
    let value = 0;
    for (let index = 0; index < count; index += 1) value = value * 2 + one();
    return value;
  };
  const ue = (): number => {
    let zeros = 0;
    while (one() === 0) {
      zeros += 1;
      if (zeros > 31) throw new Unreadable("a number too large");
    }
    return 2 ** zeros - 1 + take(zeros);
  };
  return {
    take,
    flag: () => one() === 1,
    advance: (count) => {
      at += count;
      if (at > bytes.length * 8) throw new Unreadable("a header cut short");
    },
    ue,
    se: () => {
      const code = ue();
      return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
    },
  };
}

/** Without the bytes that keep start codes out of the payload (H.264, 7.4.1). */
export function withoutEmulation(bytes: Uint8Array): Uint8Array {
  const plain: number[] = [];
  let zeros = 0;
  for (const byte of bytes) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    plain.push(byte);
  }
  return Uint8Array.from(plain);
}
