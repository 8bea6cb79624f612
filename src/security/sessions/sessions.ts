import type { Clock, Random } from "#platform/clock";
import type { Db } from "#platform/db";
import type { Logger } from "#platform/log";
import type { Actor } from "#platform/usecase";
import type { Identity, Person } from "#security/identity";
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

export interface SessionsDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly identity: Pick<Identity, "find" | "markSeen">;
}

export function createSessions(deps: SessionsDeps): Sessions {
  const repository = createSessionRepository(deps.db);
  const known = createKnownSessions(deps);
  const end = (personId: number, ids: readonly string[]): number => {
    if (ids.length === 0) return 0;
    known.forgetSessions(ids);
    return repository.remove(personId, ids);
  };
  return {
    start: (person, address, userAgent) => {
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
      });
      deps.identity.markSeen(person.id);
      return { id, token };
    },
    authenticate: known.authenticate,
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
    forget: known.forgetPerson,
  };
}
