import { type Lock, lockKinds } from "./repository.ts";
import { escapeXml } from "./xml-write.ts";

const names = [
  "lock",
  "lock-owner",
  "lock-owner-displayname",
  "lock-owner-type",
  "lock-owner-editor",
  "lock-time",
  "lock-timeout",
  "lock-token",
] as const;
export type AppLockProperty = (typeof names)[number];
export const appLockProperties: readonly AppLockProperty[] = names;

/** The person who holds a lock, as clients name them. */
export interface LockHolder {
  /** Login name. */
  readonly id: string;
  readonly displayName: string;
}

interface ShownLock {
  readonly lock: Lock;
  readonly holder: LockHolder;
  readonly isOwn: boolean;
}

/**
 * A property of the interface of Nextcloud's `files_lock`; undefined for one that is not there. The token is told to whoever holds
 * the lock alone.
 */
export function appLockXml(name: AppLockProperty, shown: ShownLock | undefined): string | undefined {
  if (name === "lock") return shown === undefined ? "<nc:lock/>" : "<nc:lock>1</nc:lock>";
  const value = shown && valueOf(name, shown);
  return value === undefined ? undefined : `<nc:${name}>${escapeXml(value)}</nc:${name}>`;
}

function valueOf(name: Exclude<AppLockProperty, "lock">, { lock, holder, isOwn }: ShownLock): string | undefined {
  const { kind, createdAtMs, expiresAtMs, token } = lock;
  if (name === "lock-owner") return holder.id;
  if (name === "lock-owner-displayname") return holder.displayName;
  if (name === "lock-owner-type") return String(kind);
  if (name === "lock-time") return String(Math.floor(createdAtMs / 1000));
  // Counted from the time above, so that a refreshed lock ends when it does.
  if (name === "lock-timeout") return String(Math.ceil((expiresAtMs - createdAtMs) / 1000));
  if (name === "lock-token" && isOwn && kind === lockKinds.token) return token.replace(/^opaquelocktoken:/, "");
  return undefined;
}
