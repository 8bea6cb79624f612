import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import { type Handlers, implement, type Implementation, type UseCaseContext } from "#platform/usecase";
import { identityContract, type Person } from "./contract.ts";
import type { Groups } from "./groups.ts";
import { type PasswordCheck, requireGoodPassword } from "./quality.ts";
import { createRateLimit } from "./rate-limit.ts";
import type { Identity } from "./service.ts";
import type { Setup } from "./setup.ts";

/** What identity needs of sessions; passed in, since sessions stand on identity. */
export interface SessionPort {
  /**
   * Starts a session and appends its cookie to the answer. Within the caller's transaction. With the factors that the caller
   * has shown, or the password that was just set.
   */
  start(person: Person, context: UseCaseContext): void;
  /** Tells somebody that their password changed. */
  notifyPasswordChanged(personId: number, context: UseCaseContext): void;
  /** Withdraws all app passwords of somebody. Within the caller's transaction. */
  endAppPasswords(personId: number): void;
}

interface UseCaseDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly checkPassword: PasswordCheck;
  readonly identity: Identity;
  readonly groups: Groups;
  readonly setup: Setup;
  readonly sessions: SessionPort;
}

export function implementIdentity(deps: UseCaseDeps): Implementation[] {
  return implement(identityContract, {
    ...setupHandlers(deps),
    ...peopleHandlers(deps),
    ...groupHandlers(deps),
    ...ownHandlers(deps),
    ...qualityHandlers(deps),
  });
}

type All = Handlers<typeof identityContract>;

function setupHandlers({ db, setup, sessions }: UseCaseDeps): Pick<All, "setup.status" | "setup.createOwner"> {
  return {
    "setup.status": () => ({ needed: setup.isNeeded() }),
    "setup.createOwner": async (context, { code, ...owner }) => {
      const person = await setup.createOwner(code, owner, context.address);
      sessions.start(person, context);
      await db.sync();
      return { person };
    },
  };
}

function peopleHandlers({
  identity,
  groups,
  sessions,
  checkPassword,
}: UseCaseDeps): Pick<All, "people.list" | "people.create" | "people.update" | "people.resetPassword"> {
  return {
    "people.list": ({ actor }) => {
      // When somebody was last here concerns themselves and those who look after accounts.
      const sees = (person: Person) => actor.capabilities.has("people.manage") || person.id === actor.userId;
      const people = identity.list().map((person) => (sees(person) ? person : { ...person, lastSeenAtMs: null }));
      return { people, groups: groups.list() };
    },
    "people.create": async ({ actor }, { password, ...person }) => {
      await requireGoodPassword(checkPassword, password, [person.name, person.displayName]);
      return { person: await identity.create(actor, person, password) };
    },
    "people.update": async ({ actor }, { id, ...change }) => ({ person: await identity.update(actor, id, change) }),
    "people.resetPassword": async (context, { id, password, endAppPasswords }) => {
      const { name, displayName } = identity.requireMayChange(context.actor, id);
      await requireGoodPassword(checkPassword, password, [name, displayName]);
      await identity.setPassword(context.actor, id, password, () => {
        if (endAppPasswords) sessions.endAppPasswords(id);
        sessions.notifyPasswordChanged(id, context);
      });
      return {};
    },
  };
}

function groupHandlers({
  db,
  groups,
}: UseCaseDeps): Pick<All, "people.createGroup" | "people.updateGroup" | "people.removeGroup"> {
  return {
    "people.createGroup": async (_context, { name, memberIds }) => {
      const group = groups.create(name, memberIds);
      await db.sync();
      return { group };
    },
    "people.updateGroup": async (_context, { id, ...change }) => {
      const group = groups.update(id, change);
      await db.sync();
      return { group };
    },
    "people.removeGroup": async (_context, { id }) => {
      groups.remove(id);
      await db.sync();
      return {};
    },
  };
}

const checksPerMinute = 120;

/** The page asks while somebody types, also before the first login; the work is bounded per address. */
function qualityHandlers({ clock, checkPassword }: UseCaseDeps): Pick<All, "password.check"> {
  const limit = createRateLimit(clock, checksPerMinute);
  return {
    "password.check": ({ address }, { password, name = "", displayName = "" }) => {
      limit(address);
      return checkPassword(password, [name, displayName]);
    },
  };
}

function ownHandlers({ identity, sessions, checkPassword }: UseCaseDeps): Pick<All, "me.changePassword" | "me.update"> {
  return {
    "me.changePassword": async (context, { current, next }) => {
      requireOwnLogin(context);
      const person = await identity.verifyPassword(context.actor.name, current, context.address);
      if (person === null) throw new AppError("forbidden", "The current password is not right.");
      await requireGoodPassword(checkPassword, next, [person.name, person.displayName]);
      await identity.setPassword(context.actor, person.id, next, () => {
        sessions.notifyPasswordChanged(person.id, context);
        // All sessions have just ended; whoever sits at a browser goes on with a fresh one.
        if (context.actor.via === "session") sessions.start(person, context);
      });
      return {};
    },
    "me.update": async (context, change) => {
      requireOwnLogin(context);
      return { person: await identity.update(context.actor, context.actor.userId, change) };
    },
  };
}

/** An app password is for files: whoever finds one must not be able to take over the account. */
export function requireOwnLogin({ actor }: UseCaseContext): void {
  if (actor.via === "app-password") throw new AppError("forbidden", "An app password may not change the account.");
}
