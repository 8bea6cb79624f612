import type { Capability, Factor, Role } from "#wire";

export type AuthenticationVia = "session" | "app-password" | "password" | "link" | "none" | "system";

/** Who acts: the answer of authentication, and all that authorization may look at. */
export interface Actor {
  readonly kind: "person" | "visitor" | "system";
  /** 0 for everybody who is not a person. */
  readonly userId: number;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly capabilities: ReadonlySet<Capability>;
  readonly via: AuthenticationVia;
  /** Id of the session, app password or link that spoke. */
  readonly credentialId: string | null;
  /** True when the credential may only read. */
  readonly readOnly: boolean;
  /** What was shown for this session or request; empty for an app password, which is none. */
  readonly factors: readonly Factor[];
  /** When a factor was last shown at this very session, for step-up; 0 is never. */
  readonly factorAtMs: number;
  /** A role needs a second factor and there is none: no capability, and only the operations that set one up. */
  readonly mustSetUpFactor?: boolean;
}

export const anonymous: Actor = {
  kind: "visitor",
  userId: 0,
  name: "",
  roles: [],
  capabilities: new Set(),
  via: "none",
  credentialId: null,
  readOnly: true,
  factors: [],
  factorAtMs: 0,
};

/**
 * How well somebody proved who they are. A passkey is possession and a verified person in one; the word of a provider stands
 * for a password, so the two are one.
 */
export type AuthenticationStrength = "none" | "one-factor" | "two-factor";

export function strengthOf({ factors }: Pick<Actor, "factors">): AuthenticationStrength {
  if (factors.length === 0) return "none";
  const kinds = new Set(factors.map((factor) => (factor === "provider" ? "password" : factor)));
  return kinds.has("passkey") || kinds.size > 1 ? "two-factor" : "one-factor";
}

/** The program itself: jobs and start-up. */
export const systemActor: Actor = { ...anonymous, kind: "system", name: "hearth", via: "system", readOnly: false };
