import { AppError, problemResponse, toAppError } from "#platform/errors";
import type { RequestContext } from "#platform/http";
import { createLruMap } from "#platform/lru";
import type { Clock } from "#platform/clock";
import type { Place, Storage, Upload } from "#storage/primary";
import { holdBody, readExactly } from "./body.ts";
import { byteHeader, parseMetadata, type UploadMetadata } from "./metadata.ts";
import { createTargets, type Finished, isOwn, type UploadScope } from "./target.ts";

/** Where bytes wait until all of them have come. */
export interface UploadStore {
  get(uploadId: string): Upload | undefined;
  /** Appends at the offset; answers how many bytes there are then, also when the stream ended early. */
  write(uploadId: string, offset: number, body: ReadableStream<Uint8Array>): Promise<number>;
  remove(uploadId: string): Promise<void>;
}

/** Where uploads go. */
export interface UploadTargets {
  /** Checks what can be known before the first byte. */
  open(metadata: UploadMetadata, sizeBytes: number, scope: UploadScope): Promise<Place>;
  put(place: Place, bytes: Uint8Array, metadata: UploadMetadata, scope: UploadScope): Promise<Finished>;
  create(place: Place, sizeBytes: number, metadata: UploadMetadata, scope: UploadScope): Promise<Upload>;
  finish(upload: Upload, scope: UploadScope): Promise<Finished>;
}

export interface TusOverDeps {
  readonly uploads: UploadStore;
  readonly targets: UploadTargets;
  readonly clock: Clock;
}

export interface TusDeps {
  readonly storage: Storage;
  readonly clock: Clock;
}

export interface Tus {
  /** Answers a TUS 1.0 request below `scope.basePath`; errors become problem+json with the headers of the protocol. */
  handle(request: Request, context: RequestContext, scope: UploadScope): Promise<Response>;
}

const version = "1.0.0";
const protocolHeaders = { "tus-resumable": version, "cache-control": "no-store" };
const abilities = { "tus-version": version, "tus-extension": "creation,creation-with-upload,termination,expiration" };
const bodyType = "application/offset+octet-stream";
/** A file that comes whole in the creating request, up to this size, is stored in one step. */
const oneStepMaxBytes = 1024 * 1024;
/** A phone may sleep between two chunks of one request. */
const idleTimeoutSeconds = 120;
const takeOverTimeoutMs = 10_000;
const maxFinishedKept = 10_000;

/** Uploads into spaces. */
export function createTus({ storage, clock }: TusDeps): Tus {
  return createTusOver({ uploads: storage.uploads, targets: createTargets(storage), clock });
}

