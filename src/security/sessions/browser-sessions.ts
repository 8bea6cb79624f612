import type { UseCaseContext } from "#platform/usecase";
import type { Person } from "#security/identity";
import type { Factor } from "#wire";
import { renderSessionCookie } from "./cookie.ts";
import { absoluteMs } from "./known-sessions.ts";
import type { Sessions, Shown } from "./sessions.ts";

/** Starts a session for the browser behind a request, in place of the one it may have had, and gives its id. */
export function startSession(sessions: Sessions, person: Person, context: UseCaseContext, shown: Shown): string {
  if (context.actor.via === "session" && context.actor.credentialId !== null) {
    sessions.end(context.actor.userId, [context.actor.credentialId]);
  }
  const { id, token } = sessions.start(person, context.address, context.userAgent, shown);
  setCookie(context, token);
  return id;
}

/** Notes factors at the session behind a request; a session that proves more than before gets a new token. */
export function showAtSession(sessions: Sessions, context: UseCaseContext, factors: readonly Factor[]): void {
  if (context.actor.via !== "session" || context.actor.credentialId === null) return;
  const token = sessions.show(context.actor.credentialId, factors);
  if (token !== undefined) setCookie(context, token);
}

function setCookie({ replyHeaders, secure }: UseCaseContext, token: string): void {
  replyHeaders.append("set-cookie", renderSessionCookie(token, absoluteMs / 1000, secure));
}
