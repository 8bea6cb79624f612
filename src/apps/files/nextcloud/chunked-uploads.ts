import { requireQuota } from "#apps/files/uploads";
import {
  type Call,
  davOptions,
  encodePathBelow,
  multistatusClose,
  multistatusOpen,
  openFilePlace,
  parsePathBelow,
  readAnnounced,
  readCall,
  readDepth,
  readDestination,
  readMtimeMs,
  readOverwrite,
  writtenHeaders,
  xmlResponse,
} from "#apps/files/webdav";
import type { Clock } from "#platform/clock";
import { AppError } from "#platform/errors";
import { httpDate, type RequestContext } from "#platform/http";
import type { Actor } from "#platform/usecase";
import type { NodeInfo, Place } from "#storage/primary";
import { davRoot } from "./addresses.ts";
import { chunkOffset, coverage, inOrder } from "./chunk-names.ts";
import { type ChunkedUpload, createChunkRepository } from "./chunk-repository.ts";
import { makeWantedFolders } from "./files.ts";
import { createSurface, type SurfaceDeps } from "./surface.ts";

interface Asked {
  readonly request: Request;
  readonly context: RequestContext;
  readonly actor: Actor;
  /** The folder of the upload. */
  readonly id: string;
  /** A chunk in it, or `.file`; undefined for the folder itself. */
  readonly entry: string | undefined;
}

type Method = (asked: Asked) => Promise<Response> | Response;

const uploadsRoot = `${davRoot}/uploads`;
const readingMethods = new Set(["PROPFIND", "OPTIONS"]);
const longIdleSeconds = 255;
const maxIdLength = 200;
const maxPerPerson = 200;
const maxChunks = 10_000;
/** How long a finished upload is remembered, for a client that missed the answer. */
const rememberedMs = 24 * 3600_000;

export interface ChunkedUploadsDeps extends SurfaceDeps {
  readonly clock: Clock;
}

/**
 * `/remote.php/dav/uploads/USER/ID`: MKCOL opens an upload, each PUT writes a chunk at its final offset, and MOVE of `.file` gives
 * the file its name. Uploads and their chunks outlive a restart; the storage removes what nobody continues for a day.
 */
