export { inTime } from "./in-time.ts";

/** Time and randomness arrive through `deps`, so that tests can set them. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
}

export interface Random {
  bytes(count: number): Uint8Array;
}

export const systemClock: Clock = { now: () => Date.now() };

export const systemRandom: Random = {
  bytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
};

/** URL-safe text of `bits` random bits (base64url). */
export function randomToken(random: Random, bits: number): string {
  return Buffer.from(random.bytes(Math.ceil(bits / 8))).toString("base64url");
}

/** 32 letters and digits without those that are mistaken for another (i, l, o, 0): five random bits each. */
const readableAlphabet = "abcdefghjkmnpqrstuvwxyz123456789";

/** Random text that a person can read out and type, as `abcde-fghjk`: five bits a character. */
export function readableToken(random: Random, groups: number, groupLength: number): string {
  const letters = Array.from(random.bytes(groups * groupLength), (byte) => readableAlphabet[byte % 32]);
  return Array.from({ length: groups }, (_, i) => letters.slice(i * groupLength, (i + 1) * groupLength).join("")).join(
    "-",
  );
}
