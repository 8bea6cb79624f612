import { z } from "zod";
import { actAtPlace, clashGuard, ensureFolder, type OnClash, requireFolder, splitPath } from "#apps/files/browse";
import { OnClash as OnClashSchema } from "#contract/apps/files/browse";
import { AppError } from "#platform/errors";
import type { Actor } from "#platform/usecase";
import type { Guard, Place, Storage, Upload, Written } from "#storage/primary";
import type { UploadMetadata } from "./metadata.ts";

/** On whose behalf an upload request is made, and where it may put files. */
export interface UploadScope {
  readonly actor: Actor;
  /** Only the same owner may go on with an upload, as `user:7`. */
  readonly owner: string;
  /** Path of the collection without a trailing slash, as `/api/uploads`. */
  readonly basePath: string;
  /**
   * Throws unless files may be put into this folder, or this file may be replaced; asked at creation and again at the end. The
   * same `not-found` for what is hidden and what is missing.
   */
  authorize(nodeId: number): void;
  /** Whether whoever sends, as they are now, may send at all; asked while bytes come, and once more at the end. */
  readonly holds?: (actor: Actor) => boolean;
  /** The one folder of this scope; the metadata's `parentId` counts without it. */
  readonly folderId?: number;
  /** Always taken instead of what the metadata wants. */
  readonly onClash?: OnClash;
}

export interface Finished {
  readonly nodeId: number;
  /** The name was taken and the file there was kept. */
  readonly skipped: boolean;
}

/** What is remembered with an upload while it is under way. */
const Note = z.object({ owner: z.string(), onClash: OnClashSchema });

export function isOwn(upload: Upload, scope: UploadScope): boolean {
  return noteOf(upload).owner === scope.owner;
}

/** What `create` was told to remember; whoever makes uploads keeps it as `JSON.stringify({ owner, onClash })`. */
export function noteOf(upload: Upload): z.output<typeof Note> {
  return Note.parse(JSON.parse(upload.note));
}

/** Where uploads go: rights, folders, quota and taken names. */
export function createTargets(storage: Storage) {
  const settle = async (
    place: Place,
    onClash: OnClash,
    act: (at: Place, replace: boolean) => Promise<Written>,
  ): Promise<Finished> => {
    const written = await actAtPlace(storage, place, onClash, act);
    if (written !== null) return { nodeId: written.node.id, skipped: false };
    const kept = storage.child(place.parentId, place.name);
    if (kept === undefined) throw new AppError("conflict", "The file that was in the way has just gone; try again.");
    return { nodeId: kept.id, skipped: true };
  };

  return {
    /** Checks what can be known before the first byte, and makes the folders on the way. */
    open: async (metadata: UploadMetadata, sizeBytes: number, scope: UploadScope): Promise<Place> => {
      const parentId = scope.folderId ?? metadata.parentId;
      if (parentId === undefined) throw new AppError("bad-request", "Upload-Metadata needs a parentId.");
      scope.authorize(parentId);
      const parent = requireFolder(storage, parentId);
      const names = splitPath(metadata.path);
      const name = names.pop();
      if (name === undefined) throw new AppError("invalid-name", "A file needs a name.");
      storage.requireOnline(parent.spaceId);
      requireQuota(storage, parent.spaceId, sizeBytes);
      const onClash = scope.onClash ?? metadata.onClash;
      const folder = await ensureFolder(storage, parent.id, names, {
        actor: scope.actor,
        avoidFiles: onClash === "rename",
        authorize: ({ id }) => scope.authorize(id),
      });
      if (onClash === "fail" || onClash === "replace") {
        placeGuard(scope, folder.id, onClash === "replace")(storage.child(folder.id, name));
      }
      return { parentId: folder.id, name };
    },

    put: (place: Place, bytes: Uint8Array, metadata: UploadMetadata, scope: UploadScope): Promise<Finished> => {
      const { actor } = scope;
      const { modifiedAtMs } = metadata;
      return settle(place, scope.onClash ?? metadata.onClash, (at, replace) =>
        storage.put(at, bytes, {
          actor,
          modifiedAtMs,
          sizeBytes: bytes.byteLength,
          keepAlways: true,
          guard: placeGuard(scope, at.parentId, replace),
        }),
      );
    },

    create: (place: Place, sizeBytes: number, metadata: UploadMetadata, scope: UploadScope): Promise<Upload> =>
      storage.uploads.create({
        place,
        sizeBytes,
        modifiedAtMs: metadata.modifiedAtMs ?? null,
        userId: scope.actor.userId,
        note: JSON.stringify({ owner: scope.owner, onClash: scope.onClash ?? metadata.onClash }),
      }),

    /** Puts a complete upload in its place. When the name was taken meanwhile, nothing of it is kept. */
    finish: async (upload: Upload, scope: UploadScope): Promise<Finished> => {
      scope.authorize(upload.place.parentId);
      const { actor } = scope;
      const modifiedAtMs = upload.modifiedAtMs ?? undefined;
      const done = settle(upload.place, noteOf(upload).onClash, (at, replace) =>
        storage.uploads.finish(upload.id, at, {
          actor,
          modifiedAtMs,
          keepAlways: true,
          guard: placeGuard(scope, at.parentId, replace),
        }),
      );
      const isOver = await done.then(
        ({ skipped }) => skipped,
        (thrown) => thrown instanceof AppError && thrown.code === "exists",
      );
      if (isOver) await storage.uploads.remove(upload.id);
      return done;
    },
  };
}

/** Rights and names, asked once more when the file is put in its place. */
function placeGuard(scope: UploadScope, folderId: number, replace: boolean): Guard {
  const clash = clashGuard(replace);
  return (existing) => {
    scope.authorize(folderId);
    clash(existing);
    if (existing !== undefined) scope.authorize(existing.id);
  };
}

/** Throws `quota-exceeded` when so much more does not fit into a space. */
export function requireQuota(storage: Storage, spaceId: number, sizeBytes: number): void {
  const { quotaBytes, usedBytes, trashBytes } = storage.space(spaceId);
  if (quotaBytes !== null && usedBytes + trashBytes + sizeBytes > quotaBytes) throw new AppError("quota-exceeded");
}
