import { type Random, randomToken, readableToken } from "#platform/clock";

const appPasswordPattern = /^[a-hjkmnp-z1-9]{5}(?:-[a-hjkmnp-z1-9]{5}){4}$/;

/** 256 random bits, as base64url. */
export function newSessionToken(random: Random): string {
  return randomToken(random, 256);
}

/** Public name of a session or app password; tells nothing about its secret. */
export function newCredentialId(random: Random): string {
  return randomToken(random, 72);
}

/** As `xxxxx-xxxxx-xxxxx-xxxxx-xxxxx`: 125 random bits. */
export function newAppPassword(random: Random): string {
  return readableToken(random, 5, 5);
}

export function looksLikeAppPassword(text: string): boolean {
  return appPasswordPattern.test(text);
}

/** What is stored of a secret that is random enough to need no slow hash (docs/decisions/0004-app-password-hash.md). */
export function hashSecret(secret: string): string {
  return Bun.SHA256.hash(secret, "base64url");
}