export function createChunkedUploads(deps: ChunkedUploadsDeps) {
  const { dav, clock } = deps;
  const { storage, db } = dav;
  const repository = createChunkRepository(db);

  /** Undefined also when the storage has removed the bytes meanwhile. */
  const find = (actor: Actor, id: string): ChunkedUpload | undefined => {
    const upload = repository.find(actor.userId, id);
    if (upload === undefined || upload.nodeId !== null || storage.uploads.get(upload.uploadId) !== undefined)
      return upload;
    repository.remove(upload);
    return undefined;
  };
  const requireOpen = ({ actor, id }: Asked): ChunkedUpload => {
    const upload = find(actor, id);
    if (upload === undefined || upload.nodeId !== null) throw new AppError("not-found", "There is no such upload.");
    return upload;
  };
  const sweep = (actor: Actor) => {
    const uploads = repository.ofUser(actor.userId);
    for (const upload of uploads) {
      if (upload.nodeId !== null && upload.createdAtMs < clock.now() - rememberedMs) repository.remove(upload);
      else find(actor, upload.name);
    }
    if (uploads.length >= maxPerPerson && repository.ofUser(actor.userId).length >= maxPerPerson) {
      throw new AppError("too-many-requests", "Too many uploads are open.");
    }
  };
  const callTo = ({ request, context, actor }: Asked): Call => {
    const surface = createSurface(deps, actor, `${davRoot}/files/${actor.name}`);
    return readCall(request, context, actor, surface, readDestination(request, surface.addresses));
  };
  /** Where the bytes are gathered: on the disk of the file to be, when that is known already. */
  const stagePlace = (asked: Asked): Place & { readonly spaceId: number } => {
    if (asked.request.headers.has("destination")) return openFilePlace(dav, callTo(asked)).place;
    const home = dav.findSpace("home", asked.actor.name);
    if (home === undefined) throw new AppError("forbidden", "This account has no home.");
    dav.access.require(asked.actor, "write", { spaceId: home.id });
    return { spaceId: home.id, parentId: home.rootId, name: asked.id };
  };

  const open: Method = async (asked) => {
    const { request, actor, id, entry } = asked;
    const existing = find(actor, id);
    if (entry !== undefined) throw new AppError("forbidden", "An upload holds chunks, no folders.");
    if (existing !== undefined && existing.nodeId === null) {
      throw new AppError("method-not-allowed", "The upload is open already.");
    }
    sweep(actor);
    if (request.headers.has("destination")) await makeWantedFolders(deps, callTo(asked));
    const place = stagePlace(asked);
    const totalBytes = readTotal(request);
    requireQuota(storage, place.spaceId, totalBytes ?? 0);
    const sizeBytes = totalBytes ?? Number.MAX_SAFE_INTEGER;
    const note = JSON.stringify({ owner: `sync:${actor.userId}` });
    const stored = await storage.uploads.create({ place, sizeBytes, modifiedAtMs: null, userId: actor.userId, note });
    if (existing !== undefined) repository.remove(existing);
    repository.insert({ userId: actor.userId, name: id, uploadId: stored.id, totalBytes, createdAtMs: clock.now() });
    await db.sync();
    return new Response(null, { status: 201 });
  };

  const put: Method = async (asked) => {
    const { request, context, entry } = asked;
    if (entry === undefined) throw new AppError("method-not-allowed");
    const upload = requireOpen(asked);
    const chunks = repository.chunks(upload);
    if (chunks.length >= maxChunks) throw new AppError("bad-request", "An upload has at most 10,000 chunks.");
    const { sizeBytes: announced } = readAnnounced(request);
    const offsetHeader = request.headers.get("oc-chunk-offset");
    const offsetBytes = chunkOffset({ name: entry, offsetHeader, sizeBytes: announced }, chunks);
    const stage = storage.uploads.get(upload.uploadId);
    const folder = stage && storage.node(stage.place.parentId);
    if (folder !== undefined) requireQuota(storage, folder.spaceId, offsetBytes + (announced ?? 0));
    context.setIdleTimeout(longIdleSeconds);
    const body = request.body ?? new Uint8Array();
    const sizeBytes = await storage.uploads.writeAt(upload.uploadId, offsetBytes, body);
    repository.putChunk(upload, { name: entry, offsetBytes, sizeBytes });
    await db.sync();
    return new Response(null, { status: 201, headers: { etag: `"${offsetBytes}.${sizeBytes}"` } });
  };

  const list: Method = async (asked) => {
    const { request, actor, id, entry } = asked;
    const depth = readDepth(request, 1);
    const upload = requireOpen(asked);
    const base = encodePathBelow(uploadsRoot, [actor.name, id]);
    const chunks = inOrder(repository.chunks(upload)).filter(({ name }) => entry === undefined || name === entry);
    if (entry !== undefined && chunks.length === 0) throw new AppError("not-found");
    const self = entry === undefined ? row(`${base}/`, "<d:resourcetype><d:collection/></d:resourcetype>", clock) : "";
    const shown = depth === 0 && entry === undefined ? [] : chunks;
    const rows = shown.map(({ name, sizeBytes, offsetBytes }) => {
      const facts = `<d:resourcetype/><d:getcontentlength>${sizeBytes}</d:getcontentlength>`;
      return row(`${base}/${name}`, `${facts}<d:getetag>"${offsetBytes}.${sizeBytes}"</d:getetag>`, clock);
    });
    return xmlResponse(207, `${multistatusOpen}${self}${rows.join("")}${multistatusClose}`);
  };

  const remove: Method = async (asked) => {
    const { actor, id, entry } = asked;
    const upload = find(actor, id);
    if (upload === undefined) throw new AppError("not-found", "There is no such upload.");
    if (entry !== undefined) {
      if (!repository.removeChunk(upload, entry)) throw new AppError("not-found");
    } else {
      repository.remove(upload);
      if (upload.nodeId === null) await storage.uploads.remove(upload.uploadId);
    }
    await db.sync();
    return new Response(null, { status: 204 });
  };

  const finish: Method = async (asked) => {
    const { request, context, actor, id, entry } = asked;
    if (entry !== ".file") throw new AppError("forbidden", "Only the whole upload can be moved.");
    const upload = find(actor, id);
    if (upload === undefined) throw new AppError("not-found", "There is no such upload.");
    const modifiedAtMs = readMtimeMs(request);
    const call = callTo(asked);
    const finished = upload.nodeId === null ? undefined : storage.node(upload.nodeId);
    const { place, guard } = openFilePlace(dav, finished === undefined ? call : { ...call, ifLists: [] });
    if (finished !== undefined && finished.parentId === place.parentId && finished.name === place.name) {
      return new Response(null, { status: 201, headers: writtenHeaders(finished, modifiedAtMs) });
    }
    if (upload.nodeId !== null) throw new AppError("not-found", "There is no such upload.");
    const sizeBytes = requireComplete(upload, repository.chunks(upload), readTotal(request));
    const { sha1, md5 } = readAnnounced(request);
    const mayReplace = readOverwrite(request);
    const whole = (existing: NodeInfo | undefined) => {
      if (existing !== undefined && !mayReplace) throw new AppError("precondition-failed", "The destination exists.");
      guard(existing);
    };
    context.setIdleTimeout(longIdleSeconds);
    const options = { actor, guard: whole, modifiedAtMs, sizeBytes, sha1, md5 };
    const { node, created } = await storage.uploads.finish(upload.uploadId, place, options);
    repository.finish(upload, node.id);
    await db.sync();
    return new Response(null, { status: created ? 201 : 204, headers: writtenHeaders(node, modifiedAtMs) });
  };

  const methods: Readonly<Record<string, Method>> = {
    MKCOL: open,
    PUT: put,
    PROPFIND: list,
    DELETE: remove,
    MOVE: finish,
    OPTIONS: () => davOptions(),
  };
  return {
    /** True for an address of an upload. */
    owns: (rawPath: string) => rawPath.startsWith(`${uploadsRoot}/`),
    handle: (request: Request, context: RequestContext, actor: Actor): Promise<Response> | Response => {
      const { names } = parsePathBelow(`${uploadsRoot}/${actor.name}`, context.path);
      const [id, entry, ...more] = names;
      if (id === undefined || id.length > maxIdLength || more.length > 0) throw new AppError("not-found");
      const method = methods[request.method];
      if (method === undefined) throw new AppError("method-not-allowed");
      if (actor.readOnly && !readingMethods.has(request.method)) {
        throw new AppError("forbidden", "This app password may only read.");
      }
      return method({ request, context, actor, id, entry });
    },
  };
}

