import type { Clock, Random } from "#platform/clock";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import type { Actor } from "#platform/usecase";
import type { Identity } from "#security/identity";
import { actorOfAppPassword } from "./actor.ts";
import type { AppPassword, AppPasswordScope } from "./contract.ts";
import { type AppPasswordRow, createAppPasswordRepository } from "./repository.ts";
import { hashSecret, newAppPassword, newCredentialId } from "./secrets.ts";

const maxPerPerson = 100;

/** Synchronous; whoever creates or revokes syncs the database before answering. */
export interface AppPasswords {
  /** Newest first. */
  list(personId: number): AppPassword[];
  /** The secret is in this answer and nowhere else. Throws `conflict` when there are too many. */
  create(personId: number, label: string, scope: AppPasswordScope): { appPassword: AppPassword; secret: string };
  /** Throws `not-found`. */
  revoke(personId: number, id: string): void;
  revokeAll(personId: number): void;
  /** The actor of a secret, when it belongs to the account of that name and the account is enabled. */
  authenticate(name: string, secret: string): Actor | null;
  noteUsed(id: string, address: string): void;
  /** What stands for the secret of an app password, which is not kept itself. Throws `not-found`. */
  markOf(personId: number, id: string): string;
  /** The same for a secret that somebody shows. */
  markOfSecret(secret: string): string;
}

interface AppPasswordsDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly random: Random;
  readonly identity: Pick<Identity, "find">;
}

export function createAppPasswords({ db, clock, random, identity }: AppPasswordsDeps): AppPasswords {
  const repository = createAppPasswordRepository(db);
  return {
    list: (personId) => repository.listOf(personId).map(toAppPassword),
    create: (personId, label, scope) => {
      if (repository.listOf(personId).length >= maxPerPerson) {
        throw new AppError("conflict", `There can be ${maxPerPerson} app passwords. Withdraw one that is not used.`);
      }
      const secret = newAppPassword(random);
      const row: AppPasswordRow = {
        id: newCredentialId(random),
        person_id: personId,
        secret_hash: hashSecret(secret),
        label,
        scope,
        created_at_ms: clock.now(),
        last_used_at_ms: null,
        last_address: null,
      };
      repository.insert(row);
      return { appPassword: toAppPassword(row), secret };
    },
    revokeAll: repository.removeAll,
    revoke: (personId, id) => {
      if (repository.remove(personId, id) === 0) throw new AppError("not-found", "There is no such app password.");
    },
    authenticate: (name, secret) => {
      const row = repository.findByHash(hashSecret(secret));
      const person = row === undefined ? undefined : identity.find(row.person_id);
      if (row === undefined || person === undefined || person.disabled || person.name !== name) return null;
      return actorOfAppPassword(person, row.id, row.scope);
    },
    markOf: (personId, id) => {
      const row = repository.listOf(personId).find((one) => one.id === id);
      if (row === undefined) throw new AppError("not-found", "There is no such app password.");
      return row.secret_hash;
    },
    markOfSecret: hashSecret,
    noteUsed: (id, address) => repository.setUsed(id, clock.now(), address),
  };
}

function toAppPassword(row: AppPasswordRow): AppPassword {
  return {
    id: row.id,
    label: row.label,
    scope: row.scope,
    createdAtMs: row.created_at_ms,
    lastUsedAtMs: row.last_used_at_ms,
    lastAddress: row.last_address,
  };
}
