/** What can be asked of `can(actor, action, resource)`. A capability is held through a role. */
export const capabilities = [
  "files.use",
  "links.create",
  "people.read",
  "people.manage",
  "server.read",
  "server.manage",
  "vpn.use",
  "security.read",
  "security.manage",
] as const;
export type Capability = (typeof capabilities)[number];

export const roles = ["owner", "admin", "operator", "member", "guest", "service"] as const;
export type Role = (typeof roles)[number];

/** What somebody can show to prove who they are. A passkey is checked with user verification and satisfies two factors alone. */
export const factors = ["password", "totp", "recovery-code", "passkey", "certificate", "provider"] as const;
export type Factor = (typeof factors)[number];

/** Acts on a space or on a node in it. */
export type ResourceAction = "read" | "write" | "share" | "manage";
