import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import type { Logger } from "#platform/log";
import type { Actor } from "#platform/usecase";
import type { Person } from "./contract.ts";
import type { LoginDelays } from "./delays.ts";
import type { PasswordHasher } from "./passwords.ts";
import { createRepository, type NewPerson, type PersonChange, type Repository } from "./repository.ts";

/** What about an account changed, so that whoever remembers it can forget. */
export type AccountChange = "created" | "password" | "roles" | "disabled" | "profile";

export interface IdentityDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly passwords: PasswordHasher;
  readonly delays: LoginDelays;
  /** Makes the home of a new person; when it fails the account is taken back. May be called again for the same person. */
  readonly onPersonCreated: (person: Person) => Promise<void> | void;
  /** Called inside the transaction that changes an account, before the change is answered. */
  readonly onAccountChanged: (personId: number, change: AccountChange) => void;
  /** Told of every wrong name or password that was tried, from which address. */
  readonly onLoginFailed?: (name: string, address: string) => void;
}

export interface Identity {
  list(): Person[];
  find(id: number): Person | undefined;
  /** Names are lower case; any case is found. */
  findByName(name: string): Person | undefined;
  hasOwner(): boolean;
  /** Durable when it resolves. Throws `exists`, `forbidden` (only an owner makes owners). */
  create(by: Actor, person: NewPerson, password: string): Promise<Person>;
  /** The same with a hash that another program made of the password: a PHC string or bcrypt. */
  takeOver(by: Actor, person: NewPerson, passwordHash: string): Promise<Person>;
  /** Durable when it resolves. Throws `not-found`, `forbidden`, `conflict` (the last owner). */
  update(by: Actor, id: number, change: PersonChange): Promise<Person>;
  /** The person, when `by` may change their account. Throws `not-found`, `forbidden` (an owner, and `by` is none). */
  requireMayChange(by: Actor, id: number): Person;
  /** Durable when it resolves. `alongside` runs in the same transaction, as to end sessions. */
  setPassword(by: Actor, id: number, password: string, alongside?: () => void): Promise<void>;
  /**
   * The person, when name and password are right and the account is enabled; null otherwise, after the same time. Counts
   * failures: throws `too-many-requests` when one has to wait.
   */
  verifyPassword(name: string, password: string, address: string): Promise<Person | null>;
  /** Notes that the person was here; written at most once a minute. */
  markSeen(id: number): void;
}

const seenEveryMs = 60_000;

export function createIdentity(deps: IdentityDeps): Identity {
  const repository = createRepository(deps.db);
  const seenAtMs = new Map<number, number>();
  return {
    list: repository.list,
    find: repository.find,
    findByName: (name) => repository.findByName(name.toLowerCase()),
    hasOwner: () => repository.activeOwnerIds().length > 0,
    create: (by, person, password) => createPerson(deps, repository, by, person, () => deps.passwords.hash(password)),
    takeOver: (by, person, passwordHash) => createPerson(deps, repository, by, person, async () => passwordHash),
    update: async (by, id, change) => {
      const updated = deps.db.transaction(() => updatePerson(deps, repository, by, id, change));
      await deps.db.sync();
      return updated;
    },
    requireMayChange: (by, id) => {
      const person = findOrThrow(repository, id);
      requireRank(by, person, undefined);
      return person;
    },
    setPassword: async (by, id, password, alongside) => {
      requireRank(by, findOrThrow(repository, id), undefined);
      const hash = await deps.passwords.hash(password);
      deps.db.transaction(() => {
        requireRank(by, findOrThrow(repository, id), undefined);
        repository.setPassword(id, hash, deps.clock.now());
        deps.onAccountChanged(id, "password");
        alongside?.();
      });
      await deps.db.sync();
    },
    verifyPassword: (name, password, address) =>
      verifyPassword(deps, repository, name.toLowerCase(), password, address),
    markSeen: (id) => {
      const nowMs = deps.clock.now();
      if (nowMs - (seenAtMs.get(id) ?? 0) < seenEveryMs) return;
      seenAtMs.set(id, nowMs);
      repository.setLastSeen(id, nowMs);
    },
  };
}

