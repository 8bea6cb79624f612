import { requirePerson } from "#apps/files/webdav";
import { AppError } from "#platform/errors";
import { requireSameOrigin, type RequestContext, type Route } from "#platform/http";
import type { Actor } from "#platform/usecase";
import { ocsAnswer, ocsError, ocsFailure, type OcsForm, type OcsValue, readOcsForm } from "./ocs.ts";

export interface OcsCall {
  readonly request: Request;
  readonly context: RequestContext;
  readonly form: OcsForm;
  /** Of the query and, for a form body, of the body. */
  readonly query: URLSearchParams;
  /** What follows the operation's own path, without slashes around it. */
  readonly rest: string;
}

export type OcsHandler = (call: OcsCall, actor: Actor) => Promise<OcsValue | Response> | OcsValue | Response;

export interface OcsOperation {
  /** `GET cloud/user`; with `/*` at its end it takes everything below as well. */
  readonly key: string;
  /** Answers also whom it does not know. */
  readonly isOpen?: boolean;
  readonly handle: OcsHandler;
}

const base = /^\/ocs\/v[12]\.php\/+/;
const emptyLists = [
  "GET config",
  "GET core/navigation/apps",
  "GET core/autocomplete/get",
  "GET apps/notifications/api/v1/notifications",
  "GET apps/notifications/api/v2/notifications",
  "GET apps/activity/api/v2/activity",
  "GET apps/activity/api/v2/activity/all",
  "GET apps/dashboard/api/v1/widgets",
  "GET apps/external/api/v1",
];

/** What clients ask for at their start and can do without: an empty list, where an error would make them try for ever. */
const safeStubs: readonly OcsOperation[] = emptyLists.map((key) => ({ key, handle: () => [] }));

/** `/ocs/v1.php/…` and `/ocs/v2.php/…`; what is unknown is 404, for a client must not take it for something that is there. */
export function ocsRoute(operations: readonly OcsOperation[]): Route {
  const exact = new Map([...safeStubs, ...operations].map((operation) => [operation.key, operation]));
  const below = operations.filter(({ key }) => key.endsWith("/*"));
  const find = (key: string): readonly [OcsOperation, string] | undefined => {
    const found = exact.get(key);
    if (found !== undefined) return [found, ""];
    const parent = below.find((operation) => key.startsWith(operation.key.slice(0, -1)));
    return parent && [parent, key.slice(parent.key.length - 1)];
  };
  const answer = async (request: Request, context: RequestContext, form: OcsForm): Promise<Response> => {
    // A browser sends a password that it remembers along with what other sites ask; a GET makes an app password here.
    if (["sec-fetch-site", "origin"].some((name) => request.headers.has(name))) requireSameOrigin(request);
    if (!base.test(context.path)) return ocsFailure(form, 404, 998, "Invalid query");
    const path = context.path.replace(base, "").replace(/\/+$/, "");
    const found = find(`${request.method === "HEAD" ? "GET" : request.method} ${path}`);
    if (found?.[0].isOpen !== true) requirePerson(await context.actor());
    if (found === undefined) return ocsFailure(form, 404, 998, "Invalid query");
    const [operation, rest] = found;
    const actor = await context.actor();
    const query = new URL(request.url).searchParams;
    const data = await operation.handle({ request, context, form, query, rest }, actor);
    return data instanceof Response ? data : ocsAnswer(form, data);
  };
  return {
    prefix: "/ocs/",
    handle: (request, context) => answer(request, context, readOcsForm(request, context.path)),
    renderError: (error, request) => ocsError(readOcsForm(request, new URL(request.url).pathname), error),
  };
}

/** The person behind an operation that an open one was asked for with. Throws `unauthenticated`. */
export function known<T>(value: T | undefined): T {
  if (value === undefined) throw new AppError("unauthenticated");
  return value;
}
