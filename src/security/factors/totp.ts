import { createHmac, timingSafeEqual } from "node:crypto";

/** RFC 6238 with what every authenticator app knows: SHA-1, six digits, 30 seconds. */
const stepMs = 30_000;
const digits = 6;
/** Clocks of phones differ: one step to either side. */
const windowSteps = 1;
export const totpSecretBytes = 20;

/** The code of one step (RFC 4226 §5.3). */
export function totpCode(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac("sha1", secret).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 0xf;
  const number = mac.readUInt32BE(offset) & 0x7f_ff_ff_ff;
  return String(number % 10 ** digits).padStart(digits, "0");
}

/**
 * The step whose code this is, or undefined. Only steps after `lastStep` count, so that a code works once. Compares with
 * every step of the window in constant time.
 */
export function matchTotp(secret: Uint8Array, code: string, nowMs: number, lastStep: number): number | undefined {
  const given = Buffer.from(code.replaceAll(/\s/g, "").padEnd(digits).slice(0, 16));
  const current = Math.floor(nowMs / stepMs);
  let match: number | undefined;
  for (let step = current - windowSteps; step <= current + windowSteps; step++) {
    const expected = Buffer.from(totpCode(secret, Math.max(0, step)));
    const isEqual = given.length === expected.length && timingSafeEqual(given, expected);
    if (isEqual && step > lastStep) match ??= step;
  }
  return match;
}

/** What the QR code holds (the otpauth key URI that authenticator apps read). */
export function otpauthUri(secretBase32: string, issuer: string, account: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  const parameters = `secret=${secretBase32}&issuer=${encodeURIComponent(issuer)}`;
  return `otpauth://totp/${label}?${parameters}&algorithm=SHA1&digits=${digits}&period=${stepMs / 1000}`;
}

const base32Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** RFC 4648 §6 without padding. */
export function base32(bytes: Uint8Array): string {
  let text = "";
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xf_ff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += base32Alphabet[(value >> bits) & 31];
    }
  }
  return bits === 0 ? text : text + base32Alphabet[(value << (5 - bits)) & 31];
}
