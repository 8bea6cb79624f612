import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import { createEntryStore, type EntryStore } from "./entry-store.ts";
import { createParties } from "./parties.ts";
import { createPolicy } from "./policy.ts";
import { createReader, type Reader } from "./reader.ts";
import { createRepository, type Membership, type SpaceMember } from "./repository.ts";
import type { Names, Tree } from "./resource.ts";

export interface Access extends Reader, EntryStore {
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
  /** Who is in which group has changed; a group that was removed loses its entries. */
  groupsChanged(removedId: number | undefined): void;
  /** Called after rights have changed, also because an entry expired; answers how to stop that. */
  onChanged(listener: () => void): () => void;
  /** Tells listeners of expiry at once, and not only when somebody next asks for a decision; answers how to stop that. */
  watchExpiry(): () => void;
}

const expiryCheckMs = 1_000;

export interface AccessDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly tree: Tree;
  readonly names: Names;
  readonly groups: () => readonly { readonly id: number; readonly memberIds: readonly number[] }[];
}

/** Who may do what to a space, to what is in it, and to the other resources. */
export function createAccess(deps: AccessDeps): Access {
  const repository = createRepository(deps.db);
  const listeners = new Set<() => void>();
  const changed = () => {
    for (const listener of listeners) listener();
  };
  const policy = createPolicy(repository.entries, deps.clock.now, changed);
  const parties = createParties({ ...deps, membershipsOf: repository.membershipsOf, policy });
  const forget = () => {
    parties.forget();
    policy.forgetRules();
  };
  const entries = createEntryStore({ db: deps.db, repository, policy, parties, changed });
  return {
    ...createReader({ ...deps, parties, policy }),
    ...entries,
    spacesOf: (userId) => Array.from(parties.rolesOf(userId), ([spaceId, role]) => ({ spaceId, role })),
    membersOf: repository.membersOf,
    setMembers: (spaceId, members) => {
      requireSoundMembers(members);
      deps.db.transaction(() => {
        repository.removeMembers(spaceId);
        for (const member of members) repository.upsert(spaceId, member);
      });
      forget();
      changed();
    },
    grantHome: (spaceId, userId) => {
      repository.upsert(spaceId, { userId, role: "manager" });
      forget();
    },
    groupsChanged: (removedId) => {
      forget();
      if (removedId !== undefined) entries.forgetSubject({ kind: "group", id: removedId });
      changed();
    },
    onChanged: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    watchExpiry: () => {
      const timer = setInterval(policy.version, expiryCheckMs);
      return () => clearInterval(timer);
    },
  };
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
