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
