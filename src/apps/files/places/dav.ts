import {
  type Addresses,
  createPropertyTable,
  encodePathBelow,
  escapeXml,
  multistatusClose,
  multistatusOpen,
  parsePathBelow,
  type PropertySource,
  readAnnounced,
  readDepth,
  readDestination,
  readMtimeMs,
  readOverwrite,
  readPropertyQuery,
  readXml,
  renderError,
  requirePerson,
  xmlResponse,
} from "#apps/files/webdav";
import { AppError } from "#platform/errors";
import type { RequestContext, Route } from "#platform/http";
import type { Actor } from "#platform/usecase";
import type { RemoteEntry } from "#storage/external";
import type { NodeInfo } from "#storage/primary";
import { contentResponse } from "./content-route.ts";
import type { Directory } from "./directory.ts";
import { cleanPath, parentOf } from "./paths.ts";
import { etagOf } from "./present.ts";
import type { PlaceRow, PlacesRepository } from "./repository.ts";
import type { PlaceRights } from "./rights.ts";
import type { Stage } from "./stage.ts";

export interface PlacesDavDeps {
  readonly repository: PlacesRepository;
  readonly rights: PlaceRights;
  readonly directory: Directory;
  readonly stage: Stage;
}

const davPrefix = "/dav";
const listName = "places";
const idleSeconds = 240;

const addresses: Addresses = {
  parse: (rawPath) => parsePathBelow(davPrefix, rawPath),
  href: (names) => encodePathBelow(davPrefix, names),
};

const nothing = () => undefined;
const unknownHere = [
  ...["supportedlock", "lockdiscovery", "quota-available-bytes", "quota-used-bytes"].map((name) => ["DAV:", name]),
  ...["id", "fileid", "permissions"].map((name) => ["http://owncloud.org/ns", name]),
];
/** What another server's files have no answer to is not said: ids that stay, quota, locks. */
const table = createPropertyTable(
  unknownHere.map(([namespace = "", name = ""]) => ({ namespace, name, isCommon: false, render: nothing })),
);
const noSource: PropertySource = {
  lockDiscovery: () => "",
  quota: () => ({ usedBytes: 0, availableBytes: 0 }),
  rights: () => ({ canWrite: false, canShare: false, canLeave: false }),
};

interface Target {
  readonly place: PlaceRow;
  readonly path: string;
}

interface Call {
  readonly request: Request;
  readonly context: RequestContext;
  readonly actor: Actor;
  readonly target: Target;
}

/** WebDAV class 1 (RFC 4918) at `/dav/places/NAME/`: what clients without locks need. An offline place answers 503. */
export function createPlacesDav(deps: PlacesDavDeps): Route {
  const { repository, rights } = deps;
  const targetOf = (actor: Actor, [, placeName = "", ...names]: readonly string[]): Target => {
    const place = rights.readableByName(actor, placeName);
    return { place, path: cleanPath(names.join("/")) };
  };
  const methods = methodsOf(deps, targetOf);
  const handle = async (request: Request, context: RequestContext): Promise<Response> => {
    if (request.method === "OPTIONS") return options(methods);
    const actor = requirePerson(await context.actor());
    context.setIdleTimeout(idleSeconds);
    const { names } = addresses.parse(context.path);
    if (names[0] !== listName) throw new AppError("not-found");
    if (names.length === 1) {
      if (request.method !== "PROPFIND") throw new AppError("method-not-allowed");
      const places = repository.all().filter((place) => rights.canRead(actor, place));
      const entries = places.map(({ name }): RemoteEntry => ({
        name,
        kind: "folder",
        sizeBytes: 0,
        modifiedAtMs: null,
      }));
      return propfind(request, names, folder(listName), async () => entries);
    }
    const method = methods[request.method];
    if (method === undefined) throw new AppError("method-not-allowed");
    return method({ request, context, actor, target: targetOf(actor, names) });
  };
  return { prefix: `${davPrefix}/${listName}`, handle, renderError };
}

type Methods = Readonly<Record<string, (call: Call) => Promise<Response>>>;

