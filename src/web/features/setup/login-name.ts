export const minPasswordLength = 10;
const maxLength = 32;

/** The server has the last word; this only answers while typing (`UserName` of the identity contract). */
export function isLoginName(name: string): boolean {
  return /^[a-z0-9][a-z0-9._-]{0,31}$/.test(name);
}

/** A login name from how a person writes their own: `Änne Müller` → `anne`. */
export function suggestLoginName(displayName: string): string {
  const first = displayName.trim().split(/\s+/)[0] ?? "";
  const plain = first.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return plain
    .replace(/[^a-z0-9._-]/g, "")
    .replace(/^[._-]+/, "")
    .slice(0, maxLength);
}
