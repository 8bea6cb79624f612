import type { IncomingMessage, ServerResponse } from "node:http";
import type { InteractionResults, Provider } from "oidc-provider";
import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import type { RequestContext } from "#platform/http";
import { readText, requireSameOrigin } from "#platform/http";
import { type Actor, type AuditEntry, strengthOf } from "#platform/usecase";
import type { Identity, Person } from "#security/identity";
import type { Clients } from "./clients.ts";
import type { Consents } from "./consents.ts";
import type { OidcClient } from "./contract.ts";
import { acrOf, amrOf } from "./provider-assurance.ts";
import { consentPath } from "./provider-configuration.ts";
import {
  askPage,
  confirmPage,
  expiredPage,
  otherPersonPage,
  refusedPage,
  twoFactorsPage,
} from "./provider-consent-pages.ts";
import { entryOf } from "./provider-happenings.ts";
import { type Arrival, messageOf } from "./provider-koa-bridge.ts";

export interface ConsentDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly clients: Clients;
  readonly consents: Consents;
  readonly identity: Pick<Identity, "find">;
  /** Ends the session that the actor speaks through. */
  readonly endSession: (actor: Actor) => void;
  readonly audit: (entry: AuditEntry) => Promise<void> | void;
}

/** One login that waits for a person: what the application asks, and who sits there. */
interface Waiting {
  readonly provider: Provider;
  readonly message: IncomingMessage;
  readonly reply: ServerResponse;
  readonly path: string;
  readonly client: OidcClient;
  readonly scopes: readonly string[];
  readonly reasons: readonly string[];
  readonly askedAtMs: number;
  readonly maxAgeS: number | undefined;
  readonly hintedSubject: string | undefined;
  readonly promptsConsent: boolean;
}

const maxFormBytes = 4096;

/** `/oidc/consent/<uid>`: the page between an application and a person, on the session of this server. */
export async function answerConsent(
  deps: ConsentDeps,
  provider: Provider,
  request: Request,
  context: RequestContext,
  arrival: Arrival,
): Promise<Response> {
  if (request.method !== "GET" && request.method !== "POST") throw new AppError("method-not-allowed");
  const { message, response: reply, release } = await messageOf(request, arrival);
  try {
    const waiting = await readWaiting(deps, provider, message, reply, context.path);
    if (waiting === undefined) return expiredPage();
    const actor = await context.actor();
    const answer = await settle(deps, waiting, actor, request);
    if (answer.status === 403 || request.method === "POST") {
      const refusal = answer.status === 403 ? { refusal: "this account may not use the application so" } : {};
      const happening = { operation: "oidcConsent.answer", clientId: waiting.client.id, ...refusal };
      await deps.audit(entryOf(happening, request, context, actor));
    }
    return answer;
  } finally {
    release();
  }
}

async function settle(deps: ConsentDeps, waiting: Waiting, actor: Actor, request: Request): Promise<Response> {
  if (request.method === "GET") return show(deps, waiting, actor);
  requireSameOrigin(request);
  const form = new URLSearchParams(await readText(request, maxFormBytes));
  return decide(deps, waiting, actor, form.get("decision"));
}

async function readWaiting(
  deps: ConsentDeps,
  provider: Provider,
  message: IncomingMessage,
  reply: ServerResponse,
  path: string,
): Promise<Waiting | undefined> {
  const details = await provider.interactionDetails(message, reply).catch(() => undefined);
  const client = deps.clients.find(String(details?.params["client_id"]));
  if (details === undefined || client === undefined || path !== `${consentPath}${details.uid}`) return undefined;
  const { scope, max_age: maxAge, prompt, id_token_hint: hint } = details.params;
  return {
    provider,
    message,
    reply,
    path,
    client,
    scopes: String(scope).split(" "),
    reasons: details.prompt.reasons,
    askedAtMs: Number(details.prompt.details["askedAtMs"] ?? Number.MAX_SAFE_INTEGER),
    maxAgeS: maxAge === undefined ? undefined : Number(maxAge),
    hintedSubject: typeof hint === "string" ? subjectIn(hint) : undefined,
    promptsConsent: typeof prompt === "string" && prompt.split(" ").includes("consent"),
  };
}

