import { clashGuard, contentResponse, createVisibleSizes, ensureFolder } from "#apps/files/browse";
import type { LinkVisits, LiveLink } from "#apps/files/links";
import {
  type Dav,
  davOptions,
  encodePathBelow,
  multistatusClose,
  multistatusOpen,
  parsePathBelow,
  readAnnounced,
  readDepth,
  readMtimeMs,
  readPropertyQuery,
  readXml,
  renderError,
  writtenHeaders,
  xmlResponse,
} from "#apps/files/webdav";
import { AppError } from "#platform/errors";
import type { RequestContext, Route } from "#platform/http";
import type { Guard, NodeInfo } from "#storage/primary";
import { nextcloudTable, type RowSource } from "./properties.ts";

export interface PublicFilesDeps {
  readonly dav: Dav;
  readonly visits: LinkVisits;
}

const prefix = "/public.php/";
const newRoot = "/public.php/dav/files";
const oldRoot = "/public.php/webdav";
/** A reader may pause so long, as a laptop that sleeps. */
const idleSeconds = 240;

interface Visit {
  readonly request: Request;
  readonly context: RequestContext;
  readonly live: LiveLink;
  /** What the addresses of the answer begin with. */
  readonly root: string;
  readonly names: readonly string[];
}

type Method = (deps: PublicFilesDeps, visit: Visit) => Promise<Response> | Response;
const lookMethods: Readonly<Record<string, Method>> = { PROPFIND: list, GET: read, HEAD: read };
const dropMethods: Readonly<Record<string, Method>> = { PUT: drop };

/**
 * What a link shows or takes, over WebDAV: `/public.php/dav/files/TOKEN`, with the password of the link as any user's, and the older
 * `/public.php/webdav`, where the token is the user. A link can do here what it can do on its page, and no more.
 */
export function publicFilesRoute(deps: PublicFilesDeps): Route {
  return {
    prefix,
    secretPath: true,
    ownCredentials: true,
    renderError,
    handle: async (request, context) => {
      if (request.method === "OPTIONS") return davOptions();
      const { token, password, root } = addressOf(request, context.path);
      const { names } = parsePathBelow(root, context.path);
      const live = await deps.visits.enter(token, password, context);
      const methods = live.link.mode === "view" ? lookMethods : dropMethods;
      const method = methods[request.method];
      if (method !== undefined) return method(deps, { request, context, live, root, names });
      const isKnown = request.method in lookMethods;
      if (live.link.mode === "upload" && isKnown)
        throw new AppError("forbidden", "This link takes files and shows none.");
      throw new AppError("method-not-allowed", "This link does not allow that.");
    },
  };
}

function addressOf(request: Request, path: string): { token: string; password: string; root: string } {
  const shown = basicOf(request.headers.get("authorization"));
  if (path === oldRoot || path.startsWith(`${oldRoot}/`)) {
    if (shown === undefined) throw new AppError("unauthenticated", "The user is the token of the link.");
    return { token: shown.user, password: shown.password, root: oldRoot };
  }
  const token = path.startsWith(`${newRoot}/`) ? (path.slice(newRoot.length + 1).split("/", 1)[0] ?? "") : "";
  if (token === "") throw new AppError("not-found");
  return { token, password: shown?.password ?? "", root: `${newRoot}/${token}` };
}

function basicOf(header: string | null): { user: string; password: string } | undefined {
  const encoded = /^basic +(\S{1,4000})$/i.exec(header ?? "")?.[1];
  if (encoded === undefined) return undefined;
  const [, user = "", password = ""] =
    /^([^:]*):?([\s\S]*)$/.exec(Buffer.from(encoded, "base64").toString("utf8")) ?? [];
  return { user, password };
}

/** The node at a path below the link. Throws the same `not-found` for what is hidden and what is missing. */
function nodeAt({ dav, visits }: PublicFilesDeps, { live, names }: Visit): NodeInfo {
  const { storage } = dav;
  let node: NodeInfo | undefined = visits.within(live, live.node.id);
  if (node.kind === "file" && names.length === 1 && names[0] === node.name) return node;
  for (const name of names) {
    const child: NodeInfo | undefined = node.kind === "folder" ? storage.child(node.id, name) : undefined;
    if (child === undefined) throw new AppError("not-found");
    node = visits.within(live, child.id);
  }
  return storage.refresh(node.id);
}

