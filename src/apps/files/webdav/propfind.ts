import { at, createVisibleSizes } from "#apps/files/browse";
import { createLruMap, type LruMap } from "#platform/lru";
import type { NodeInfo } from "#storage/primary";
import type { Call } from "./call.ts";
import { DavError } from "./errors.ts";
import { readDepth } from "./headers.ts";
import { createListingCache, type ListingCache } from "./listing-cache.ts";
import type { Dav } from "./dav.ts";
import { encodeName } from "./path.ts";
import { type PropertyQuery, readPropertyQuery } from "./property-query.ts";
import { createPropertySource } from "./property-source.ts";
import type { Surface } from "./surface.ts";
import type { DeadProperty } from "./repository.ts";
import { locate, requireNode } from "./target.ts";
import { listEntries, listNode } from "./virtual.ts";
import { parseXml, readXmlText } from "./xml-read.ts";
import { multistatusClose, multistatusOpen, xmlResponse } from "./xml-write.ts";

const cacheBudgetBytes = 24 * 1024 * 1024;
const maxKeptQueries = 64;
const maxKeptQueryLength = 4096;
/** Listings up to this many rows are rendered in one go; longer ones are streamed. */
const maxRowsAtOnce = 2000;
const chunkLength = 64 * 1024;

interface NumberedQuery extends PropertyQuery {
  /** Undefined when the query is too large to be kept, and its listings with it. */
  readonly id: number | undefined;
}

interface Listing {
  readonly names: readonly string[];
  readonly base: string;
  readonly self: NodeInfo;
  /** Undefined when only the folder itself is asked for. */
  readonly children: readonly NodeInfo[] | undefined;
}

/** PROPFIND (RFC 4918 §9.1) with its caches: of parsed bodies, and of rendered listings. */
export function createPropfind(): (dav: Dav, call: Call) => Promise<Response> {
  const queries = new WeakMap<Surface["table"], LruMap<string, NumberedQuery>>();
  const cache = createListingCache(cacheBudgetBytes);
  let nextId = 0;

  const readQuery = async (call: Call): Promise<NumberedQuery> => {
    const text = await readXmlText(call.request);
    const { table } = call.surface;
    const known = queries.get(table) ?? createLruMap<string, NumberedQuery>(maxKeptQueries);
    queries.set(table, known);
    let query = known.get(text);
    if (query === undefined) {
      const isKept = text.length <= maxKeptQueryLength;
      const root = text === "" ? undefined : parseXml(text);
      query = { ...readPropertyQuery(root, table), id: isKept ? nextId++ : undefined };
      if (isKept) known.set(text, query);
    }
    return query;
  };

  return async (dav, call) => {
    const depth = readDepth(call.request, "infinity");
    const query = await readQuery(call);
    dav.checks.requireIf(call);
    const target = locate(dav, call.actor, call.path.names);
    const { names } = target;
    const base = call.surface.addresses.href(names);
    if (target.kind === "list") {
      refuseInfinity(depth === "infinity");
      const self = listNode(dav, call.actor, names);
      const children = depth === 0 ? undefined : listEntries(dav, call.actor, names);
      return respond(dav, call, query, { names, base, self, children });
    }
    const { node } = requireNode(target);
    refuseInfinity(depth === "infinity" && node.kind === "folder");
    const fresh = dav.storage.refresh(node.id);
    // What stands at the top of a space, or was shared, is called as its address says.
    const isTop = node.parentId === null || (names.length === 2 && names[0] === "shared");
    const self = isTop ? { ...fresh, name: names.at(-1) ?? "" } : fresh;
    if (depth === 0 || fresh.kind === "file")
      return respond(dav, call, query, { names, base, self, children: undefined });
    return listFolder(dav, call, query, { names, base, self, cache });
  };
}

function refuseInfinity(isInfinite: boolean): void {
  if (!isInfinite) return;
  throw new DavError("forbidden", "A listing goes one level deep: send Depth 0 or 1.", {
    conditionXml: "<d:propfind-finite-depth/>",
  });
}

