import type { Actor } from "#platform/usecase";
import { capabilitiesOf } from "#security/access";
import type { Identity } from "#security/identity";

/** What the apps may know of people. */
export function peopleOf(identity: Identity) {
  const active = (id: number) => {
    const person = identity.find(id);
    return person === undefined || person.disabled ? undefined : person;
  };
  return {
    /** Login and display name. */
    holder: (id: number) => {
      const person = identity.find(id);
      return person && { id: person.name, displayName: person.displayName };
    },
    personName: (id: number) => identity.find(id)?.displayName,
    actorOf: (id: number): Actor | undefined => {
      const person = active(id);
      if (person === undefined) return undefined;
      const { name, roles } = person;
      const capabilities = capabilitiesOf(roles);
      return {
        kind: "person",
        userId: id,
        name,
        roles,
        capabilities,
        via: "link",
        credentialId: null,
        readOnly: false,
        factors: [],
        factorAtMs: 0,
      };
    },
  };
}
