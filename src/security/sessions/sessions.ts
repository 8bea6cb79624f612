import type { Clock, Random } from "#platform/clock";
import type { Db } from "#platform/db";
import type { Logger } from "#platform/log";
import { createLruMap } from "#platform/lru";
import type { Actor } from "#platform/usecase";
import type { Identity, Person } from "#security/identity";
import { actorOfPerson } from "./actor.ts";
import { createSessionRepository, type SessionRow } from "./repository.ts";
import { hashSecret, newCredentialId, newSessionToken } from "./secrets.ts";

const dayMs = 86_400_000;
export const idleMs = 30 * dayMs;
export const absoluteMs = 180 * dayMs;
const writeSeenEveryMs = 60_000;
const maxPerPerson = 100;
const maxCached = 10_000;

export interface SessionStart {
  readonly id: string;
  /** The secret for the cookie; only its hash is kept. */
  readonly token: string;
}

/** Synchronous throughout; whoever starts or ends a session syncs the database before answering. */
export interface Sessions {
  start(person: Person, address: string, userAgent: string): SessionStart;
  /** Null for a token that is unknown or expired, or whose account is disabled. Costs no SQL once the token was seen. */
  authenticate(token: string, address: string): Actor | null;
  /** Newest first. */
  list(personId: number): SessionRow[];
  /** Ends the person's sessions with these ids, at once, and says how many there were. */
  end(personId: number, ids: readonly string[]): number;
  endAll(personId: number): number;
  /** Forgets what is in memory about a person, so that the next request reads the account again. */
  forget(personId: number): void;
}

interface SessionsDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly identity: Pick<Identity, "find" | "markSeen">;
}

interface Known {
  readonly actor: Actor;
  readonly sessionId: string;
  readonly createdAtMs: number;
  seenAtMs: number;
  writtenAtMs: number;
}

export function createSessions(deps: SessionsDeps): Sessions {
  const { clock, random } = deps;
  const repository = createSessionRepository(deps.db);
  const known = createLruMap<string, Known>(maxCached);

  const load = (tokenHash: string): Known | undefined => {
    const row = repository.findByHash(tokenHash);
    const person = row === undefined ? undefined : deps.identity.find(row.person_id);
    if (row === undefined || person === undefined || person.disabled) return undefined;
    const actor = actorOfPerson(person, "session", row.id);
    const seenAtMs = row.last_seen_at_ms;
    const entry = { actor, sessionId: row.id, createdAtMs: row.created_at_ms, seenAtMs, writtenAtMs: seenAtMs };
    known.set(tokenHash, entry);
    return entry;
  };
  const noteSeen = (entry: Known, nowMs: number, address: string): void => {
    entry.seenAtMs = nowMs;
    if (nowMs - entry.writtenAtMs < writeSeenEveryMs) return;
    entry.writtenAtMs = nowMs;
    try {
      repository.setSeen(entry.sessionId, nowMs, address);
      deps.identity.markSeen(entry.actor.userId);
    } catch (cause) {
      // Reading must go on when the disk is full; the time of last use is only a courtesy.
      deps.log.warn("the last use of a session could not be written", { cause });
    }
  };

  return {
    start: (person, address, userAgent) => {
      const nowMs = clock.now();
      repository.removeExpired(nowMs - idleMs, nowMs - absoluteMs);
      const surplus = repository.listOf(person.id).slice(maxPerPerson - 1);
      if (surplus.length > 0)
        endSessions(
          person.id,
          surplus.map((row) => row.id),
        );
      const [id, token] = [newCredentialId(random), newSessionToken(random)];
      repository.insert({
        id,
        person_id: person.id,
        token_hash: hashSecret(token),
        created_at_ms: nowMs,
        last_seen_at_ms: nowMs,
        address,
        user_agent: userAgent.slice(0, 256),
      });
      deps.identity.markSeen(person.id);
      return { id, token };
    },
    authenticate: (token, address) => {
      const tokenHash = hashSecret(token);
      const entry = known.get(tokenHash) ?? load(tokenHash);
      if (entry === undefined) return null;
      const nowMs = clock.now();
      if (nowMs - entry.seenAtMs >= idleMs || nowMs - entry.createdAtMs >= absoluteMs) {
        known.delete(tokenHash);
        return null;
      }
      noteSeen(entry, nowMs, address);
      return entry.actor;
    },
    list: (personId) => {
      const nowMs = clock.now();
      return repository
        .listOf(personId)
        .filter((row) => nowMs - row.last_seen_at_ms < idleMs && nowMs - row.created_at_ms < absoluteMs);
    },
    end: endSessions,
    endAll: (personId) => {
      forget(personId);
      return repository.removeAll(personId);
    },
    forget,
  };

  function endSessions(personId: number, ids: readonly string[]): number {
    if (ids.length === 0) return 0;
    known.deleteWhere(({ sessionId }) => ids.includes(sessionId));
    return repository.remove(personId, ids);
  }

  function forget(personId: number): void {
    known.deleteWhere(({ actor }) => actor.userId === personId);
  }
}