function listFolder(
  dav: Dav,
  call: Call,
  query: NumberedQuery,
  { names, base, self, cache }: Omit<Listing, "children"> & { cache: ListingCache },
): Response {
  const key = cacheKey(dav, call, query, self);
  const kept = key === undefined ? undefined : cache.get(`${key} ${base}`);
  if (kept !== undefined) return xmlResponse(207, kept);
  const keep = key === undefined ? undefined : (bytes: Uint8Array<ArrayBuffer>) => cache.set(`${key} ${base}`, bytes);
  const children = dav.storage.children(self.id, dav.access.sightOf(call.actor).entries);
  return respond(dav, call, query, { names, base, self, children }, keep);
}

/** Everything the bytes depend on but the path; undefined when they change by themselves. */
function cacheKey(dav: Dav, call: Call, query: NumberedQuery, self: NodeInfo): string | undefined {
  if (query.id === undefined) return undefined;
  // The time that is left to a lock changes every second.
  if (query.wantsLocks && dav.locks.any()) return undefined;
  const { listing } = call.surface;
  const shown = listing === undefined ? "" : listing.version?.(self, query);
  if (shown === undefined) return undefined;
  const { access } = dav;
  const { actor } = call;
  const rights = `${access.can(actor, "write", at(self))} ${access.can(actor, "share", at(self))}`;
  // People whom entries concern may each see something else there.
  const seenBy = access.isPlain(actor) ? "" : ` ${actor.userId} ${actor.readOnly} ${access.version()}`;
  const dead = query.wantsDead ? dav.properties.version() : 0;
  const quota = query.wantsQuota ? JSON.stringify(createPropertySource(dav, call, self).quota(self.spaceId)) : "";
  // Another program may have changed the time of a folder and nothing in it.
  const content = `${self.id} ${self.etag} ${self.modifiedAtMs}`;
  return `${content} ${query.id} ${dead} ${rights}${seenBy} ${quota} ${shown}`;
}

function respond(
  dav: Dav,
  call: Call,
  query: PropertyQuery,
  listing: Listing,
  keep?: (bytes: Uint8Array<ArrayBuffer>) => void,
): Response {
  const { listing: view } = call.surface;
  const sized = createVisibleSizes(dav.storage, dav.access.sightOf(call.actor));
  const rows = [listing.self, ...(listing.children ?? [])].map(sized);
  const nodes = view?.rows(listing.names, rows, listing.children !== undefined) ?? rows;
  const dead: ReadonlyMap<number, readonly DeadProperty[]> = query.wantsDead
    ? dav.properties.of(nodes.map(({ id }) => id))
    : new Map();
  const ownSource = createPropertySource(dav, call, listing.self);
  const source = view?.source(ownSource, nodes) ?? ownSource;
  const hrefOf = (node: NodeInfo, index: number) => {
    const path = index === 0 ? listing.base : `${listing.base}/${encodeName(node.name)}`;
    return node.kind === "folder" ? `${path}/` : path;
  };
  const rowOf = (node: NodeInfo, index: number) =>
    `<d:response><d:href>${hrefOf(node, index)}</d:href>${query.render(node, dead.get(node.id) ?? [], source)}</d:response>`;
  if (nodes.length > maxRowsAtOnce) return xmlResponse(207, stream(nodes, rowOf, keep));
  let text = multistatusOpen;
  for (const [index, node] of nodes.entries()) text += rowOf(node, index);
  const bytes = Buffer.from(text + multistatusClose);
  keep?.(bytes);
  return xmlResponse(207, bytes);
}

/** Rows in chunks of 64 KB, made when the client reads. */
function stream(
  nodes: readonly NodeInfo[],
  rowOf: (node: NodeInfo, index: number) => string,
  keep?: (bytes: Uint8Array<ArrayBuffer>) => void,
): ReadableStream<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let at = 0;
  return new ReadableStream<Uint8Array>({
    pull: (controller) => {
      let text = at === 0 ? multistatusOpen : "";
      while (text.length < chunkLength && at < nodes.length) {
        text += rowOf(nodes[at] as NodeInfo, at);
        at += 1;
      }
      if (at === nodes.length) text += multistatusClose;
      const chunk = Buffer.from(text);
      if (keep !== undefined) chunks.push(chunk);
      controller.enqueue(chunk);
      if (at < nodes.length) return;
      controller.close();
      keep?.(Buffer.concat(chunks));
    },
  });
}
