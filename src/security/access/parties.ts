import type { SpaceRole } from "./capabilities.ts";
import type { Policy, Rules } from "./policy.ts";
import type { Membership } from "./repository.ts";

export interface Parties {
  rolesOf(userId: number): ReadonlyMap<number, SpaceRole>;
  /** What a person answers to in entries. */
  subjectsOf(userId: number): ReadonlySet<string>;
  /** What entries say to a person. */
  rulesOf(userId: number): Rules;
  forget(): void;
}

interface PartiesDeps {
  readonly membershipsOf: (userId: number) => readonly Membership[];
  readonly groups: () => readonly { readonly id: number; readonly memberIds: readonly number[] }[];
  readonly policy: Policy;
}

/** Memberships and groups of people, read once each and kept until they change. */
export function createParties({ membershipsOf, groups, policy }: PartiesDeps): Parties {
  const rolesByUser = new Map<number, ReadonlyMap<number, SpaceRole>>();
  const subjectsByUser = new Map<number, ReadonlySet<string>>();
  const rolesOf = (userId: number) => {
    let roles = rolesByUser.get(userId);
    if (roles === undefined) {
      roles = new Map(membershipsOf(userId).map(({ spaceId, role }) => [spaceId, role]));
      // Only people with an account get an entry, so the household bounds this map.
      if (roles.size > 0) rolesByUser.set(userId, roles);
    }
    return roles;
  };
  const subjectsOf = (userId: number) => {
    let subjects = subjectsByUser.get(userId);
    if (subjects === undefined) {
      const own = groups().filter(({ memberIds }) => memberIds.includes(userId));
      subjects = new Set([`user:${userId}`, "everyone", ...own.map(({ id }) => `group:${id}`)]);
      subjectsByUser.set(userId, subjects);
    }
    return subjects;
  };
  return {
    rolesOf,
    subjectsOf,
    rulesOf: (userId) => policy.rulesOf(`user:${userId}`, () => subjectsOf(userId)),
    forget: () => {
      rolesByUser.clear();
      subjectsByUser.clear();
    },
  };
}
