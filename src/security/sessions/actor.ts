import type { Actor } from "#platform/usecase";
import { capabilitiesOf } from "#security/access";
import type { Person } from "#security/identity";
import type { Capability, Factor } from "#wire";
import type { AppPasswordScope } from "./contract.ts";

/** Capabilities that an app password can carry at most: files, never the account or the server. */
const scopeCapabilities: Record<AppPasswordScope, readonly Capability[]> = {
  files: ["files.use", "links.create"],
  // Whoever lets people in has to find them first; this capability is what tells the two scopes apart (ADR 12).
  "files:share": ["files.use", "links.create", "people.read"],
  "files:read": ["files.use"],
};

interface Shown {
  readonly via: "session" | "password";
  readonly credentialId: string | null;
  readonly factors: readonly Factor[];
  readonly factorAtMs: number;
  /** Leaves no capability: all that works is setting up a second factor. */
  readonly mustSetUpFactor: boolean;
}

export function actorOfPerson(person: Person, { mustSetUpFactor, ...shown }: Shown): Actor {
  const capabilities = mustSetUpFactor ? new Set<Capability>() : capabilitiesOf(person.roles);
  return freeze(person, { capabilities, readOnly: false, ...shown, ...(mustSetUpFactor && { mustSetUpFactor }) });
}

export function actorOfAppPassword(person: Person, credentialId: string, scope: AppPasswordScope): Actor {
  const held = capabilitiesOf(person.roles);
  const capabilities = new Set(scopeCapabilities[scope].filter((capability) => held.has(capability)));
  const readOnly = scope === "files:read";
  return freeze(person, { capabilities, via: "app-password", credentialId, readOnly, factors: [], factorAtMs: 0 });
}

/** Actors are shared by all requests of a credential, so nobody may change one. */
function freeze(person: Person, rest: Omit<Actor, "kind" | "userId" | "name" | "roles">): Actor {
  return Object.freeze({
    kind: "person",
    userId: person.id,
    name: person.name,
    roles: Object.freeze([...person.roles]),
    ...rest,
    factors: Object.freeze([...rest.factors]),
  });
}
