import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import { type Handlers, implement, type Implementation, type UseCaseContext } from "#platform/usecase";
import { type Identity, type Person, requireOwnLogin, suffices } from "#security/identity";
import type { AppPasswords } from "./app-passwords.ts";
import { sessionsContract } from "./contract.ts";
import { renderExpiredCookie, renderSessionCookie } from "./cookie.ts";
import { absoluteMs } from "./known-sessions.ts";
import type { Sessions } from "./sessions.ts";

interface UseCaseDeps {
  readonly db: Db;
  readonly identity: Identity;
  readonly sessions: Sessions;
  readonly appPasswords: AppPasswords;
  /** Forgets verified credentials of a person. */
  readonly invalidate: (personId: number) => void;
}

type All = Handlers<typeof sessionsContract>;

export function implementSessions(deps: UseCaseDeps): Implementation[] {
  return implement(sessionsContract, {
    ...loginHandlers(deps),
    ...sessionHandlers(deps),
    ...appPasswordHandlers(deps),
  });
}

/** Starts a session for the browser behind a request, in place of the one it may have had. */
export function startSession(sessions: Sessions, person: Person, context: UseCaseContext): void {
  if (context.actor.via === "session" && context.actor.credentialId !== null) {
    sessions.end(context.actor.userId, [context.actor.credentialId]);
  }
  const { token } = sessions.start(person, context.address, context.userAgent);
  context.replyHeaders.append("set-cookie", renderSessionCookie(token, absoluteMs / 1000, context.secure));
}

function loginHandlers({
  db,
  identity,
  sessions,
}: UseCaseDeps): Pick<All, "session.login" | "session.logout" | "session.current"> {
  return {
    "session.login": async (context, { name, password }) => {
      const person = await identity.verifyPassword(name, password, context.address);
      if (person === null) throw new AppError("unauthenticated", "Name or password is not right.");
      if (!suffices(["password"], person)) {
        throw new AppError("unauthenticated", "This account needs a second factor.");
      }
      db.transaction(() => startSession(sessions, person, context));
      await db.sync();
      return { person };
    },
    "session.logout": async ({ actor, secure, replyHeaders }) => {
      if (actor.via === "session" && actor.credentialId !== null) sessions.end(actor.userId, [actor.credentialId]);
      replyHeaders.append("set-cookie", renderExpiredCookie(secure));
      await db.sync();
      return {};
    },
    "session.current": ({ actor }) => ({
      person: actor.kind === "person" ? (identity.find(actor.userId) ?? null) : null,
      capabilities: [...actor.capabilities],
    }),
  };
}

function sessionHandlers({ db, sessions }: UseCaseDeps): Pick<All, "session.list" | "session.revoke"> {
  return {
    "session.list": (context) => {
      requireOwnLogin(context);
      const { actor } = context;
      const own = sessions.list(actor.userId).map((row) => ({
        id: row.id,
        createdAtMs: row.created_at_ms,
        lastSeenAtMs: row.last_seen_at_ms,
        address: row.address,
        userAgent: row.user_agent,
        current: actor.via === "session" && row.id === actor.credentialId,
      }));
      return { sessions: own };
    },
    "session.revoke": async (context, input) => {
      requireOwnLogin(context);
      const { userId, credentialId } = context.actor;
      const ids =
        "id" in input ? [input.id] : sessions.list(userId).flatMap((row) => (row.id === credentialId ? [] : [row.id]));
      const ended = sessions.end(userId, ids);
      if ("id" in input && ended === 0) throw new AppError("not-found", "There is no such session.");
      await db.sync();
      return { ended };
    },
  };
}

function appPasswordHandlers({
  db,
  appPasswords,
  invalidate,
}: UseCaseDeps): Pick<All, "appPassword.list" | "appPassword.create" | "appPassword.revoke"> {
  return {
    "appPassword.list": (context) => {
      requireOwnLogin(context);
      return { appPasswords: appPasswords.list(context.actor.userId) };
    },
    "appPassword.create": async (context, { label, scope }) => {
      requireOwnLogin(context);
      const created = appPasswords.create(context.actor.userId, label, scope);
      await db.sync();
      return created;
    },
    "appPassword.revoke": async (context, { id }) => {
      requireOwnLogin(context);
      appPasswords.revoke(context.actor.userId, id);
      invalidate(context.actor.userId);
      await db.sync();
      return {};
    },
  };
}