function row(href: string, facts: string, clock: Clock): string {
  return (
    `<d:response><d:href>${href}</d:href><d:propstat><d:prop>${facts}` +
    `<d:getlastmodified>${httpDate(clock.now())}</d:getlastmodified></d:prop>` +
    `<d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>`
  );
}

/** `OC-Total-Length`; null without one. Throws `bad-request`. */
function readTotal(request: Request): number | null {
  const header = request.headers.get("oc-total-length");
  if (header === null) return null;
  const total = /^\d{1,16}$/.test(header.trim()) ? Number(header) : Number.NaN;
  if (!Number.isSafeInteger(total)) throw new AppError("bad-request", "OC-Total-Length is not a number.");
  return total;
}

/** The length of the file, when all of it is here. Throws `length-mismatch`. */
function requireComplete(
  upload: ChunkedUpload,
  chunks: Parameters<typeof coverage>[0],
  totalBytes: number | null,
): number {
  const { sizeBytes, isWhole } = coverage(chunks);
  const expected = totalBytes ?? upload.totalBytes;
  if (!isWhole) throw new AppError("length-mismatch", `After ${sizeBytes} bytes a chunk is missing.`);
  if (expected !== null && expected !== sizeBytes) {
    throw new AppError("length-mismatch", `${sizeBytes} of ${expected} bytes are here.`);
  }
  return sizeBytes;
}
