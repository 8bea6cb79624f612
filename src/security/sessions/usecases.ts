import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import { type Handlers, implement, type Implementation, stepUpMs } from "#platform/usecase";
import { type Identity, requireOwnLogin } from "#security/identity";
import type { Factor } from "#wire";
import type { AppPasswords } from "./app-passwords.ts";
import { sessionsContract } from "./contract.ts";
import { renderExpiredCookie } from "./cookie.ts";
import { deviceNameOf } from "./device-name.ts";
import type { Freezes } from "./freezes.ts";
import type { Logins } from "./login.ts";
import type { Notices } from "./notices.ts";
import type { Sessions } from "./sessions.ts";
import type { StepUps } from "./step-up.ts";

interface UseCaseDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly identity: Identity;
  readonly sessions: Sessions;
  readonly appPasswords: AppPasswords;
  readonly freezes: Pick<Freezes, "isFrozen">;
  readonly logins: Logins;
  readonly stepUps: StepUps;
  readonly notices: Notices;
  /** Forgets verified credentials of a person. */
  readonly invalidate: (personId: number) => void;
}

type All = Handlers<typeof sessionsContract>;

export function implementSessions(deps: UseCaseDeps): Implementation[] {
  return implement(sessionsContract, {
    ...loginHandlers(deps),
    ...currentHandlers(deps),
    ...stepUpHandlers(deps),
    ...sessionHandlers(deps),
    ...noticeHandlers(deps),
    ...appPasswordHandlers(deps),
  });
}

function loginHandlers({
  logins,
}: UseCaseDeps): Pick<
  All,
  "session.login" | "session.secondFactor" | "session.pendingLogin" | "session.passkeyOptions" | "session.passkeyLogin"
> {
  return {
    "session.login": (context, { name, password }) => logins.withPassword(name, password, context),
    "session.secondFactor": (context, given) => logins.secondFactor(given, context),
    "session.pendingLogin": (context) => ({ pending: logins.pending(context) }),
    "session.passkeyOptions": (context) => logins.passkeyOptions(context),
    "session.passkeyLogin": (context, given) => logins.withPasskey(given, context),
  };
}

function currentHandlers({
  db,
  clock,
  identity,
  sessions,
}: UseCaseDeps): Pick<All, "session.logout" | "session.current"> {
  return {
    "session.logout": async ({ actor, secure, replyHeaders }) => {
      if (actor.via === "session" && actor.credentialId !== null) sessions.end(actor.userId, [actor.credentialId]);
      replyHeaders.append("set-cookie", renderExpiredCookie(secure));
      await db.sync();
      return {};
    },
    "session.current": ({ actor }) => {
      const untilMs = actor.factorAtMs + stepUpMs;
      return {
        person: actor.kind === "person" ? (identity.find(actor.userId) ?? null) : null,
        capabilities: [...actor.capabilities],
        factors: [...actor.factors],
        mustSetUpFactor: actor.mustSetUpFactor === true,
        stepUpUntilMs: actor.via === "session" && clock.now() < untilMs ? untilMs : null,
      };
    },
  };
}

function stepUpHandlers({ stepUps }: UseCaseDeps): Pick<All, "session.stepUpOptions" | "session.stepUp"> {
  return {
    "session.stepUpOptions": (context) => stepUps.options(context),
    "session.stepUp": async (context, given) => ({ untilMs: await stepUps.confirm(given, context) }),
  };
}

function sessionHandlers({ db, sessions, notices }: UseCaseDeps): Pick<All, "session.list" | "session.revoke"> {
  return {
    "session.list": (context) => {
      requireOwnLogin(context);
      const { actor } = context;
      const news = new Set(
        notices.list(actor.userId).map((notice) => notice.kind === "new-device" && notice.sessionId),
      );
      const own = sessions.list(actor.userId).map((row) => ({
        id: row.id,
        createdAtMs: row.created_at_ms,
        lastSeenAtMs: row.last_seen_at_ms,
        address: row.address,
        userAgent: row.user_agent,
        device: deviceNameOf(row.user_agent),
        factors: JSON.parse(row.factors) as Factor[],
        factorAtMs: row.factor_at_ms,
        deviceId: row.device_id,
        current: actor.via === "session" && row.id === actor.credentialId,
        isNew: news.has(row.id),
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

function noticeHandlers({ db, notices }: UseCaseDeps): Pick<All, "notices.list" | "notices.dismiss"> {
  return {
    "notices.list": (context) => {
      requireOwnLogin(context);
      return { notices: notices.list(context.actor.userId) };
    },
    "notices.dismiss": async (context, input) => {
      requireOwnLogin(context);
      const id = "id" in input ? input.id : undefined;
      if (!notices.dismiss(context.actor.userId, id) && id !== undefined) {
        throw new AppError("not-found", "There is no such notice.");
      }
      await db.sync();
      return {};
    },
  };
}

function appPasswordHandlers({
  db,
  freezes,
  appPasswords,
  invalidate,
}: UseCaseDeps): Pick<All, "appPassword.list" | "appPassword.create" | "appPassword.setScope" | "appPassword.revoke"> {
  return {
    "appPassword.list": (context) => {
      requireOwnLogin(context);
      const own = appPasswords.list(context.actor.userId);
      return { appPasswords: own.map((one) => ({ ...one, isFrozen: freezes.isFrozen(`app-password:${one.id}`) })) };
    },
    "appPassword.create": async (context, { label, scope }) => {
      requireOwnLogin(context);
      const created = appPasswords.create(context.actor.userId, label, scope);
      await db.sync();
      return created;
    },
    "appPassword.setScope": async (context, { id, scope }) => {
      requireOwnLogin(context);
      const appPassword = appPasswords.setScope(context.actor.userId, id, scope);
      invalidate(context.actor.userId);
      await db.sync();
      return { appPassword };
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
