import type { Actor } from "#platform/usecase";
import { capabilitiesOf } from "#security/access";
import type { Person } from "#security/identity";
import type { Capability } from "#wire";
import type { AppPasswordScope } from "./contract.ts";

/** Capabilities that an app password can carry at most: files, never the account or the server. */
const scopeCapabilities: Record<AppPasswordScope, readonly Capability[]> = {
  files: ["files.use", "links.create"],
  "files:read": ["files.use"],
};

export function actorOfPerson(
  person: Person,
  via: "session" | "password",
  credentialId: string | null,
  factorAtMs = 0,
): Actor {
  const capabilities = capabilitiesOf(person.roles);
  return freeze(person, { capabilities, via, credentialId, readOnly: false, factors: ["password"], factorAtMs });
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
  });
}