function options(methods: Methods): Response {
  const allow = ["OPTIONS", ...Object.keys(methods)].join(", ");
  return new Response(null, { headers: { dav: "1", allow, "ms-author-via": "DAV", "accept-ranges": "bytes" } });
}

const folder = (name: string): RemoteEntry => ({ name, kind: "folder", sizeBytes: 0, modifiedAtMs: null });

function methodsOf(deps: PlacesDavDeps, targetOf: (actor: Actor, names: readonly string[]) => Target): Methods {
  const { rights, directory } = deps;
  const find = (place: PlaceRow, path: string) =>
    directory.entry(place, path).catch((thrown: unknown) => {
      if (thrown instanceof AppError && thrown.code === "not-found") return undefined;
      throw thrown;
    });
  /** What stands at the target; its folder is there. */
  const requireSpot = async ({ place, path }: Target): Promise<RemoteEntry | undefined> => {
    if (path === "") throw new AppError("forbidden", "This is the place itself.");
    const parent = await find(place, parentOf(path));
    if (parent?.kind !== "folder") throw new AppError("conflict", "The folder does not exist.");
    return find(place, path);
  };
  const get = async ({ request, context, actor, target: { place, path } }: Call) => {
    const entry = await directory.entry(place, path);
    return contentResponse(
      request,
      context,
      directory,
      { place, path, entry, download: false },
      rights.permit(actor, place),
    );
  };
  const relocate = async (call: Call) => {
    const { request, actor, target } = call;
    const { names } = readDestination(request, addresses);
    if (names[0] !== listName || names.length < 3)
      throw new AppError("forbidden", "From a place, things go to the same place.");
    const to = targetOf(actor, names);
    if (to.place.id !== target.place.id) throw new AppError("forbidden", "From a place, things go to the same place.");
    rights.requireWritable(actor, to.place);
    const entry = await directory.entry(target.place, target.path);
    const existing = await requireSpot(to);
    if (target.path === "" || to.path === target.path || `${to.path}/`.startsWith(`${target.path}/`)) {
      throw new AppError("forbidden", "A folder cannot be moved into itself.");
    }
    if (existing !== undefined && !readOverwrite(request)) throw new AppError("precondition-failed");
    if (existing?.kind === "folder") throw new AppError("conflict", "A folder stands at the target.");
    if (request.method === "COPY") {
      if (entry.kind === "folder") throw new AppError("forbidden", "Folders are copied on the page.");
      await copyFile(deps, target, to.path, entry.sizeBytes, request.signal);
    } else {
      if (existing !== undefined) await directory.change(to.place, (remote) => remote.removeFile(to.path));
      await directory.change(to.place, (remote) => remote.move(target.path, to.path, entry.kind));
    }
    return new Response(null, { status: existing === undefined ? 201 : 204 });
  };
  return {
    GET: get,
    HEAD: get,
    PROPFIND: async ({ request, target: { place, path } }) => {
      const entry = await directory.entry(place, path);
      // The place itself is asked for, so that one that is offline does not look like an empty folder.
      const list = async () => (await directory.list(place, path)).entries;
      if (path === "") await list();
      return propfind(request, [listName, place.name, ...(path === "" ? [] : path.split("/"))], entry, list);
    },
    PUT: async (call) => {
      const { request, actor, target } = call;
      rights.requireWritable(actor, target.place);
      if (request.headers.has("content-range")) throw new AppError("bad-request", "A PUT of a part is not supported.");
      const existing = await requireSpot(target);
      if (existing?.kind === "folder") throw new AppError("method-not-allowed", "A folder stands there.");
      await putBody(deps, call);
      const entry = await find(target.place, target.path);
      const headers: Record<string, string> = entry === undefined ? {} : { etag: `"${etagOf(entry)}"` };
      return new Response(null, { status: existing === undefined ? 201 : 204, headers });
    },
    MKCOL: async ({ request, actor, target }) => {
      rights.requireWritable(actor, target.place);
      if (request.body !== null && request.headers.get("content-length") !== "0")
        throw new AppError("unsupported-type");
      if (target.path === "" || (await requireSpot(target)) !== undefined) throw new AppError("method-not-allowed");
      await directory.change(target.place, (remote) => remote.makeFolder(target.path));
      return new Response(null, { status: 201 });
    },
    DELETE: async ({ actor, target: { place, path } }) => {
      rights.requireWritable(actor, place);
      if (path === "") throw new AppError("forbidden", "A place is forgotten on the page.");
      const { kind } = await directory.entry(place, path);
      const remove = kind === "folder" ? "removeFolder" : "removeFile";
      await directory.change(place, (remote) => remote[remove](path));
      return new Response(null, { status: 204 });
    },
    MOVE: async (call) => {
      rights.requireWritable(call.actor, call.target.place);
      return relocate(call);
    },
    COPY: relocate,
  };
}