function findOrThrow(repository: Repository, id: number): Person {
  const person = repository.find(id);
  if (person === undefined) throw new AppError("not-found", "There is no such person.");
  return person;
}

/** Only an owner (or the server itself) may make owners or change one. */
function requireRank(by: Actor, target: Person | undefined, roles: PersonChange["roles"]): void {
  if (by.kind === "system" || by.roles.includes("owner")) return;
  if (target?.roles.includes("owner") === true) throw new AppError("forbidden", "Only an owner may change an owner.");
  if (roles?.includes("owner") === true) throw new AppError("forbidden", "Only an owner may make somebody an owner.");
}

async function createPerson(
  deps: IdentityDeps,
  repository: Repository,
  by: Actor,
  person: NewPerson,
  makeHash: () => Promise<string>,
): Promise<Person> {
  requireRank(by, undefined, person.roles);
  const requireFree = () => {
    if (repository.findByName(person.name) !== undefined)
      throw new AppError("exists", `The name ${person.name} is taken.`);
  };
  requireFree();
  const hash = await makeHash();
  const created = deps.db.transaction(() => {
    requireFree();
    const id = repository.insert(person, hash, deps.clock.now());
    deps.onAccountChanged(id, "created");
    return findOrThrow(repository, id);
  });
  try {
    await deps.onPersonCreated(created);
  } catch (cause) {
    // An account without a home would be half a person: better none, and a second try.
    repository.remove(created.id);
    throw cause;
  }
  await deps.db.sync();
  return created;
}

function updatePerson(deps: IdentityDeps, repository: Repository, by: Actor, id: number, change: PersonChange): Person {
  requireRank(by, findOrThrow(repository, id), change.roles);
  const hadOwner = repository.activeOwnerIds().length > 0;
  repository.update(id, change);
  if (hadOwner && repository.activeOwnerIds().length === 0) {
    throw new AppError("conflict", "This is the last owner. Make somebody else an owner first.");
  }
  if (change.disabled !== undefined) deps.onAccountChanged(id, "disabled");
  else deps.onAccountChanged(id, change.roles === undefined ? "profile" : "roles");
  return findOrThrow(repository, id);
}

async function verifyPassword(
  deps: IdentityDeps,
  repository: Repository,
  name: string,
  password: string,
  address: string,
): Promise<Person | null> {
  const attempt = deps.delays.begin(name, address);
  const found = repository.findByName(name);
  const hash = found === undefined ? undefined : repository.passwordHash(found.id);
  const matches = await deps.passwords.verify(password, hash).catch((thrown: unknown) => {
    attempt.withdraw();
    throw thrown;
  });
  if (!matches || found === undefined || hash === undefined) {
    deps.onLoginFailed?.(name, address);
    return null;
  }
  attempt.succeed();
  const current = deps.passwords.isOutdated(hash) ? await rehash(deps, repository, found.id, password, hash) : hash;
  // The account may have changed while hashes were computed.
  const person = repository.find(found.id);
  if (person === undefined || person.disabled || repository.passwordHash(person.id) !== current) return null;
  return person;
}

/** Brings a hash made with other costs up to today's and gives the one that holds. Failing is no harm: the next login tries again. */
async function rehash(
  deps: IdentityDeps,
  repository: Repository,
  id: number,
  password: string,
  old: string,
): Promise<string> {
  try {
    const hash = await deps.passwords.hash(password);
    if (repository.passwordHash(id) !== old) return old;
    repository.setPassword(id, hash, deps.clock.now());
    return hash;
  } catch (cause) {
    deps.log.warn("a password hash could not be renewed", { personId: id, cause });
    return old;
  }
}
