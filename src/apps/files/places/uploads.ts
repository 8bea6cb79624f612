import { createTusOver, type Finished, noteOf, type UploadScope, type UploadTargets } from "#apps/files/uploads";
import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import { requireSameOrigin, type Route } from "#platform/http";
import { numberedName, type Upload } from "#storage/primary";
import type { Directory } from "./directory.ts";
import { below, cleanPath, nameOf, parentOf } from "./paths.ts";
import type { PlaceRow } from "./repository.ts";
import type { PlaceRights } from "./rights.ts";
import type { Stage } from "./stage.ts";
import { createUploadRepository, type UploadRow } from "./upload-repository.ts";

export interface PlaceUploadsDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly rights: PlaceRights;
  readonly directory: Directory;
  readonly stage: Stage;
}

const basePath = "/api/places/uploads";
const keepMs = 86_400_000;
/** The other server may need a while for what has arrived here; more than this the runtime does not wait. */
const finishIdleSeconds = 240;
const maxNumbered = 200;

/** A file of this machine's disk to a place, as a new file; folders on the way are made. Throws `exists`. */
async function putAt(
  { directory }: Pick<PlaceUploadsDeps, "directory">,
  place: PlaceRow,
  localFile: string,
  path: string,
): Promise<void> {
  await ensureFolders(directory, place, parentOf(path));
  await directory.change(place, (remote) => remote.put(localFile, path));
}

export async function ensureFolders(directory: Directory, place: PlaceRow, path: string): Promise<void> {
  let at = "";
  for (const name of path === "" ? [] : path.split("/")) {
    at = below(at, name);
    const known = (await directory.list(place, parentOf(at))).entries.find((entry) => entry.name === name);
    if (known?.kind === "file") throw new AppError("exists", `${name} is a file, not a folder.`);
    if (known === undefined) {
      await directory
        .change(place, (remote) => remote.makeFolder(at))
        .catch((thrown: unknown) => {
          // Another upload of the same tree made it in between.
          if (!(thrown instanceof AppError && thrown.code === "exists")) throw thrown;
        });
    }
  }
}

/** The name that is free in a folder, or undefined when the upload is to be left out. Throws `exists`. */
async function settleName(
  directory: Directory,
  place: PlaceRow,
  path: string,
  onClash: "fail" | "rename" | "replace" | "skip",
): Promise<string | undefined> {
  const parent = parentOf(path);
  const listed = await directory.list(place, parent, true).catch((thrown: unknown) => {
    // The folder is made later.
    if (thrown instanceof AppError && thrown.code === "not-found") return { entries: [] };
    throw thrown;
  });
  const taken = new Map(listed.entries.map((entry) => [entry.name.toLowerCase(), entry]));
  const existing = taken.get(nameOf(path).toLowerCase());
  if (existing === undefined) return path;
  if (onClash === "replace" && existing.kind === "file") return below(parent, existing.name);
  if (onClash === "skip") return undefined;
  if (onClash !== "rename") throw new AppError("exists", `There already is ${existing.name}.`);
  for (let count = 2; count < maxNumbered; count += 1) {
    const candidate = numberedName(nameOf(path), count);
    if (!taken.has(candidate.toLowerCase())) return below(parent, candidate);
  }
  throw new AppError("conflict", "There are too many files of this name.");
}

/** Resumable uploads into places: they wait on this machine until they are whole, and are done when the place has them. */
export function createPlaceUploads(deps: PlaceUploadsDeps): Route {
  const { db, clock, rights, directory, stage } = deps;
  const repository = createUploadRepository(db);
  const finishing = new Map<string, Promise<Finished>>();

  const forget = async (id: string) => {
    repository.remove(id);
    await db.sync();
    stage.remove(id);
  };
  const sweep = async () => {
    for (const { id } of repository.expiredAt(clock.now())) await forget(id);
  };
  const uploadOf = (row: UploadRow): Upload => ({
    ...{ id: row.id, userId: row.userId, sizeBytes: row.sizeBytes, note: row.note, expiresAtMs: row.expiresAtMs },
    place: { parentId: row.placeId, name: row.path },
    receivedBytes: stage.sizeOf(row.id),
    modifiedAtMs: row.modifiedAtMs,
  });

  const send = async (upload: Upload, scope: UploadScope): Promise<Finished> => {
    const place = rights.writable(scope.actor, upload.place.parentId);
    const path = await settleName(directory, place, upload.place.name, noteOf(upload).onClash);
    if (path !== undefined) {
      const file = stage.pathOf(upload.id);
      if (upload.modifiedAtMs !== null) stage.setTime(upload.id, upload.modifiedAtMs);
      await putAt(deps, place, file, path);
    }
    await forget(upload.id);
    return { nodeId: 0, skipped: path === undefined };
  };
  /** A client that asks again while the place is still being sent to waits for the same end. */
  const finish = (upload: Upload, scope: UploadScope): Promise<Finished> => {
    let running = finishing.get(upload.id);
    if (running === undefined) {
      running = send(upload, scope).finally(() => finishing.delete(upload.id));
      running.catch(() => undefined);
      finishing.set(upload.id, running);
    }
    return running;
  };

  const targets: UploadTargets = {
    open: async (metadata, sizeBytes, { actor }) => {
      const place = rights.writable(actor, metadata.parentId ?? 0);
      const path = cleanPath(metadata.path);
      if (path === "") throw new AppError("invalid-name", "A file needs a name.");
      stage.requireSpace(sizeBytes);
      await settleName(directory, place, path, metadata.onClash);
      return { parentId: place.id, name: path };
    },
    create: async (place, sizeBytes, metadata, scope) => {
      await sweep();
      const note = JSON.stringify({ owner: scope.owner, onClash: metadata.onClash });
      const row: UploadRow = {
        ...{
          id: stage.newName(),
          userId: scope.actor.userId,
          placeId: place.parentId,
          path: place.name,
          sizeBytes,
          note,
        },
        modifiedAtMs: metadata.modifiedAtMs ?? null,
        expiresAtMs: clock.now() + keepMs,
      };
      repository.insert(row);
      await db.sync();
      return uploadOf(row);
    },
    put: async (place, bytes, metadata, scope) => {
      const upload = await targets.create(place, bytes.byteLength, metadata, scope);
      try {
        await stage.write(upload.id, 0, new Blob([bytes.slice()]).stream());
        return await finish({ ...upload, receivedBytes: bytes.byteLength }, scope);
      } catch (thrown) {
        await forget(upload.id);
        throw thrown;
      }
    },
    finish,
  };
  const tus = createTusOver({
    ...{ clock, targets },
    uploads: {
      get: (id) => {
        const row = repository.byId(id);
        return row === undefined ? undefined : uploadOf(row);
      },
      write: stage.write,
      remove: forget,
    },
  });
  return {
    prefix: basePath,
    handle: async (request, context) => {
      const actor = await context.actor();
      if (actor.kind !== "person") throw new AppError("unauthenticated");
      if (actor.via === "session") requireSameOrigin(request);
      const patient = {
        ...context,
        path: context.path,
        setIdleTimeout: () => context.setIdleTimeout(finishIdleSeconds),
      };
      return tus.handle(request, patient, {
        actor,
        owner: `user:${actor.userId}`,
        basePath,
        authorize: () => undefined,
      });
    },
  };
}
