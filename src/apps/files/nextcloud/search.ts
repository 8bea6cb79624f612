import { type Call, davChild, isDav, readPropertyQuery, readXml, respondWithFound } from "#apps/files/webdav";
import type { Search } from "#apps/files/search";
import { AppError } from "#platform/errors";
import type { Actor } from "#platform/usecase";
import type { NodeInfo } from "#storage/primary";
import { selected } from "./favorites-report.ts";
import { nextcloudTable } from "./properties.ts";
import { type Conditions, readConditions } from "./search-conditions.ts";
import type { SurfaceDeps } from "./surface.ts";

const maxResults = 1000;
const defaultResults = 200;
/** Newest files that are looked through for what the index cannot tell. */
const maxCandidates = 5_000;

export interface SearchDeps extends SurfaceDeps {
  readonly look: Search["look"];
}

/** SEARCH with `d:basicsearch` (RFC 5323): files by name, by id, or photos and films of a span of time, newest first. */
export async function searchFiles(deps: SearchDeps, call: Call): Promise<Response> {
  const root = await readXml(call.request);
  const search = root !== undefined && isDav(root, "searchrequest") ? davChild(root, "basicsearch") : undefined;
  if (search === undefined) throw new AppError("bad-request", "The body is no searchrequest with a basicsearch.");
  const select = davChild(search, "select");
  const query = readPropertyQuery(selected(select && davChild(select, "prop")), nextcloudTable);
  const conditions = readConditions(davChild(search, "where"));
  const limitText = davChild(davChild(search, "limit") ?? search, "nresults")?.text ?? "";
  const limit = Math.min(Number.parseInt(limitText, 10) || defaultResults, maxResults);
  const marked = deps.favorites.of(call.actor.userId);
  const nodes = await candidates(deps, call.actor, conditions);
  const found = nodes.filter((node) => conditions.matches(node, marked.has(node.id))).slice(0, limit);
  return respondWithFound(deps.dav, call, query, found);
}

async function candidates(
  { dav, look }: SearchDeps,
  actor: Actor,
  { nodeId, wish }: Conditions,
): Promise<readonly NodeInfo[]> {
  const { storage, access } = dav;
  if (nodeId !== undefined) {
    const node = Number.isSafeInteger(nodeId) ? storage.node(nodeId) : undefined;
    const isShown = node !== undefined && access.can(actor, "read", { spaceId: node.spaceId, nodeId: node.id });
    return isShown ? [node] : [];
  }
  const { hits } = await look(actor, { wish, inText: false, limit: maxCandidates });
  return hits.map(({ node }) => node);
}
