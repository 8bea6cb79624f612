import type { Db } from "#platform/db";
import type { Clock } from "#platform/clock";
import { AppError, toAppError } from "#platform/errors";
import type { RequestContext, Route } from "#platform/http";
import type { Actor, AuditEntry, UseCaseContext } from "#platform/usecase";
import { createRateLimit, type Identity, type Person } from "#security/identity";
import { problemPage } from "./pages.ts";
import { leadToPublicAddress } from "./public-address.ts";
import type { Accounts } from "./login-accounts.ts";
import { type Arrived, callbackPath, type LoginFlow } from "./login-flow.ts";
import type { Links } from "./login-links.ts";

export interface LoginRouteDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly flow: LoginFlow;
  readonly links: Links;
  readonly accounts: Accounts;
  readonly identity: Pick<Identity, "find">;
  readonly startSession: (
    person: Person,
    context: UseCaseContext,
    authenticatedAtMs: number | undefined,
  ) => Promise<void> | void;
  /** Told of every login and link that was tried; the answer waits for it. */
  readonly audit: (entry: AuditEntry) => Promise<void> | void;
  readonly publicUrl: () => string | null;
}

const loginPrefix = "/oidc/login/";
/** Each is a conversation with another server; a household behind one address stays far below. */
const maxLoginsPerMinute = 120;

/** `/oidc/login/<id>` sends the browser to a provider, `/oidc/callback` takes it back. */
export function loginRoutes(deps: LoginRouteDeps): Route[] {
  const limitBegun = createRateLimit(deps.clock, maxLoginsPerMinute);
  const limitReturned = createRateLimit(deps.clock, maxLoginsPerMinute);
  return [
    {
      prefix: loginPrefix,
      renderError: problemPage,
      handle: async (request, context) => {
        requireGet(request);
        limitBegun(context.address);
        const elsewhere = leadToPublicAddress(request, deps.publicUrl());
        if (elsewhere !== undefined) return elsewhere;
        const url = new URL(request.url);
        const id = context.path.slice(loginPrefix.length);
        const next = url.searchParams.get("next") ?? "/";
        const afresh = (await context.actor()).via === "session";
        const begun = await deps.flow.begin(id, { origin: url.origin, next, afresh });
        return redirect(begun.url, [begun.cookie]);
      },
    },
    {
      prefix: callbackPath,
      renderError: problemPage,
      handle: async (request, context) => {
        requireGet(request);
        limitReturned(context.address);
        return takeBack(deps, request, context);
      },
    },
  ];
}

async function takeBack(deps: LoginRouteDeps, request: Request, context: RequestContext): Promise<Response> {
  const noted: Noted = { operation: "loginProvider.login", resources: [], account: undefined };
  const caller = callerOf(request, context, await context.actor(), noted);
  const audit = (outcome: AuditEntry["outcome"], error?: AppError) => {
    const { actor, requestId, address, userAgent } = caller;
    return deps.audit({ ...noted, actor, requestId, address, userAgent, outcome, error });
  };
  try {
    const arrived = await deps.flow.arrive(new URL(request.url), request.headers.get("cookie") ?? "");
    const { flow, provider, subject } = arrived;
    caller.checked(`login-provider ${provider.id}`);
    if (flow.linkFor === undefined) caller.claims(await logIn(deps, arrived, caller));
    else {
      noted.operation = "providerLink.finish";
      link(deps, arrived, flow.linkFor, caller.actor);
    }
    deps.links.noteUsed(provider.id, subject);
    await deps.db.sync();
    await audit("allowed");
    return redirect(flow.next, [deps.flow.expiredCookie, ...caller.replyHeaders.getSetCookie()]);
  } catch (thrown) {
    const error = toAppError(thrown);
    await audit("refused", error);
    throw error;
  }
}

async function logIn(deps: LoginRouteDeps, arrived: Arrived, caller: UseCaseContext): Promise<Person> {
  const { provider, subject } = arrived;
  const known = deps.links.personOf(provider.id, subject);
  const person = known === undefined ? await deps.accounts.createGuest(arrived) : deps.identity.find(known);
  if (person === undefined) {
    throw new AppError(
      "forbidden",
      `Nobody here has linked that account. Log in with your password first, and link ${provider.name} on your account page.`,
    );
  }
  if (person.disabled) throw new AppError("forbidden", "This account is switched off.");
  await deps.startSession(person, caller, arrived.authenticatedAtMs);
  return person;
}

/** Only the very session that began it: another person at this browser must not collect somebody's account. */
function link(deps: LoginRouteDeps, arrived: Arrived, linkFor: { personId: number; sessionId: string }, actor: Actor) {
  if (actor.via !== "session" || actor.userId !== linkFor.personId || actor.credentialId !== linkFor.sessionId) {
    throw new AppError("forbidden", "The session that began this has ended. Log in and begin again.");
  }
  const label = arrived.displayName || arrived.userName || arrived.subject;
  deps.links.add(actor.userId, arrived.provider.id, arrived.subject, label);
}

/** What the audit is told beside the caller. */
interface Noted {
  operation: string;
  resources: string[];
  account: AuditEntry["account"];
}

function callerOf(request: Request, context: RequestContext, actor: Actor, noted: Noted): UseCaseContext {
  return {
    actor,
    requestId: context.requestId,
    address: context.address,
    certificate: context.certificate,
    userAgent: request.headers.get("user-agent") ?? "",
    host: request.headers.get("host") ?? undefined,
    secure: request.url.startsWith("https:"),
    cookieHeader: request.headers.get("cookie") ?? "",
    replyHeaders: new Headers(),
    checked: (resource) => {
      if (resource !== undefined) noted.resources.push(resource);
    },
    claims: ({ id, name }) => {
      noted.account = { id, name };
    },
  };
}

function requireGet(request: Request): void {
  if (request.method !== "GET") throw new AppError("method-not-allowed");
}

function redirect(location: string, cookies: readonly string[]): Response {
  const headers = new Headers({ location, "cache-control": "no-store", "referrer-policy": "no-referrer" });
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  return new Response(null, { status: 303, headers });
}
