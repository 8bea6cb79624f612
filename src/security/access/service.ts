import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import type { Actor } from "#platform/usecase";
import type { ResourceAction } from "#wire";
import { type SpaceRole, spaceRoleAllows } from "./capabilities.ts";
import { createRepository, type Membership, type SpaceMember } from "./repository.ts";

/** What an action touches. Today a whole space; nodes with grants of their own become further kinds. */
export interface Resource {
  readonly spaceId: number;
}

export interface Decision {
  readonly allowed: boolean;
  /** A sentence for a person: which rule decided. */
  readonly reason: string;
}

export interface Access {
  can(actor: Actor, action: ResourceAction, resource: Resource): boolean;
  /** Throws `not-found` when the actor may not even read the resource, so that ids tell nothing; else `forbidden`. */
  require(actor: Actor, action: ResourceAction, resource: Resource): void;
  /** The decision of `can` and the rule it came from. */
  explain(actor: Actor, action: ResourceAction, resource: Resource): Decision;
  /** Spaces of a person in order of id; without the check that `can` adds for the credential. */
  spacesOf(userId: number): readonly Membership[];
  membersOf(spaceId: number): readonly SpaceMember[];
  /**
   * Replaces all members of a space, in one transaction; the caller syncs the database. Throws `bad-request` when nobody
   * would manage the space or somebody is named twice; an empty list is for a space that is being removed.
   */
  setMembers(spaceId: number, members: readonly SpaceMember[]): void;
  /** Makes a person the manager of their home. Doing it again changes nothing. */
  grantHome(spaceId: number, userId: number): void;
}

interface AccessDeps {
  readonly db: Db;
}

/** Who may do what to a space. Memberships are read once per person and kept until they change. */
export function createAccess({ db }: AccessDeps): Access {
  const repository = createRepository(db);
  const rolesByUser = new Map<number, ReadonlyMap<number, SpaceRole>>();

  const rolesOf = (userId: number): ReadonlyMap<number, SpaceRole> => {
    let spaceRoles = rolesByUser.get(userId);
    if (spaceRoles === undefined) {
      spaceRoles = new Map(repository.membershipsOf(userId).map(({ spaceId, role }) => [spaceId, role]));
      // Only people with an account get an entry, so the household bounds this map.
      if (spaceRoles.size > 0) rolesByUser.set(userId, spaceRoles);
    }
    return spaceRoles;
  };

  const explain = (actor: Actor, action: ResourceAction, resource: Resource): Decision =>
    decide(actor, action, actor.kind === "person" ? rolesOf(actor.userId).get(resource.spaceId) : undefined);
  const can: Access["can"] = (actor, action, resource) => explain(actor, action, resource).allowed;

  return {
    can,
    explain,
    require: (actor, action, resource) => {
      const decision = explain(actor, action, resource);
      if (decision.allowed) return;
      if (actor.kind === "visitor") throw new AppError("unauthenticated");
      if (action !== "read" && can(actor, "read", resource)) throw new AppError("forbidden", decision.reason);
      throw new AppError("not-found", undefined, { cause: decision.reason });
    },
    spacesOf: (userId) => Array.from(rolesOf(userId), ([spaceId, role]) => ({ spaceId, role })),
    membersOf: repository.membersOf,
    setMembers: (spaceId, members) => {
      requireSoundMembers(members);
      db.transaction(() => {
        repository.removeMembers(spaceId);
        for (const member of members) repository.upsert(spaceId, member);
      });
      rolesByUser.clear();
    },
    grantHome: (spaceId, userId) => {
      repository.upsert(spaceId, { userId, role: "manager" });
      rolesByUser.delete(userId);
    },
  };
}

const allowed: Decision = { allowed: true, reason: "The role in this space allows it." };
const bySystem: Decision = { allowed: true, reason: "The server itself may do everything." };
const notAPerson: Decision = { allowed: false, reason: "Nobody is logged in." };
const noFiles: Decision = { allowed: false, reason: "This account or app password has no right to files." };
const readOnly: Decision = { allowed: false, reason: "This app password may only read." };
const noLinks: Decision = { allowed: false, reason: "This account or app password has no right to make links." };
const notAMember: Decision = { allowed: false, reason: "This person is not a member of the space." };
const refusedByRole: Record<SpaceRole, Decision> = {
  viewer: { allowed: false, reason: "A viewer may only read in this space." },
  editor: { allowed: false, reason: "Only a manager may do this in this space." },
  manager: { allowed: false, reason: "No role allows this." },
};

/** The rules in order; the first that speaks decides. Decisions are constants: this runs for every request. */
function decide(actor: Actor, action: ResourceAction, role: SpaceRole | undefined): Decision {
  if (actor.kind === "system") return bySystem;
  if (actor.kind !== "person") return notAPerson;
  if (!actor.capabilities.has("files.use")) return noFiles;
  if (role === undefined) return notAMember;
  if (actor.readOnly && action !== "read") return readOnly;
  if (action === "share" && !actor.capabilities.has("links.create")) return noLinks;
  return spaceRoleAllows(role, action) ? allowed : refusedByRole[role];
}

function requireSoundMembers(members: readonly SpaceMember[]): void {
  if (members.length === 0) return;
  if (new Set(members.map(({ userId }) => userId)).size !== members.length) {
    throw new AppError("bad-request", "A person can be a member only once.");
  }
  if (!members.some(({ role }) => role === "manager")) {
    throw new AppError("bad-request", "A space needs at least one manager.");
  }
}
