import { Buffer } from "node:buffer";
import { timingSafeEqual } from "node:crypto";
import type { LinkRow } from "./repository.ts";

/** A visitor who gave the password need not give it again for so long. */
const unlockedMs = 12 * 60 * 60_000;

type Locked = Pick<LinkRow, "id" | "cookieKey">;

const cookieName = (link: Locked) => `hearth-link-${link.id}`;

function sign(link: Locked, expiresAtMs: string): string {
  return new Bun.CryptoHasher("sha256", link.cookieKey).update(`${link.id}.${expiresAtMs}`).digest("base64url");
}

/**
 * The `Set-Cookie` that shows that the password of one link was given. It is for the whole site, because pictures come from
 * below `/s/TOKEN` and lists from `/api/`; it opens this link only.
 */
export function unlockCookie(link: Locked, nowMs: number, secure: boolean): string {
  const expiresAtMs = String(nowMs + unlockedMs);
  const flags = `Path=/; Max-Age=${unlockedMs / 1000}; HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}`;
  return `${cookieName(link)}=${expiresAtMs}.${sign(link, expiresAtMs)}; ${flags}`;
}

/** Whether a `Cookie` header holds an unlock of this link that is signed by its key and has not expired. */
export function isUnlocked(link: Locked, cookieHeader: string | null | undefined, nowMs: number): boolean {
  const start = `${cookieName(link)}=`;
  const values = (cookieHeader ?? "").split(";").map((part) => part.trim());
  return values.some((part) => part.startsWith(start) && isGood(link, part.slice(start.length), nowMs));
}

function isGood(link: Locked, value: string, nowMs: number): boolean {
  const [expiresAtMs = "", signature = ""] = value.split(".");
  if (!/^\d{1,15}$/.test(expiresAtMs) || Number(expiresAtMs) <= nowMs) return false;
  const given = Buffer.from(signature);
  const right = Buffer.from(sign(link, expiresAtMs));
  return given.length === right.length && timingSafeEqual(given, right);
}
