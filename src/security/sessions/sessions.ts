import type { Clock, Random } from "#platform/clock";
import type { Db } from "#platform/db";
import type { Logger } from "#platform/log";
import type { Actor } from "#platform/usecase";
import type { Identity, Person } from "#security/identity";
import type { Factor } from "#wire";
import { absoluteMs, createKnownSessions, idleMs, isExpired } from "./known-sessions.ts";
import { createSessionRepository, type SessionRow } from "./repository.ts";
import { hashSecret, newCredentialId, newSessionToken } from "./secrets.ts";

const maxPerPerson = 100;
const maxUserAgentLength = 256;

export interface SessionStart {
  readonly id: string;
  /** The secret for the cookie; only its hash is kept. */
  readonly token: string;
}

/** What was shown for a session. */
export interface Shown {
  readonly factors: readonly Factor[];
  readonly factorAtMs: number;
  /** The device whose certificate was shown. */
  readonly deviceId: string | null;
}

/** Synchronous throughout; whoever starts or ends a session syncs the database before answering. */
export interface Sessions {
  start(person: Person, address: string, userAgent: string, shown: Shown): SessionStart;
  /**
   * Notes factors just shown at a session. When that raises what the session proves, its token changes and the new one is
   * given; undefined when the old one stays.
   */
  show(id: string, factors: readonly Factor[]): string | undefined;
  /** Null for a token that is unknown or expired, or whose account is disabled. Costs no SQL once the token was seen. */
  authenticate(token: string, address: string): Actor | null;
  /** Whoever speaks with the session of this id, as they are now; null when it has ended. */
  actorOf(id: string): Actor | null;
  /** Newest first. */
  list(personId: number): SessionRow[];
  /** Ends the person's sessions with these ids, at once, and says how many there were. */
  end(personId: number, ids: readonly string[]): number;
  endAll(personId: number): number;
  /** Ends the sessions that a device's certificate was shown for, as when it is revoked. */
  endOfDevice(deviceId: string): number;
  /** Forgets what is in memory about a person, so that the next request reads the account again. */
  forget(personId: number): void;
}

export interface SessionsDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly identity: Pick<Identity, "find" | "markSeen">;
  readonly mustSetUp: (person: Person, shown: readonly Factor[]) => boolean;
  /** Told of the person when sessions of theirs have been ended. */
  readonly onEnded?: (personId: number) => void;
}

export function createSessions(deps: SessionsDeps): Sessions {
  const repository = createSessionRepository(deps.db);
  const known = createKnownSessions(deps);
  const end = (personId: number, ids: readonly string[]): number => {
    if (ids.length === 0) return 0;
    known.forgetSessions(ids);
    const ended = repository.remove(personId, ids);
    if (ended > 0) deps.onEnded?.(personId);
    return ended;
  };
  return {
    start: (person, address, userAgent, shown) => {
      const nowMs = deps.clock.now();
      repository.removeExpired(nowMs - idleMs, nowMs - absoluteMs);
      const surplus = repository.listOf(person.id).slice(maxPerPerson - 1);
      end(
        person.id,
        surplus.map((row) => row.id),
      );
      const [id, token] = [newCredentialId(deps.random), newSessionToken(deps.random)];
      repository.insert({
        id,
        person_id: person.id,
        token_hash: hashSecret(token),
        created_at_ms: nowMs,
        last_seen_at_ms: nowMs,
        address,
        user_agent: userAgent.slice(0, maxUserAgentLength),
        factors: JSON.stringify(shown.factors),
        factor_at_ms: shown.factorAtMs,
        device_id: shown.deviceId,
      });
      deps.identity.markSeen(person.id);
      return { id, token };
    },
    show: (id, factors) => {
      const row = repository.find(id);
      if (row === undefined) return undefined;
      const before = JSON.parse(row.factors) as Factor[];
      const after = [...new Set([...before, ...factors])];
      const raises = after.length > before.length;
      const token = raises ? newSessionToken(deps.random) : undefined;
      repository.setFactors(id, {
        factors: JSON.stringify(after),
        factor_at_ms: deps.clock.now(),
        ...(token !== undefined && { token_hash: hashSecret(token) }),
      });
      known.forgetSessions([id]);
      return token;
    },
    authenticate: known.authenticate,
    actorOf: known.actorOf,
    list: (personId) => {
      const nowMs = deps.clock.now();
      const isLive = (row: SessionRow) =>
        !isExpired({ createdAtMs: row.created_at_ms, seenAtMs: row.last_seen_at_ms }, nowMs);
      return repository.listOf(personId).filter(isLive);
    },
    end,
    endAll: (personId) => {
      known.forgetPerson(personId);
      return repository.removeAll(personId);
    },
    endOfDevice: (deviceId) => {
      const rows = repository.peopleWithDevice(deviceId);
      return rows.reduce((ended, row) => ended + end(row.person_id, [row.id]), 0);
    },
    forget: known.forgetPerson,
  };
}
