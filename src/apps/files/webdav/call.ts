import type { RequestContext } from "#platform/http";
import type { Actor } from "#platform/usecase";
import { type ConditionList, parseIfHeader, submittedTokens } from "./if-header.ts";
import type { DavPath } from "./path.ts";
import type { Surface } from "./surface.ts";

/** One request, read as far as every method needs it. */
export interface Call {
  readonly request: Request;
  readonly context: RequestContext;
  readonly actor: Actor;
  readonly surface: Surface;
  readonly path: DavPath;
  /** Lists of the If header; empty without one. */
  readonly ifLists: readonly ConditionList[];
  readonly submitted: ReadonlySet<string>;
}

const noLists: readonly ConditionList[] = [];
const noTokens: ReadonlySet<string> = new Set();

/**
 * Throws `bad-request` for a path or an If header that cannot be read. `path` is given when the request is about another address
 * than its own.
 */
export function readCall(
  request: Request,
  context: RequestContext,
  actor: Actor,
  surface: Surface,
  path: DavPath = surface.addresses.parse(context.path),
): Call {
  const header = request.headers.get("if");
  if (header === null) return { request, context, actor, surface, path, ifLists: noLists, submitted: noTokens };
  const ifLists = parseIfHeader(header);
  return { request, context, actor, surface, path, ifLists, submitted: submittedTokens(ifLists) };
}