async function list(deps: PublicFilesDeps, visit: Visit): Promise<Response> {
  const { dav, visits } = deps;
  const depth = readDepth(visit.request, 1);
  const query = readPropertyQuery(await readXml(visit.request), nextcloudTable);
  visits.requireDownloadsLeft(visit.live);
  const node = nodeAt(deps, visit);
  if (depth === "infinity") throw new AppError("forbidden", "A listing goes one level deep: send Depth 0 or 1.");
  const { sight } = visit.live;
  const entries = depth === 0 || node.kind === "file" ? [] : dav.storage.children(node.id, sight.entries);
  const sized = createVisibleSizes(dav.storage, sight);
  const source = createSource();
  const base = encodePathBelow(visit.root, visit.names);
  const rowOf = (row: NodeInfo, href: string) =>
    `<d:response><d:href>${href}${row.kind === "folder" ? "/" : ""}</d:href>${query.render(row, [], source)}</d:response>`;
  const rows = entries.map((entry) => rowOf(sized(entry), encodePathBelow(base, [entry.name])));
  return xmlResponse(207, multistatusOpen + rowOf(sized(node), base) + rows.join("") + multistatusClose);
}

/** Nobody's: of rights only reading is left, and whose files these are is told to nobody. */
function createSource(): RowSource {
  return {
    lockDiscovery: () => "<d:lockdiscovery/>",
    quota: () => ({ usedBytes: 0, availableBytes: 0 }),
    rights: () => ({ canWrite: false, canShare: false, canLeave: false }),
    isFavorite: () => false,
    isForeign: () => true,
    fingerprint: () => undefined,
    mountType: () => undefined,
    owner: () => ({ id: "", displayName: "" }),
    shareTypes: () => [],
  };
}

async function read(deps: PublicFilesDeps, visit: Visit): Promise<Response> {
  const { request, context, live } = visit;
  const node = nodeAt(deps, visit);
  if (node.kind === "folder")
    throw new AppError("method-not-allowed", "A folder has no content; list it with PROPFIND.");
  await deps.visits.count(live, node, request, context);
  context.setIdleTimeout(idleSeconds);
  // As on the page of the link: what a stranger put there must never run as a page of this site.
  return contentResponse(request, deps.dav.storage, node, deps.visits.permit(live, node));
}

/** Whoever hands in files sees none: names that are taken are numbered, and nothing is told of what is there. */
async function drop({ dav, visits }: PublicFilesDeps, visit: Visit): Promise<Response> {
  const { request, context, live, names } = visit;
  const { storage } = dav;
  const name = names.at(-1);
  if (name === undefined) throw new AppError("method-not-allowed", "A file needs a name.");
  if (request.headers.has("content-range")) throw new AppError("bad-request", "A PUT of a part is not supported.");
  const actor = visits.visitor(live);
  const authorize = (folder: NodeInfo) => {
    const isOpen = live.mayPut(visits.within(live, folder.id).id);
    if (!isOpen) throw new AppError("forbidden", "Nothing can be put there.");
  };
  authorize(live.node);
  const modifiedAtMs = readMtimeMs(request);
  const announced = readAnnounced(request);
  const folder = await ensureFolder(storage, live.node.id, names.slice(0, -1), { actor, avoidFiles: true, authorize });
  context.setIdleTimeout(idleSeconds);
  const free = { parentId: folder.id, name: storage.freeName({ parentId: folder.id, name }) };
  const permit = visits.permit(live, live.node);
  const requireHeld = context.limitTo(permit);
  const isFree = clashGuard(false);
  const guard: Guard = (existing) => {
    requireHeld();
    isFree(existing);
  };
  const { node } = await storage.put(free, request.body, { actor, guard, modifiedAtMs, ...announced });
  return new Response(null, { status: 201, headers: writtenHeaders(node, modifiedAtMs) });
}
