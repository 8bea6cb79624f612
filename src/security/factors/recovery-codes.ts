import { type Random, readableToken } from "#platform/clock";

const count = 10;
const groups = 3;
const groupLength = 5;

/** Ten codes as `abcde-fghjk-mnpqr`: 75 random bits each. */
export function newRecoveryCodes(random: Random): string[] {
  return Array.from({ length: count }, () => readableToken(random, groups, groupLength));
}

/** What is stored of a code: it is random enough to need no slow hash. Case, blanks and dashes do not count. */
export function hashRecoveryCode(code: string): string {
  return Bun.SHA256.hash(`recovery code ${code.toLowerCase().replaceAll(/[\s-]/g, "")}`, "base64url");
}
