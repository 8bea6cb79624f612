import { AppError, toAppError } from "#platform/errors";
import { type HttpHandler, readText, type Route } from "#platform/http";
import type { Logger } from "#platform/log";
import type { Actor } from "#platform/usecase";
import { ZodError } from "zod";
import { render, type Tree } from "./answer.ts";
import type { Endpoints } from "./call.ts";
import { codeOf, codes, Failure } from "./failure.ts";
import { type Params, paramsOf } from "./params.ts";

export interface RoutesDeps {
  readonly endpoints: Endpoints;
  /** What may be asked without a login. */
  readonly open: Endpoints;
  readonly authenticate: (params: Params, request: Request, address: string) => Promise<Actor>;
  readonly mayKeep: (actor: Actor) => boolean;
  readonly serverVersion: string;
  readonly log: Logger;
}

const prefix = "/rest/";
const maxFormBytes = 1024 * 1024;

export function subsonicRoutes(deps: RoutesDeps): Route[] {
  return [{ prefix, ownCredentials: true, handle: handlerOf(deps) }];
}

function handlerOf(deps: RoutesDeps): HttpHandler {
  const version = { server: deps.serverVersion };
  return async (request, context) => {
    const { method } = request;
    if (method !== "GET" && method !== "HEAD" && method !== "POST") throw new AppError("method-not-allowed");
    const params = paramsOf(await sent(request));
    const form = params.text("f") === "json" ? "json" : "xml";
    const fail = (code: number, message: string) => render(form, { error: { code, message } }, version, false);
    try {
      const name = context.path.slice(prefix.length).replace(/\.view$/, "");
      const open = endpointIn(deps.open, name);
      const endpoint = open ?? endpointIn(deps.endpoints, name);
      if (endpoint === undefined) return fail(codes.generic, `This server does not know ${name.slice(0, 60)}.`);
      const actor = open === undefined ? await allowed(deps, params, request, context.address) : await context.actor();
      const client = (params.text("c") ?? "a music app").slice(0, 100);
      const answer = await endpoint({ actor, params, request, client, mayKeep: deps.mayKeep(actor) });
      return answer instanceof Response ? answer : render(form, answer satisfies Tree, version);
    } catch (thrown) {
      if (thrown instanceof Failure) return fail(thrown.code, thrown.message);
      if (thrown instanceof ZodError) return fail(codes.generic, thrown.issues[0]?.message ?? "This cannot be done.");
      const error = toAppError(thrown);
      if (error.code === "internal") context.log.error("a music app was not answered", { cause: error });
      return fail(codeOf(error.code), error.code === "internal" ? "The server has failed." : error.detail);
    }
  };
}

const endpointIn = (endpoints: Endpoints, name: string) =>
  Object.hasOwn(endpoints, name) ? endpoints[name] : undefined;

async function allowed(deps: RoutesDeps, params: Params, request: Request, address: string): Promise<Actor> {
  const actor = await deps.authenticate(params, request, address);
  if (!actor.capabilities.has("files.use")) throw new AppError("forbidden");
  return actor;
}

/** Parameters of the address, and of a form where there is one (extension `formPost`). */
async function sent(request: Request): Promise<URLSearchParams> {
  const params = new URL(request.url).searchParams;
  const isForm = request.headers.get("content-type")?.toLowerCase().startsWith("application/x-www-form-urlencoded");
  if (request.method !== "POST" || !isForm) return params;
  for (const [name, value] of new URLSearchParams(await readText(request, maxFormBytes))) params.append(name, value);
  return params;
}
