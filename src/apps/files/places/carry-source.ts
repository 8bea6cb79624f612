import { at, requireRemovable, visibleNode } from "#apps/files/browse";
import { AppError } from "#platform/errors";
import type { Actor } from "#platform/usecase";
import type { Access } from "#security/access";
import type { NodeInfo, Storage } from "#storage/primary";
import type { Directory } from "./directory.ts";
import { below, nameOf } from "./paths.ts";
import type { PlaceRow } from "./repository.ts";

/** A file on its way. */
export interface CarryFile {
  /** Below the chosen entry; empty when it is the chosen entry itself. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number | null;
  /** Its bytes, and their checksum where it is known without reading. */
  read(signal: AbortSignal): Promise<CarryContent>;
  /** A path of this machine that has the bytes while `close` was not called; undefined where there is none. */
  lend(): { readonly path: string; close(): void } | undefined;
}

export interface CarryContent {
  readonly stream: ReadableStream<Uint8Array>;
  readonly sha1?: string;
  readonly md5?: string;
}

/** A chosen entry with all that is in it, as it was when it was looked at. */
export interface CarryTree {
  readonly name: string;
  readonly kind: "file" | "folder";
  /** Each after the one it lies in. */
  readonly folders: readonly string[];
  readonly files: readonly CarryFile[];
  /** Takes the entry from its source. What has changed since it was looked at stays; throws `conflict` then. */
  remove(): Promise<void>;
}

/** So much is kept in memory at most. */
const maxFiles = 200_000;
const maxDepth = 64;

function requireFew(count: number): void {
  if (count > maxFiles) throw new AppError("too-large", `At most ${maxFiles} files can be carried at once.`);
}

const changed = () => new AppError("conflict", "It changed while it was moved: it was copied, and stays where it was.");

/** An entry of a place with everything below it. */
export async function treeAtPlace(directory: Directory, place: PlaceRow, top: string): Promise<CarryTree> {
  const entry = await directory.entry(place, top);
  const folders: string[] = [];
  const files: CarryFile[] = [];
  const fileOf = (path: string, sizeBytes: number, modifiedAtMs: number | null): CarryFile => ({
    ...{ path, sizeBytes, modifiedAtMs, lend: () => undefined },
    read: async (signal) => {
      const full = below(top, path).replace(/\/$/, "");
      const hash = await directory.ask(place, (remote) => remote.hash(full));
      const { stream } = await directory.ask(place, (remote) => remote.open(full, sizeBytes, undefined, signal));
      return { stream, ...(hash !== undefined && { [hash.kind]: hash.hex }) };
    },
  });
  if (entry.kind === "file") files.push(fileOf("", entry.sizeBytes, entry.modifiedAtMs));
  const waiting = entry.kind === "folder" ? [""] : [];
  for (let folder = waiting.shift(); folder !== undefined; folder = waiting.shift()) {
    if (folder.split("/").length > maxDepth)
      throw new AppError("too-large", "These folders lie too deep in one another.");
    const { entries } = await directory.list(place, below(top, folder).replace(/\/$/, ""), true);
    for (const { name, kind, sizeBytes, modifiedAtMs } of entries) {
      const path = below(folder, name);
      if (kind === "folder") waiting.push(path);
      if (kind === "folder") folders.push(path);
      else files.push(fileOf(path, sizeBytes, modifiedAtMs));
    }
    requireFew(files.length + folders.length);
  }
  const full = (path: string) => (path === "" ? top : below(top, path));
  const remove = async () => {
    let isKept = false;
    for (const { path, sizeBytes, modifiedAtMs } of files) {
      const now = await directory.ask(place, (remote) => remote.stat(full(path)));
      if (now === undefined) continue;
      if (now.sizeBytes !== sizeBytes || now.modifiedAtMs !== modifiedAtMs) isKept = true;
      else await directory.change(place, (remote) => remote.removeFile(full(path)));
    }
    if (entry.kind === "folder") {
      for (const path of [...folders.toReversed(), ""]) {
        const isGone = await directory.change(place, (remote) => remote.removeEmptyFolder(full(path)));
        isKept ||= !isGone;
      }
    }
    if (isKept) throw changed();
  };
  return { name: nameOf(top), kind: entry.kind, folders, files, remove };
}

interface NodeDeps {
  readonly storage: Storage;
  readonly access: Access;
}

/** A file or folder of Hearth with everything below it that the actor may read. */
export function treeOfNode(deps: NodeDeps, actor: Actor, nodeId: number): CarryTree {
  const { storage, access } = deps;
  const top = visibleNode(deps, actor, nodeId);
  const { entries: filter, can } = access.sightOf(actor);
  const folders: string[] = [];
  const files: CarryFile[] = [];
  const waiting: { node: NodeInfo; path: string }[] = [{ node: top, path: "" }];
  for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
    const { node, path } = item;
    if (node.kind === "file") {
      files.push(fileOfNode(deps, actor, node, path));
    } else {
      if (path !== "") folders.push(path);
      storage.refresh(node.id);
      for (const child of storage.children(node.id, filter)) {
        if (can(at(child))) waiting.push({ node: child, path: below(path, child.name) });
      }
    }
    requireFew(files.length + folders.length + waiting.length);
  }
  // Taken after the refresh: it changes exactly when something below does.
  const { etag } = storage.refresh(top.id);
  const remove = async () => {
    const now = visibleNode(deps, actor, nodeId);
    requireRemovable(deps, actor, now);
    if (now.kind === "folder") storage.refresh(now.id);
    const guard = (existing: NodeInfo | undefined) => {
      if (existing?.etag !== etag) throw changed();
    };
    await storage.remove(nodeId, { actor, guard });
  };
  return { name: top.name, kind: top.kind, folders, files, remove };
}

function fileOfNode(deps: NodeDeps, actor: Actor, node: NodeInfo, path: string): CarryFile {
  const { storage } = deps;
  return {
    ...{ path, sizeBytes: node.sizeBytes, modifiedAtMs: node.modifiedAtMs },
    read: () => Promise.reject(new AppError("internal")),
    lend: () => {
      const opened = storage.open(visibleNode(deps, actor, node.id).id);
      // Another program finds this very descriptor there, whatever happens to the name meanwhile.
      return { path: `/proc/${process.pid}/fd/${opened.fd}`, close: opened.close };
    },
  };
}
