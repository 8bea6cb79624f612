import { type Random, randomToken } from "#platform/clock";
import type { LinkRow } from "./repository.ts";

const tokenBits = 128;
const idBits = 72;
const keyBytes = 32;
/** Ours have 22 characters; those that came from elsewhere may be shorter or longer. */
const tokenForm = /^[A-Za-z0-9_-]{15,64}$/;

export function newToken(random: Random): string {
  return randomToken(random, tokenBits);
}

export function isToken(text: string): boolean {
  return tokenForm.test(text);
}

/** What every link has for itself beside its token. */
export function newParts(random: Random): Pick<LinkRow, "id" | "cookieKey"> {
  return { id: randomToken(random, idBits), cookieKey: random.bytes(keyBytes) };
}
