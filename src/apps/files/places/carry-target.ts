import { ensureFolder, requireWritable } from "#apps/files/browse";
import { AppError } from "#platform/errors";
import type { Actor } from "#platform/usecase";
import type { Access } from "#security/access";
import type { Storage } from "#storage/primary";
import type { CarryFile } from "./carry-source.ts";
import type { Directory } from "./directory.ts";
import { below, nameOf, parentOf } from "./paths.ts";
import type { PlaceRow } from "./repository.ts";
import type { Stage } from "./stage.ts";
import { ensureFolders } from "./uploads.ts";

/** Where things are carried to; paths are below the chosen folder. */
export interface CarryTarget {
  /** Names at the top of the folder. */
  names(): Promise<ReadonlySet<string>>;
  makeFolder(path: string): Promise<void>;
  /** Whether an earlier run has brought this file already. */
  has(path: string, file: CarryFile): Promise<boolean>;
  /** Resolves when the file is there, with its size and checksum compared. */
  put(path: string, file: CarryFile, signal: AbortSignal, onProgress: (doneBytes: number) => void): Promise<void>;
}

export function targetAtPlace(directory: Directory, stage: Stage, place: PlaceRow, folder: string): CarryTarget {
  const full = (path: string) => below(folder, path);
  const send = (localFile: string, path: string, signal: AbortSignal, onProgress: (doneBytes: number) => void) =>
    directory.change(place, (remote) => remote.put(localFile, full(path), { signal, onProgress }));
  return {
    names: async () =>
      new Set((await directory.list(place, folder, true)).entries.map(({ name }) => name.toLowerCase())),
    makeFolder: (path) => ensureFolders(directory, place, full(path)),
    has: async (path, { sizeBytes }) => {
      const found = await directory.ask(place, (remote) => remote.stat(full(path)));
      return found?.kind === "file" && found.sizeBytes === sizeBytes;
    },
    put: async (path, file, signal, onProgress) => {
      const lent = file.lend();
      if (lent !== undefined) return send(lent.path, path, signal, onProgress).finally(lent.close);
      stage.requireSpace(file.sizeBytes);
      const name = stage.newName();
      try {
        const { stream } = await file.read(signal);
        const written = await stage.write(name, 0, stream);
        if (written !== file.sizeBytes) throw new AppError("length-mismatch");
        await send(stage.pathOf(name), path, signal, onProgress);
      } finally {
        stage.remove(name);
      }
    },
  };
}

interface FolderDeps {
  readonly storage: Storage;
  readonly access: Access;
}

export function targetInFolder(deps: FolderDeps, actor: Actor, folderId: number): CarryTarget {
  const { storage } = deps;
  const authorize = ({ id }: { id: number }) => void requireWritable(deps, actor, id);
  const folderOf = (path: string) =>
    ensureFolder(storage, folderId, path === "" ? [] : path.split("/"), { actor, authorize });
  const found = (path: string) => {
    let node = storage.node(folderId);
    for (const name of path.split("/")) node = node === undefined ? undefined : storage.child(node.id, name);
    return node;
  };
  return {
    names: async () =>
      new Set(storage.children(requireWritable(deps, actor, folderId).id).map(({ name }) => name.toLowerCase())),
    makeFolder: async (path) => void (await folderOf(path)),
    has: async (path, { sizeBytes }) => {
      const node = found(path);
      return node?.kind === "file" && node.sizeBytes === sizeBytes;
    },
    put: async (path, file, signal, onProgress) => {
      const parent = await folderOf(parentOf(path));
      const { stream, ...checksum } = await file.read(signal);
      await storage.put({ parentId: parent.id, name: nameOf(path) }, counted(stream, onProgress), {
        ...checksum,
        ...{ actor, sizeBytes: file.sizeBytes },
        ...(file.modifiedAtMs !== null && { modifiedAtMs: file.modifiedAtMs }),
        guard: (existing) => {
          requireWritable(deps, actor, parent.id);
          if (existing !== undefined) throw new AppError("exists", `There already is ${nameOf(path)}.`);
        },
      });
    },
  };
}

function counted(stream: ReadableStream<Uint8Array>, onProgress: (doneBytes: number) => void) {
  const reader = stream.getReader();
  let doneBytes = 0;
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const { done, value } = await reader.read();
        if (done) return controller.close();
        doneBytes += value.byteLength;
        onProgress(doneBytes);
        controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}
