import type { Capability, Role } from "#wire";

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
};

/** The program itself: jobs and start-up. */
export const systemActor: Actor = { ...anonymous, kind: "system", name: "hearth", via: "system", readOnly: false };