/** The provider has checked the token's signature before it let the request wait. */
function subjectIn(idToken: string): string | undefined {
  const payload = JSON.parse(Buffer.from(idToken.split(".")[1] ?? "", "base64url").toString()) as { sub?: string };
  return payload.sub;
}

/** What stands between this person and the application; undefined when nothing does but their word. */
function obstacle(deps: ConsentDeps, waiting: Waiting, actor: Actor): Response | undefined {
  const { client } = waiting;
  const person = actor.via === "session" ? deps.identity.find(actor.userId) : undefined;
  if (person === undefined || person.disabled) return redirect(loginPath(waiting));
  const shownForMs = deps.clock.now() - actor.factorAtMs;
  const isFresh = actor.factorAtMs >= waiting.askedAtMs;
  const mustShowAgain = waiting.reasons.includes("login_prompt");
  const isTooOld = waiting.maxAgeS !== undefined && shownForMs > waiting.maxAgeS * 1000;
  if (!isFresh && (mustShowAgain || isTooOld)) return confirmPage(client, person);
  if (waiting.hintedSubject !== undefined && waiting.hintedSubject !== deps.consents.subjectOf(person.id)) {
    return otherPersonPage(client, person);
  }
  if (!deps.clients.mayUse(client, person)) return refusedPage(client, person);
  if (actor.mustSetUpFactor === true) return twoFactorsPage(client, person);
  if (client.requireTwoFactors && strengthOf(actor) !== "two-factor") return twoFactorsPage(client, person);
  return undefined;
}

async function show(deps: ConsentDeps, waiting: Waiting, actor: Actor): Promise<Response> {
  const refusal = obstacle(deps, waiting, actor);
  if (refusal !== undefined) return refusal;
  const person = deps.identity.find(actor.userId) as Person;
  const { client, scopes } = waiting;
  const known = deps.consents.covers(person.id, client.id, scopes);
  if (client.askConsent && (!known || waiting.promptsConsent)) return askPage(client, person, scopes);
  return allow(deps, waiting, actor);
}

async function decide(deps: ConsentDeps, waiting: Waiting, actor: Actor, decision: string | null): Promise<Response> {
  if (decision === "deny") {
    return finish(deps, waiting, { error: "access_denied", error_description: "The person said no." });
  }
  if (decision === "login-again") {
    deps.endSession(actor);
    await deps.db.sync();
    return redirect(loginPath(waiting));
  }
  if (decision !== "allow") throw new AppError("bad-request", "Say allow or deny.");
  return obstacle(deps, waiting, actor) ?? allow(deps, waiting, actor);
}

/** Writes down what was allowed and lets the provider go on. Each login has a grant of its own, so that ending one ends no other. */
async function allow(deps: ConsentDeps, waiting: Waiting, actor: Actor): Promise<Response> {
  const { client, scopes, provider } = waiting;
  const accountId = deps.db.transaction(() => {
    deps.consents.allow(actor.userId, client.id, scopes);
    deps.clients.noteUsed(client.id);
    return deps.consents.subjectOf(actor.userId);
  });
  const grant = new provider.Grant({ accountId, clientId: client.id });
  grant.addOIDCScope(scopes.join(" "));
  const grantId = await grant.save();
  const ts = Math.floor(actor.factorAtMs / 1000);
  return finish(deps, waiting, {
    login: { accountId, acr: acrOf(actor), amr: amrOf(actor), ts, remember: true },
    consent: { grantId },
  });
}

async function finish(deps: ConsentDeps, { provider, message, reply }: Waiting, result: InteractionResults) {
  const next = await provider.interactionResult(message, reply, result, { mergeWithLastSubmission: false });
  await deps.db.sync();
  return redirect(next);
}

function loginPath({ path }: Waiting): string {
  return `/login?next=${encodeURIComponent(path)}`;
}

function redirect(location: string): Response {
  return new Response(null, { status: 303, headers: { location, "cache-control": "no-store" } });
}