/** Resumable uploads over staged uploads: creation, creation with upload, continuation, termination, expiration. */
export function createTusOver({ uploads, targets, clock }: TusOverDeps): Tus {
  /** Who writes to an upload now; a newer request takes over, since a client only asks again when its connection died. */
  const writers = new Map<string, { stop(): void; readonly ended: Promise<unknown> }>();
  /** Uploads whose last answer may have got lost. */
  const finished = createLruMap<string, Finished & { readonly owner: string; readonly sizeBytes: number }>(
    maxFinishedKept,
  );

  const own = (uploadId: string, scope: UploadScope): Upload => {
    const upload = uploads.get(uploadId);
    if (upload === undefined || !isOwn(upload, scope)) throw new AppError("not-found", "This upload is not known.");
    if (upload.expiresAtMs <= clock.now()) throw new AppError("gone", "This upload has expired.");
    return upload;
  };

  const takeOver = async (uploadId: string): Promise<void> => {
    const writer = writers.get(uploadId);
    if (writer === undefined) return;
    writer.stop();
    await Promise.race([writer.ended, Bun.sleep(takeOverTimeoutMs)]);
    if (writers.has(uploadId)) throw new AppError("locked", "Another request is writing to this upload.");
  };

  const receive = async (request: Request, upload: Upload, offset: number): Promise<number> => {
    const leftBytes = upload.sizeBytes - offset;
    if (Number(request.headers.get("content-length") ?? 0) > leftBytes) throw new AppError("too-large");
    const { stream, stop } = holdBody(request.body, leftBytes);
    const written = uploads.write(upload.id, offset, stream);
    const ended = written.then(
      () => writers.delete(upload.id),
      () => writers.delete(upload.id),
    );
    writers.set(upload.id, { stop, ended });
    try {
      return await written;
    } finally {
      await ended;
    }
  };

  const finish = async (upload: Upload, scope: UploadScope): Promise<Finished> => {
    const done = await targets.finish(upload, scope);
    finished.set(upload.id, { ...done, owner: scope.owner, sizeBytes: upload.sizeBytes });
    return done;
  };

  const create = async (request: Request, scope: UploadScope): Promise<Response> => {
    const sizeBytes = byteHeader(request, "upload-length");
    const metadata = parseMetadata(request.headers.get("upload-metadata"));
    const withBody = request.headers.get("content-type") === bodyType && request.body !== null;
    const whole =
      withBody && request.headers.get("content-length") === String(sizeBytes) && sizeBytes <= oneStepMaxBytes;
    const place = await targets.open(metadata, sizeBytes, scope);
    if (whole || sizeBytes === 0) {
      const bytes = await readExactly(whole ? request.body : null, sizeBytes);
      const done = await targets.put(place, bytes, metadata, scope);
      return answer(201, { location: `${scope.basePath}/finished`, "upload-offset": String(sizeBytes) }, done);
    }
    const upload = await targets.create(place, sizeBytes, metadata, scope);
    const headers = { location: `${scope.basePath}/${upload.id}`, ...expiry(upload) };
    if (!withBody) return answer(201, headers);
    try {
      const offset = await receive(request, upload, 0);
      const done = offset === sizeBytes ? await finish(upload, scope) : undefined;
      return answer(201, { ...headers, "upload-offset": String(offset) }, done);
    } catch (thrown) {
      // The client never learnt where it could go on.
      if (uploads.get(upload.id) !== undefined) await uploads.remove(upload.id);
      throw thrown;
    }
  };

  const patch = async (request: Request, uploadId: string, scope: UploadScope): Promise<Response> => {
    if (request.headers.get("content-type") !== bodyType) throw new AppError("unsupported-type");
    own(uploadId, scope);
    const offset = byteHeader(request, "upload-offset");
    await takeOver(uploadId);
    const upload = own(uploadId, scope);
    if (offset !== upload.receivedBytes)
      throw new AppError("conflict", `The upload stands at ${upload.receivedBytes}.`);
    const received = await receive(request, upload, offset);
    const done = received === upload.sizeBytes ? await finish(upload, scope) : undefined;
    return answer(204, { "upload-offset": String(received), ...(done === undefined ? expiry(upload) : {}) }, done);
  };

  /** An upload whose bytes are all there is finished here: a client that sees the full offset believes that it is done. */
  const head = async (uploadId: string, scope: UploadScope): Promise<Response> => {
    const past = finished.get(uploadId);
    if (past !== undefined && past.owner === scope.owner) return position(past.sizeBytes, past.sizeBytes, {}, past);
    own(uploadId, scope);
    await takeOver(uploadId);
    const upload = own(uploadId, scope);
    const done = upload.receivedBytes === upload.sizeBytes ? await finish(upload, scope) : undefined;
    return position(upload.receivedBytes, upload.sizeBytes, expiry(upload), done);
  };

  const terminate = async (uploadId: string, scope: UploadScope): Promise<Response> => {
    own(uploadId, scope);
    await takeOver(uploadId);
    await uploads.remove(uploadId);
    return answer(204, {});
  };

  const route = (request: Request, context: RequestContext, scope: UploadScope): Promise<Response> => {
    const uploadId = context.path.slice(scope.basePath.length).replaceAll("/", "");
    if (request.headers.get("tus-resumable") !== version) {
      throw new AppError("precondition-failed", `This server speaks TUS ${version}.`);
    }
    context.setIdleTimeout(idleTimeoutSeconds);
    if (request.method === "POST" && uploadId === "") return create(request, scope);
    if (uploadId === "") throw new AppError("method-not-allowed");
    if (request.method === "PATCH") return patch(request, uploadId, scope);
    if (request.method === "HEAD") return head(uploadId, scope);
    if (request.method === "DELETE") return terminate(uploadId, scope);
    throw new AppError("method-not-allowed");
  };

  return {
    handle: async (request, context, scope) => {
      if (request.method === "OPTIONS") return answer(204, abilities);
      try {
        return await route(request, context, heldScope(request, context, scope));
      } catch (thrown) {
        const error = toAppError(thrown);
        context.log.info(`upload refused: ${error.code}`, {
          errorId: error.id,
          detail: error.detail,
          cause: error.cause,
        });
        return problemResponse(error, { ...protocolHeaders, ...abilities });
      }
    },
  };
}

/** What is sent for long is asked for again at its end, with what the sender showed at its beginning. */
function heldScope(request: Request, context: RequestContext, scope: UploadScope): UploadScope {
  if (request.method !== "POST" && request.method !== "PATCH") return scope;
  const { actor, holds = () => true } = scope;
  const requireHeld = context.limitTo({ actor, holds });
  return {
    ...scope,
    authorize: (nodeId) => {
      requireHeld();
      scope.authorize(nodeId);
    },
  };
}

function expiry(upload: Upload): Record<string, string> {
  return { "upload-expires": new Date(upload.expiresAtMs).toUTCString() };
}

function answer(status: number, headers: Record<string, string>, done?: Finished): Response {
  const extra: Record<string, string> = {};
  if (done !== undefined) extra["hearth-node-id"] = String(done.nodeId);
  if (done?.skipped === true) extra["hearth-skipped"] = "true";
  return new Response(null, { status, headers: { ...protocolHeaders, ...headers, ...extra } });
}

function position(offset: number, length: number, headers: Record<string, string>, done?: Finished): Response {
  return answer(200, { "upload-offset": String(offset), "upload-length": String(length), ...headers }, done);
}
