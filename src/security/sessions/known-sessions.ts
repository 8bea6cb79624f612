import { createLruMap } from "#platform/lru";
import type { Actor } from "#platform/usecase";
import { actorOfPerson } from "./actor.ts";
import type { Factor } from "#wire";
import { createSessionRepository, type SessionRow } from "./repository.ts";
import { hashSecret } from "./secrets.ts";
import type { SessionsDeps } from "./sessions.ts";

const dayMs = 86_400_000;
export const idleMs = 30 * dayMs;
export const absoluteMs = 180 * dayMs;
const writeSeenEveryMs = 60_000;
const maxCached = 10_000;

interface Known {
  readonly actor: Actor;
  readonly sessionId: string;
  readonly createdAtMs: number;
  seenAtMs: number;
  writtenAtMs: number;
}

interface SessionTimes {
  readonly createdAtMs: number;
  readonly seenAtMs: number;
}

export function isExpired({ createdAtMs, seenAtMs }: SessionTimes, nowMs: number): boolean {
  return nowMs - seenAtMs >= idleMs || nowMs - createdAtMs >= absoluteMs;
}

/** Sessions that have been seen, by the hash of their token, so that a request costs no SQL. */
export function createKnownSessions(deps: SessionsDeps) {
  const repository = createSessionRepository(deps.db);
  const known = createLruMap<string, Known>(maxCached);

  const actorOf = (row: SessionRow): Actor | null => {
    const person = deps.identity.find(row.person_id);
    if (person === undefined || person.disabled) return null;
    const factors = JSON.parse(row.factors) as Factor[];
    return actorOfPerson(person, {
      via: "session",
      credentialId: row.id,
      factors,
      factorAtMs: row.factor_at_ms,
      mustSetUpFactor: deps.mustSetUp(person, factors),
    });
  };
  const load = (tokenHash: string): Known | undefined => {
    const row = repository.findByHash(tokenHash);
    const actor = row === undefined ? null : actorOf(row);
    if (row === undefined || actor === null) return undefined;
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
    /** Whoever this session is of, as they are now; null when it has ended. */
    actorOf: (id: string): Actor | null => {
      const row = repository.find(id);
      if (row === undefined) return null;
      const times = { createdAtMs: row.created_at_ms, seenAtMs: row.last_seen_at_ms };
      return isExpired(times, deps.clock.now()) ? null : actorOf(row);
    },
    authenticate: (token: string, address: string): Actor | null => {
      const tokenHash = hashSecret(token);
      const entry = known.get(tokenHash) ?? load(tokenHash);
      if (entry === undefined) return null;
      const nowMs = deps.clock.now();
      if (isExpired(entry, nowMs)) {
        known.delete(tokenHash);
        return null;
      }
      noteSeen(entry, nowMs, address);
      return entry.actor;
    },
    forgetSessions: (ids: readonly string[]): void => known.deleteWhere(({ sessionId }) => ids.includes(sessionId)),
    forgetPerson: (personId: number): void => known.deleteWhere(({ actor }) => actor.userId === personId),
  };
}
