import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import type { RequestContext, Route } from "#platform/http";
import { type Actor, anonymous } from "#platform/usecase";
import { createRateLimit } from "#security/identity";
import type { ArtifactRepository } from "./artifact-repository.ts";
import type { Clients } from "./clients.ts";
import type { Consents } from "./consents.ts";
import { problemPage } from "./pages.ts";
import { leadToPublicAddress } from "./public-address.ts";
import { acrOf } from "./provider-assurance.ts";
import { consentPath, mount, sessionCookie } from "./provider-configuration.ts";
import { answerConsent, type ConsentDeps } from "./provider-consent.ts";
import type { Engine } from "./provider-engine.ts";
import { entryOf, type Happening } from "./provider-happenings.ts";
import { answerWith, type Arrival } from "./provider-koa-bridge.ts";

interface ProviderRouteDeps extends ConsentDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly engine: Engine;
  readonly clients: Clients;
  readonly consents: Consents;
  readonly artifacts: ArtifactRepository;
  /** Null: the address of each request is the issuer's. */
  readonly publicUrl: () => string | null;
}

/** A household logs in some dozen times a minute; a service that checks tokens asks more often. */
const maxRequestsPerMinute = 600;
const sweepEveryMs = 10 * 60_000;
/** What a browser navigates to; it must be at the issuer's own address, where its cookies are. */
const browserPath = /^\/oidc\/(auth|logout|consent)(\/|$)/;
/** The library finds its routes in any case and with a slash at the end; what is checked here by path must be the same path there. */
const protocolPath =
  /^\/oidc\/(\.well-known\/openid-configuration|auth(\/[\w-]+)?|logout(\/(confirm|success))?|introspect|jwks|revoke|token|userinfo)$/;

/** `/oidc/…` of the provider and the page where people are asked. Nothing is loaded while no application is registered. */
export function providerRoutes(deps: ProviderRouteDeps): Route[] {
  const limit = createRateLimit(deps.clock, maxRequestsPerMinute);
  let sweptAtMs = 0;
  const begin = (request: Request, context: RequestContext): Arrival => {
    if (!deps.clients.hasAny()) throw new AppError("not-found", "No application is registered here.");
    limit(context.address);
    const nowMs = deps.clock.now();
    if (nowMs - sweptAtMs >= sweepEveryMs) {
      sweptAtMs = nowMs;
      deps.artifacts.removeExpired(nowMs);
    }
    return { origin: deps.publicUrl() ?? new URL(request.url).origin, mount, address: context.address };
  };
  const elsewhere = (request: Request, { path }: RequestContext): Response | undefined =>
    browserPath.test(path) ? leadToPublicAddress(request, deps.publicUrl()) : undefined;
  return [
    {
      prefix: `${mount}/`,
      handle: async (request, context) => {
        const arrival = begin(request, context);
        if (!protocolPath.test(context.path)) throw new AppError("not-found");
        return elsewhere(request, context) ?? answerProtocol(deps, request, context, arrival);
      },
    },
    {
      prefix: consentPath,
      renderError: problemPage,
      handle: async (request, context) => {
        const arrival = begin(request, context);
        const moved = elsewhere(request, context);
        if (moved !== undefined) return moved;
        return answerConsent(deps, await deps.engine.providerOf(arrival.origin), request, context, arrival);
      },
    },
  ];
}

async function answerProtocol(
  deps: ProviderRouteDeps,
  request: Request,
  context: RequestContext,
  arrival: Arrival,
): Promise<Response> {
  const provider = await deps.engine.providerOf(arrival.origin);
  const isBrowser = browserPath.test(context.path);
  // A token request carries the application's credentials, which are nobody's password here.
  const actor = isBrowser ? await context.actor() : undefined;
  const onLogout = () => {
    if (actor !== undefined) deps.endSession(actor);
  };
  const asked = actor !== undefined && isAuthorization(context.path) ? withOwnSession(deps, request, actor) : request;
  const happenings: Happening[] = [];
  const onHappening = (happening: Happening) => void happenings.push(happening);
  const response = await answerWith(provider.callback(), asked, { ...arrival, onLogout, onHappening });
  if (request.method === "POST" || isBrowser) await deps.db.sync();
  for (const happening of happenings) {
    await deps.audit(entryOf(happening, request, context, actor ?? anonymous));
  }
  return response;
}

function isAuthorization(path: string): boolean {
  return path.startsWith(`${mount}/auth`);
}

/**
 * The provider keeps a session of its own in the browser. It counts only while this server's session is of the same person and
 * as well proven: otherwise the request is answered as if it had none, and leads to the consent page, which looks at the real one.
 */
function withOwnSession({ artifacts, consents }: ProviderRouteDeps, request: Request, actor: Actor): Request {
  const cookies = (request.headers.get("cookie") ?? "").split(";").map((pair) => pair.trim());
  const own = `${sessionCookie}=`;
  const token = cookies.find((pair) => pair.startsWith(own))?.slice(own.length);
  if (token === undefined) return request;
  const session = artifacts.sessionOf(token);
  const isOwn =
    actor.via === "session" &&
    session?.accountId !== undefined &&
    consents.personOf(session.accountId) === actor.userId &&
    session.acr === acrOf(actor);
  if (isOwn) return request;
  const headers = new Headers(request.headers);
  headers.set("cookie", cookies.filter((pair) => !pair.startsWith(own)).join("; "));
  return new Request(request, { headers });
}
