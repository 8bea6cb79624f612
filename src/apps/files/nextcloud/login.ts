import type { Clock, Random } from "#platform/clock";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import { readText, requireSameOrigin, type RequestContext } from "#platform/http";
import { type Actor, type AuditEntry, requireFreshFactor } from "#platform/usecase";
import { createRateLimit, type Identity, type Person } from "#security/identity";
import { type AppPasswords, deviceNameOf } from "#security/sessions";
import { createLoginFlows, type Granted } from "./login-flows.ts";
import { askPage, confirmPage, connectedPage, deniedPage, expiredPage, secondFactorPage } from "./login-pages.ts";
import { ocsFailure, type OcsValue } from "./ocs.ts";
import type { OcsCall } from "./ocs-routes.ts";
import { originOf } from "./origin.ts";

export interface LoginDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly random: Random;
  readonly identity: Pick<Identity, "find">;
  readonly appPasswords: AppPasswords;
  readonly invalidate: (personId: number) => void;
  readonly endSession: (actor: Actor) => void;
  readonly audit: (entry: AuditEntry) => Promise<void> | void;
}

export const flowPath = "/index.php/login/v2/flow/";
const maxFormBytes = 8 * 1024;
/** Anybody may begin one, and a new one takes the place of the oldest when there are too many. */
const beginningsPerMinute = 30;

/** One visit of a person to the page that asks. */
interface Visit {
  readonly request: Request;
  readonly context: RequestContext;
  readonly app: string;
  /** Where the app is, when it is not this browser. */
  readonly address: string | undefined;
  readonly server: string;
  readonly grant: (result: Granted) => Response;
  readonly deny: () => Response;
}

/** How an app gets an app password: the person logs in in a browser and allows it; the app never sees their password. */
export function createLogin(deps: LoginDeps) {
  const { db, identity, appPasswords } = deps;
  const flows = createLoginFlows(deps);
  const limitBeginnings = createRateLimit(deps.clock, beginningsPerMinute);

  const makePassword = async (request: Request, context: RequestContext, actor: Actor): Promise<string> => {
    const userAgent = request.headers.get("user-agent") ?? "";
    const { appPassword, secret } = appPasswords.create(actor.userId, labelOf(userAgent), "files");
    await deps.audit({
      operation: "appPassword.create",
      actor,
      address: context.address,
      requestId: context.requestId,
      outcome: "allowed",
      resources: [`app-password ${appPassword.id}`],
      userAgent,
      account: undefined,
      error: undefined,
    });
    await db.sync();
    return secret;
  };

  const visit = async (one: Visit): Promise<Response> => {
    const { request, context, app } = one;
    const actor = await context.actor();
    const person = actor.via === "session" ? identity.find(actor.userId) : undefined;
    if (person === undefined) return redirect(`/login?next=${encodeURIComponent(context.path)}`);
    if (request.method === "GET") return obstacle(deps, app, actor, person) ?? askPage(app, person, one.address);
    if (request.method !== "POST") throw new AppError("method-not-allowed");
    requireSameOrigin(request);
    const decision = new URLSearchParams(await readText(request, maxFormBytes)).get("decision");
    if (decision === "deny") return one.deny();
    if (decision === "login-again") {
      deps.endSession(actor);
      await db.sync();
      return redirect(`/login?next=${encodeURIComponent(context.path)}`);
    }
    if (decision !== "allow") throw new AppError("bad-request", "Say allow or deny.");
    const refusal = obstacle(deps, app, actor, person);
    if (refusal !== undefined) return refusal;
    const appPassword = await makePassword(request, context, actor);
    return one.grant({ server: one.server, loginName: person.name, appPassword });
  };

  return {
    /** `POST /index.php/login/v2`: begins a login; the app opens `login` in a browser and asks `poll` until it is done. */
    begin: (request: Request, context: RequestContext): Response => {
      if (request.method !== "POST") throw new AppError("method-not-allowed");
      limitBeginnings(context.address);
      const server = originOf(request);
      const userAgent = request.headers.get("user-agent") ?? "";
      const { pageToken, pollToken } = flows.begin({ userAgent, address: context.address, server });
      const poll = { token: pollToken, endpoint: `${server}/index.php/login/v2/poll` };
      return json({ poll, login: `${server}${flowPath}${pageToken}` });
    },
    /** 404 until the person has allowed it; then once the app password. */
    poll: async (request: Request): Promise<Response> => {
      if (request.method !== "POST") throw new AppError("method-not-allowed");
      const form = new URLSearchParams(await readText(request, maxFormBytes));
      const token = form.get("token") ?? new URL(request.url).searchParams.get("token") ?? "";
      const granted = flows.take(token);
      if (granted === undefined) return json([], 404);
      return json({ ...granted });
    },
    /** The page of a login begun at `begin`. */
    page: (request: Request, context: RequestContext): Promise<Response> | Response => {
      const flow = flows.find(context.path.slice(flowPath.length));
      if (flow === undefined) return expiredPage();
      const app = labelOf(flow.userAgent);
      return visit({
        request,
        context,
        app,
        address: flow.address,
        server: flow.server,
        grant: (result) => {
          flows.end(flow, result);
          return connectedPage(app);
        },
        deny: () => {
          flows.end(flow);
          return deniedPage(app);
        },
      });
    },
    /** The older way: an app shows this page in a view of its own and reads the address that it ends at. */
    legacyPage: (request: Request, context: RequestContext): Promise<Response> => {
      const app = labelOf(request.headers.get("user-agent") ?? "");
      const server = originOf(request);
      return visit({
        request,
        context,
        app,
        address: undefined,
        server,
        grant: ({ loginName, appPassword }) =>
          redirect(`nc://login/server:${server}&user:${loginName}&password:${appPassword}`),
        deny: () => deniedPage(app),
      });
    },
    /** `core/getapppassword`: an app password for somebody who came with their password. */
    exchange: async ({ request, context, form }: OcsCall, actor: Actor): Promise<OcsValue | Response> => {
      if (actor.via !== "password") return ocsFailure(form, 403, 403, "This is an app password already.");
      return { apppassword: await makePassword(request, context, actor) };
    },
    /** `DELETE core/apppassword`: an app logs itself out. */
    revoke: async ({ form }: OcsCall, actor: Actor): Promise<OcsValue | Response> => {
      if (actor.via !== "app-password" || actor.credentialId === null) {
        return ocsFailure(form, 403, 403, "This is no app password.");
      }
      appPasswords.revoke(actor.userId, actor.credentialId);
      deps.invalidate(actor.userId);
      await db.sync();
      return [];
    },
  };
}

/** What stands between a person and a new app password; undefined when nothing does but their word. */
function obstacle({ clock }: LoginDeps, app: string, actor: Actor, person: Person): Response | undefined {
  if (actor.mustSetUpFactor === true) return secondFactorPage(app);
  try {
    requireFreshFactor(actor, clock);
    return undefined;
  } catch {
    return confirmPage(app, person);
  }
}

function labelOf(userAgent: string): string {
  const name = deviceNameOf(userAgent);
  return name === "" ? "An app" : name;
}

function json(value: unknown, status = 200): Response {
  return Response.json(value, { status, headers: { "cache-control": "no-store" } });
}

function redirect(location: string): Response {
  return new Response(null, { status: 303, headers: { location, "cache-control": "no-store" } });
}
