import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import type { Authenticate } from "#platform/http";
import type { Actor } from "#platform/usecase";

/** How a credential is named beside others: `app-password:ID`, `session:ID`, `password:PERSON`. */
type CredentialKey = string;

/**
 * Credentials that are refused for now and go on afterwards as if nothing had been: unlike a withdrawn one, the program that uses it
 * need not be set up again. What a frozen browser session may still do is the business of whoever froze it: its person has to see
 * why, and confirm that it is them.
 */
export interface Freezes {
  /** A part of the caller's transaction; in force at once. */
  freeze(key: CredentialKey, personId: number, message: string): void;
  /** Of one that is not frozen, nothing. */
  thaw(key: CredentialKey): void;
  isFrozen(key: CredentialKey): boolean;
  /** Refuses frozen credentials with `forbidden`: an answer that sync clients show, and after which they ask for no new login. */
  guard(authenticate: Authenticate): Authenticate;
}

interface Row {
  readonly key: string;
  readonly message: string;
}

export function createFreezes({ db, clock }: { readonly db: Db; readonly clock: Clock }): Freezes {
  const rows = db.prepare<Row, []>("SELECT key, message FROM frozen_credential").all();
  const frozen = new Map(rows.map(({ key, message }) => [key, message]));

  const requireFree = (actor: Actor): Actor => {
    if (frozen.size === 0 || actor.via === "session") return actor;
    const message = frozen.get(`${actor.via}:${actor.credentialId ?? actor.userId}`);
    if (message === undefined) return actor;
    throw new AppError("forbidden", message, { isRefusal: true });
  };
  return {
    freeze: (key, personId, message) => {
      frozen.set(key, message);
      db.prepare<never, [string, number, string, number]>(
        "INSERT OR REPLACE INTO frozen_credential VALUES (?, ?, ?, ?)",
      ).run(key, personId, message, clock.now());
    },
    thaw: (key) => {
      frozen.delete(key);
      db.prepare<never, [string]>("DELETE FROM frozen_credential WHERE key = ?").run(key);
    },
    isFrozen: (key) => frozen.has(key),
    guard: (authenticate) => (request, from) => {
      const actor = authenticate(request, from);
      return actor instanceof Promise ? actor.then(requireFree) : requireFree(actor);
    },
  };
}
