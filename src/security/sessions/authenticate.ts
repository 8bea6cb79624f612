import type { Clock, Random } from "#platform/clock";
import { AppError } from "#platform/errors";
import type { Authenticate } from "#platform/http";
import type { Logger } from "#platform/log";
import { createLruMap } from "#platform/lru";
import { type Actor, anonymous } from "#platform/usecase";
import { type Identity, suffices } from "#security/identity";
import { actorOfPerson } from "./actor.ts";
import type { AppPasswords } from "./app-passwords.ts";
import { parseBasic } from "./basic.ts";
import { readSessionCookie } from "./cookie.ts";
import { looksLikeAppPassword } from "./secrets.ts";
import type { Sessions } from "./sessions.ts";

const maxCached = 10_000;
const writeUsedEveryMs = 60_000;

interface AuthenticateDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly identity: Pick<Identity, "verifyPassword" | "markSeen">;
  readonly sessions: Pick<Sessions, "authenticate">;
  readonly appPasswords: Pick<AppPasswords, "authenticate" | "noteUsed">;
}

export interface Authenticator {
  /**
   * Explicit credentials come first: wrong or unreadable ones are `unauthenticated`. A cookie that no longer holds is
   * nobody rather than an error, since the browser sends it unasked, also to the login.
   */
  readonly authenticate: Authenticate;
  /** Forgets all verified and refused Basic credentials of a person. */
  forget(personId: number): void;
}

interface Verified {
  readonly actor: Actor;
  usedAtMs: number;
}

export function createAuthenticator(deps: AuthenticateDeps): Authenticator {
  // Headers are remembered as keyed hashes: a copy of this memory shows no password.
  const key = deps.random.bytes(32);
  const digestOf = (header: string) => new Bun.CryptoHasher("sha256", key).update(header).digest("base64");
  const verified = createLruMap<string, Verified>(maxCached);
  const refused = createLruMap<string, true>(maxCached);
  const underWay = new Map<string, Promise<Actor>>();
  // Counts changes of accounts, so that what was verified before a change is not remembered after it.
  let generation = 0;

  const noteUsed = (entry: Verified, address: string): void => {
    const nowMs = deps.clock.now();
    if (nowMs - entry.usedAtMs < writeUsedEveryMs) return;
    entry.usedAtMs = nowMs;
    try {
      if (entry.actor.credentialId !== null) deps.appPasswords.noteUsed(entry.actor.credentialId, address);
      deps.identity.markSeen(entry.actor.userId);
    } catch (cause) {
      // Reading must go on when the disk is full; the time of last use is only a courtesy.
      deps.log.warn("the last use of a credential could not be written", { cause });
    }
  };
  const remember = (digest: string, actor: Actor, address: string): Actor => {
    const entry = { actor, usedAtMs: 0 };
    verified.set(digest, entry);
    noteUsed(entry, address);
    return actor;
  };

  const verifyAccount = async (name: string, password: string, digest: string, attemptKey: string, address: string) => {
    const before = generation;
    const person = await deps.identity.verifyPassword(name, password, address);
    if (person === null) {
      if (generation === before) refused.set(attemptKey, true);
      throw wrong();
    }
    if (!suffices(["password"], person)) {
      throw new AppError("unauthenticated", "This account has a second factor: use an app password here.");
    }
    const actor = actorOfPerson(person, "password", null);
    return generation === before ? remember(digest, actor, address) : actor;
  };

  const authenticateBasic = (header: string, address: string): Promise<Actor> | Actor => {
    const digest = digestOf(header);
    const entry = verified.get(digest);
    if (entry !== undefined) {
      noteUsed(entry, address);
      return entry.actor;
    }
    const { name, password } = parseBasic(header);
    const byAppPassword = looksLikeAppPassword(password) ? deps.appPasswords.authenticate(name, password) : null;
    if (byAppPassword !== null) return remember(digest, byAppPassword, address);
    // A client that keeps sending the same old password is no guesser: it is refused without work and without counting.
    const attemptKey = `${digest} ${address}`;
    if (refused.get(attemptKey) === true) throw wrong();
    // A sync client opens many connections at once: one check answers them all.
    let check = underWay.get(attemptKey);
    if (check === undefined) {
      check = verifyAccount(name, password, digest, attemptKey, address).finally(() => underWay.delete(attemptKey));
      underWay.set(attemptKey, check);
    }
    return check;
  };

  return {
    authenticate: (request, address) => {
      const header = request.headers.get("authorization");
      if (header !== null) return authenticateBasic(header, address);
      const cookies = request.headers.get("cookie");
      if (cookies === null) return anonymous;
      const token = readSessionCookie(cookies, request.url.startsWith("https:"));
      return token === undefined ? anonymous : (deps.sessions.authenticate(token, address) ?? anonymous);
    },
    forget: (personId) => {
      generation++;
      verified.deleteWhere(({ actor }) => actor.userId === personId);
      refused.clear();
    },
  };
}

function wrong(): AppError {
  return new AppError("unauthenticated", "Name or password is not right.");
}