/** The body waits on this machine's disk until it is whole, so that half a file never replaces one over there. */
async function putBody({ rights, directory, stage }: PlacesDavDeps, call: Call): Promise<void> {
  const { request, context, actor, target } = call;
  const { place, path } = target;
  const { sizeBytes } = readAnnounced(request);
  const mtimeMs = readMtimeMs(request);
  stage.requireSpace(sizeBytes ?? 0);
  const requireHeld = context.limitTo({ actor, holds: (now) => rights.writable(now, place.id).id === place.id });
  const name = stage.newName();
  try {
    const received = await stage.write(name, 0, request.body ?? new Blob([]).stream());
    if (sizeBytes !== undefined && received !== sizeBytes) throw new AppError("length-mismatch");
    if (mtimeMs !== undefined) stage.setTime(name, mtimeMs);
    requireHeld();
    await directory.change(place, (remote) => remote.put(stage.pathOf(name), path));
  } finally {
    stage.remove(name);
  }
}

async function copyFile(
  { directory, stage }: PlacesDavDeps,
  { place, path }: Target,
  to: string,
  sizeBytes: number,
  signal: AbortSignal,
): Promise<void> {
  stage.requireSpace(sizeBytes);
  const name = stage.newName();
  try {
    const { stream } = await directory.ask(place, (remote) => remote.open(path, sizeBytes, undefined, signal));
    await stage.write(name, 0, stream);
    await directory.change(place, (remote) => remote.put(stage.pathOf(name), to));
  } finally {
    stage.remove(name);
  }
}

async function propfind(
  request: Request,
  names: readonly string[],
  self: RemoteEntry,
  list: () => Promise<readonly RemoteEntry[]>,
): Promise<Response> {
  const depth = readDepth(request, "infinity");
  const query = readPropertyQuery(await readXml(request), table);
  if (depth === "infinity" && self.kind === "folder") {
    throw new AppError("forbidden", "A listing goes one level deep: send Depth 0 or 1.");
  }
  const children = depth === 0 || self.kind === "file" ? [] : await list();
  const base = addresses.href(names);
  const row = (entry: RemoteEntry, href: string) => {
    const slash = entry.kind === "folder" ? "/" : "";
    return `<d:response><d:href>${href}${slash}</d:href>${query.render(nodeOf(entry), [], noSource)}</d:response>`;
  };
  const rows = children.map((entry) => row(entry, `${base}/${escapeXml(encodeURIComponent(entry.name))}`));
  return xmlResponse(
    207,
    multistatusOpen + row({ ...self, name: names.at(-1) ?? "" }, base) + rows.join("") + multistatusClose,
  );
}

/** In the form that properties are made of; it has no id, and nothing can hang on it. */
function nodeOf(entry: RemoteEntry): NodeInfo {
  const { name, kind, sizeBytes, modifiedAtMs } = entry;
  const atMs = modifiedAtMs ?? 0;
  const times = { modifiedAtMs: atMs, createdAtMs: atMs, etag: etagOf(entry) };
  return { ...times, name, kind, sizeBytes, id: 0, spaceId: 0, parentId: null, count: 0, sha1: null };
}
