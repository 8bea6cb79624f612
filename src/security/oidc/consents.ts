import type { Clock, Random } from "#platform/clock";
import { randomToken } from "#platform/clock";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import type { ArtifactRepository } from "./artifact-repository.ts";
import type { ClientRepository } from "./client-repository.ts";

/** Synchronous; whoever changes something syncs the database before answering. */
export interface Consents {
  /** The name under which applications know a person: random, the same for good, never given to somebody else. */
  subjectOf(personId: number): string;
  personOf(subject: string): number | undefined;
  list(
    personId: number,
  ): { clientId: string; clientName: string; scopes: string[]; grantedAtMs: number; lastUsedAtMs: number }[];
  /** Whether the person has allowed all of this before. */
  covers(personId: number, clientId: string, scopes: readonly string[]): boolean;
  allow(personId: number, clientId: string, scopes: readonly string[]): void;
  /** Everything the application holds of the person ends. Throws `not-found`. */
  revoke(personId: number, clientId: string): void;
  /** Ends everything that all applications hold of the person, as when the account is disabled. */
  endAll(personId: number): void;
}

interface ConsentsDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly random: Random;
  readonly repository: ClientRepository;
  readonly artifacts: ArtifactRepository;
}

export function createConsents({ db, clock, random, repository, artifacts }: ConsentsDeps): Consents {
  const scopesOf = (personId: number, clientId: string): string[] =>
    repository.consent(personId, clientId)?.scopes.split(" ") ?? [];
  return {
    subjectOf: (personId) => {
      const known = repository.subjectOf(personId);
      if (known !== undefined) return known;
      const subject = randomToken(random, 144);
      repository.insertSubject(personId, subject);
      return subject;
    },
    personOf: repository.personOf,
    list: (personId) =>
      repository.consentsOf(personId).map((row) => ({
        clientId: row.client_id,
        clientName: repository.find(row.client_id)?.name ?? row.client_id,
        scopes: row.scopes.split(" "),
        grantedAtMs: row.granted_at_ms,
        lastUsedAtMs: row.last_used_at_ms,
      })),
    covers: (personId, clientId, scopes) => {
      const given = new Set(scopesOf(personId, clientId));
      return scopes.every((scope) => given.has(scope));
    },
    allow: (personId, clientId, scopes) => {
      const nowMs = clock.now();
      repository.setConsent({
        person_id: personId,
        client_id: clientId,
        scopes: [...new Set([...scopesOf(personId, clientId), ...scopes])].join(" "),
        granted_at_ms: nowMs,
        last_used_at_ms: nowMs,
      });
    },
    revoke: (personId, clientId) =>
      db.transaction(() => {
        if (repository.removeConsent(personId, clientId) === 0) {
          throw new AppError("not-found", "This application was allowed nothing.");
        }
        const subject = repository.subjectOf(personId);
        if (subject !== undefined) artifacts.removeOfSubject(subject, clientId);
      }),
    endAll: (personId) => {
      const subject = repository.subjectOf(personId);
      if (subject !== undefined) artifacts.removeOfSubject(subject);
    },
  };
}
