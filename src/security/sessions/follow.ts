import type { Actor } from "#platform/usecase";
import type { Identity, Person } from "#security/identity";
import { actorOfPerson } from "./actor.ts";
import type { AppPasswords } from "./app-passwords.ts";
import type { Freezes } from "./freezes.ts";
import type { Sessions } from "./sessions.ts";

interface FollowDeps {
  readonly identity: Pick<Identity, "find">;
  readonly sessions: Pick<Sessions, "actorOf">;
  /** Null for one that is frozen, too. */
  readonly appPasswords: Pick<AppPasswords, "actorOf">;
  readonly freezes: Pick<Freezes, "isFrozen">;
  /** Whether the account asks for more than its password. */
  readonly needsMore: (person: Person) => boolean;
}

/** What somebody showed once, followed through what becomes of it: for whatever outlives a request. */
export function createFollowing(deps: FollowDeps) {
  /** How often the account password of somebody was changed since the start; nothing else is kept of a password that was shown. */
  const passwords = new Map<number, number>();
  const enabled = (id: number): Person | undefined => {
    const person = deps.identity.find(id);
    return person?.disabled === true ? undefined : person;
  };
  const byPassword = (actor: Actor, shownAt: number): Actor | null => {
    const { userId, factors, factorAtMs } = actor;
    const person = enabled(userId);
    if (person === undefined || (passwords.get(userId) ?? 0) !== shownAt) return null;
    if (deps.needsMore(person) || deps.freezes.isFrozen(`password:${userId}`)) return null;
    return actorOfPerson(person, { via: "password", credentialId: null, factors, factorAtMs, mustSetUpFactor: false });
  };
  return {
    passwordChanged: (personId: number): void => {
      passwords.set(personId, (passwords.get(personId) ?? 0) + 1);
    },
    /** Answers who that is whenever it is asked: with the roles of then, and null when it would be refused. */
    follow: (actor: Actor): (() => Actor | null) => {
      const { kind, via, userId, credentialId } = actor;
      if (via === "session") return () => (credentialId === null ? null : deps.sessions.actorOf(credentialId));
      if (via === "app-password") {
        return () => (credentialId === null ? null : deps.appPasswords.actorOf(userId, credentialId));
      }
      if (via === "password") {
        const shownAt = passwords.get(userId) ?? 0;
        return () => byPassword(actor, shownAt);
      }
      return kind === "person" ? () => (enabled(userId) === undefined ? null : actor) : () => actor;
    },
  };
}
