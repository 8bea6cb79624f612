import { type Call, davChild, isDav, readPropertyQuery, readXml, respondWithFound } from "#apps/files/webdav";
import { AppError } from "#platform/errors";
import type { Actor } from "#platform/usecase";
import type { NodeFilter, NodeInfo } from "#storage/primary";
import { selected } from "./favorites-report.ts";
import { nextcloudTable } from "./properties.ts";
import { type Conditions, readConditions } from "./search-conditions.ts";
import type { SurfaceDeps } from "./surface.ts";

const maxResults = 1000;
const defaultResults = 200;
/** Newest files that are looked through when no part of a name is given. */
const maxCandidates = 10_000;

/** SEARCH with `d:basicsearch` (RFC 5323): files by name, by id, or photos and films of a span of time, newest first. */
export async function searchFiles(deps: SurfaceDeps, call: Call): Promise<Response> {
  const root = await readXml(call.request);
  const search = root !== undefined && isDav(root, "searchrequest") ? davChild(root, "basicsearch") : undefined;
  if (search === undefined) throw new AppError("bad-request", "The body is no searchrequest with a basicsearch.");
  const select = davChild(search, "select");
  const query = readPropertyQuery(selected(select && davChild(select, "prop")), nextcloudTable);
  const conditions = readConditions(davChild(search, "where"));
  const limitText = davChild(davChild(search, "limit") ?? search, "nresults")?.text ?? "";
  const limit = Math.min(Number.parseInt(limitText, 10) || defaultResults, maxResults);
  const marked = deps.favorites.of(call.actor.userId);
  const found = candidates(deps, call.actor, conditions)
    .filter((node) => conditions.matches(node, marked.has(node.id)))
    .slice(0, limit);
  return respondWithFound(deps.dav, call, query, found);
}

function candidates({ dav }: SurfaceDeps, actor: Actor, { nodeId, words, filter }: Conditions): readonly NodeInfo[] {
  const { storage, access } = dav;
  if (nodeId !== undefined) {
    const node = Number.isSafeInteger(nodeId) ? storage.node(nodeId) : undefined;
    const isShown = node !== undefined && access.can(actor, "read", { spaceId: node.spaceId, nodeId: node.id });
    return isShown ? [node] : [];
  }
  const entries = access.entriesFor(actor.userId);
  const letIn = entries.flatMap(({ resource }) =>
    resource.kind === "node" ? (storage.node(resource.id)?.spaceId ?? []) : [],
  );
  const spaceIds = [...new Set([...access.spacesOf(actor.userId).map(({ spaceId }) => spaceId), ...letIn])];
  return storage.search({
    spaceIds,
    // Every photo and film has an extension.
    words: words.length === 0 ? ["."] : words,
    limit: maxCandidates,
    filter: bothOf(filter, access.sightOf(actor).tree),
  });
}

function bothOf(a: NodeFilter | undefined, b: NodeFilter | undefined): NodeFilter | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return { sql: `(${a.sql}) AND (${b.sql})`, params: [...a.params, ...b.params] };
}
