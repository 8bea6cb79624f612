import type { Clock, Random } from "#platform/clock";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import type { Actor } from "#platform/usecase";
import type { Identity } from "#security/identity";
import { actorOfAppPassword } from "./actor.ts";
import { clientKindOf } from "./client-kind.ts";
import type { AppPassword, AppPasswordScope } from "./contract.ts";
import { type AppPasswordRow, createAppPasswordRepository } from "./repository.ts";
import { hashSecret, looksLikeAppPassword, newAppPassword, newCredentialId } from "./secrets.ts";

const maxPerPerson = 100;
/** What the hashes of other programs begin with, so that they are never taken for ours. */
const foreignPrefix = "sha512:";

/** Synchronous; whoever creates or revokes syncs the database before answering. */
export interface AppPasswords {
  /** Newest first. */
  list(personId: number): AppPassword[];
  /** The secret is in this answer and nowhere else. Throws `conflict` when there are too many. */
  create(personId: number, label: string, scope: AppPasswordScope): { appPassword: AppPassword; secret: string };
  /**
   * One that another program gave out, of which only a hash is known: SHA-512, in hex, of the password followed by a salt.
   * False when it is there already. Throws `conflict` when there are too many.
   */
  takeOver(personId: number, foreign: ForeignAppPassword): boolean;
  /** Throws `not-found`. */
  revoke(personId: number, id: string): void;
  revokeAll(personId: number): void;
  /** Throws `not-found`. */
  setScope(personId: number, id: string, scope: AppPasswordScope): AppPassword;
  /** What an app password may do now; null when it is withdrawn or frozen, or the account disabled. */
  actorOf(personId: number, id: string): Actor | null;
  /** The actor of a secret, when it belongs to the account of that name and the account is enabled. */
  authenticate(name: string, secret: string): Actor | null;
  noteUsed(id: string, address: string, userAgent: string): void;
  /** What stands for the secret of an app password, which is not kept itself. Throws `not-found`. */
  markOf(personId: number, id: string): string;
  /** What may stand for a secret that somebody shows, whether it still opens something or not. */
  marksOfSecret(secret: string): readonly string[];
}

interface ForeignAppPassword {
  readonly label: string;
  readonly sha512: string;
  readonly salt: string;
  readonly lastUsedAtMs: number | null;
}

interface AppPasswordsDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly random: Random;
  readonly identity: Pick<Identity, "find">;
}

export function createAppPasswords({ db, clock, random, identity }: AppPasswordsDeps): AppPasswords {
  const repository = createAppPasswordRepository(db);
  const known = (personId: number, id: string): AppPasswordRow => {
    const row = repository.find(personId, id);
    if (row === undefined) throw new AppError("not-found", "There is no such app password.");
    return row;
  };
  const salts = new Set(repository.salts());
  const insert = (
    personId: number,
    given: Pick<AppPasswordRow, "label" | "scope" | "secret_hash"> & Partial<AppPasswordRow>,
  ): AppPasswordRow => {
    if (repository.listOf(personId).length >= maxPerPerson) {
      throw new AppError("conflict", `There can be ${maxPerPerson} app passwords. Withdraw one that is not used.`);
    }
    const row: AppPasswordRow = {
      id: newCredentialId(random),
      person_id: personId,
      client: "unknown",
      created_at_ms: clock.now(),
      last_used_at_ms: null,
      last_address: null,
      ...given,
    };
    repository.insert(row);
    return row;
  };
  const marksOfSecret = (secret: string): string[] => [
    ...(looksLikeAppPassword(secret) ? [hashSecret(secret)] : []),
    ...Array.from(salts, (salt) => foreignPrefix + Bun.SHA512.hash(secret + salt, "hex")),
  ];
  const findBySecret = (secret: string): AppPasswordRow | undefined => {
    for (const mark of marksOfSecret(secret)) {
      const row = repository.findByHash(mark);
      if (row !== undefined) return row;
    }
    return undefined;
  };
  return {
    list: (personId) => repository.listOf(personId).map(toAppPassword),
    create: (personId, label, scope) => {
      const secret = newAppPassword(random);
      return {
        appPassword: toAppPassword(insert(personId, { label, scope, secret_hash: hashSecret(secret) })),
        secret,
      };
    },
    takeOver: (personId, { label, sha512, salt, lastUsedAtMs }) => {
      const secret_hash = foreignPrefix + sha512;
      if (repository.findByHash(secret_hash) !== undefined) return false;
      insert(personId, { label, scope: "files", secret_hash, last_used_at_ms: lastUsedAtMs });
      repository.insertSalt(salt);
      salts.add(salt);
      return true;
    },
    revokeAll: repository.removeAll,
    revoke: (personId, id) => {
      if (repository.remove(personId, id) === 0) throw new AppError("not-found", "There is no such app password.");
    },
    setScope: (personId, id, scope) => {
      repository.setScope(personId, id, scope);
      return toAppPassword(known(personId, id));
    },
    actorOf: (personId, id) => {
      const row = repository.find(personId, id);
      const person = row === undefined ? undefined : identity.find(personId);
      if (row === undefined || person === undefined || person.disabled) return null;
      return actorOfAppPassword(person, row.id, row.scope);
    },
    authenticate: (name, secret) => {
      const row = findBySecret(secret);
      const person = row === undefined ? undefined : identity.find(row.person_id);
      if (row === undefined || person === undefined || person.disabled || person.name !== name) return null;
      return actorOfAppPassword(person, row.id, row.scope);
    },
    markOf: (personId, id) => known(personId, id).secret_hash,
    marksOfSecret,
    noteUsed: (id, address, userAgent) =>
      repository.setUsed(id, {
        last_used_at_ms: clock.now(),
        last_address: address,
        client: clientKindOf(userAgent),
      }),
  };
}

function toAppPassword(row: AppPasswordRow): AppPassword {
  return {
    id: row.id,
    label: row.label,
    scope: row.scope,
    client: row.client,
    createdAtMs: row.created_at_ms,
    lastUsedAtMs: row.last_used_at_ms,
    lastAddress: row.last_address,
  };
}
