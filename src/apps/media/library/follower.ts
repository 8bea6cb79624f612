import type { Logger } from "#platform/log";
import type { Db } from "#platform/db";
import type { NodeInfo, Storage } from "#storage/primary";
import type { ContentKeys, ReadKey } from "./key-thread.ts";
import type { Libraries } from "./libraries.ts";
import type { ItemRows, LibraryRow, Sighting } from "./repository.ts";
import { isMarkerName, type Markers } from "./markers.ts";
import { type Taking, touch, type Touched } from "./taking.ts";

interface FollowerDeps {
  readonly storage: Storage;
  readonly db: Db;
  readonly items: ItemRows;
  readonly libraries: Libraries;
  readonly taking: Taking;
  readonly markers: Markers;
  readonly contentKeys: Pick<ContentKeys, "read">;
  readonly log: Logger;
  /** Adds a scan, as a part of the transaction under way. */
  readonly scan: (libraryId: number) => void;
  readonly changed: (touched: Touched, libraries: boolean) => void;
}

/** Entries of the log looked up, and rows written, in one transaction. */
const pageSize = 128;
/** Files whose content is read at a time. */
const readSize = 32;
/** The change log reaches a little further back than this. */
const logReach = 150_000;
/** Numbers without a change that are not noted. */
const maxLag = 10_000;

/**
 * Keeps items true along the change log of each space. Numbers are noted with the work or after it, so that what a crash interrupts is
 * done again; where the log does not reach back, the libraries of the space are scanned.
 */
export function createFollower(deps: FollowerDeps) {
  const { storage, db, items, libraries, taking, markers, log } = deps;
  const seen = new Map(items.seen().map(({ space_id: spaceId, seq }) => [spaceId, seq]));
  const note = (spaceId: number, seq: number) => {
    items.setSeen(spaceId, seq);
    seen.set(spaceId, seq);
  };

  const startOver = (spaceId: number) => {
    const number = storage.changes.lastNumber(spaceId);
    db.transaction(() => {
      for (const folder of storage.children(storage.rootIdOf(spaceId))) libraries.createByName(folder);
      for (const library of libraries.all()) if (library.spaceId === spaceId && library.isOn) deps.scan(library.id);
      note(spaceId, number);
    });
    deps.changed(new Map(), true);
  };

  /** Takes files in; those that may have been here before are read first. */
  const takeAll = async (found: readonly { of: Sighting; isWritten: boolean }[], touched: Touched): Promise<void> => {
    const keys = new Map<number, ReadKey>();
    const known = found.flatMap(({ of }) => (taking.mayBeBack(of) ? [of.nodeId] : []));
    for (let from = 0; from < known.length; from += readSize) {
      for (const [nodeId, read] of await deps.contentKeys.read(known.slice(from, from + readSize))) {
        keys.set(nodeId, read);
      }
    }
    for (let from = 0; from < found.length; from += pageSize) {
      db.transaction(() => {
        for (const { of, isWritten } of found.slice(from, from + pageSize)) {
          const read = keys.get(of.nodeId);
          taking.take(of, isWritten, touched, read?.etag === of.etag ? read.key : null);
        }
      });
      await breathe();
    }
  };
  const leaveAll = async (ids: readonly number[], touched: Touched): Promise<void> => {
    for (let from = 0; from < ids.length; from += pageSize) {
      db.transaction(() => {
        for (const id of ids.slice(from, from + pageSize)) {
          const item = items.get(id);
          if (item !== undefined) taking.leave(item, touched);
        }
      });
      await breathe();
    }
  };

  /** What these nodes are now: files of a library, or gone. `isTold`: others shall look at them again, also where nothing has changed. */
  const settle = async (
    nodeIds: readonly number[],
    touched: Touched,
    { written, isTold = false }: { readonly written?: ReadonlySet<number>; readonly isTold?: boolean } = {},
  ): Promise<void> => {
    const found: { of: Sighting; isWritten: boolean }[] = [];
    const gone: number[] = [];
    for (const nodeId of nodeIds) {
      const node = storage.node(nodeId);
      const of = node?.kind === "file" ? sightingNow(node) : undefined;
      if (of !== undefined) found.push({ of, isWritten: written?.has(nodeId) === true });
      else if (isHere(nodeId)) gone.push(items.ofNode(nodeId)?.id ?? 0);
    }
    await takeAll(found, touched);
    await leaveAll(gone, touched);
    if (!isTold) return;
    for (const { of } of found) {
      const item = items.ofNode(of.nodeId);
      if (item !== undefined) touch(touched, item.libraryId, item.id);
    }
  };

  /** Folders that are hidden from now on, or no more. */
  const remark = (spaceId: number, nodeIds: readonly number[]): NodeInfo[] => {
    if (nodeIds.length === 0) return [];
    const folderIds = db.transaction(() => markers.follow(spaceId, nodeIds, (id) => storage.node(id) !== undefined));
    return folderIds.flatMap((id) => storage.node(id) ?? []);
  };

  /** A folder that came, moved or was seen anew, with everything below it. */
  const walk = async (folder: NodeInfo, touched: Touched, signal: AbortSignal): Promise<void> => {
    const waiting = [folder.id];
    for (let at = waiting.pop(); at !== undefined && !signal.aborted; at = waiting.pop()) {
      if (storage.node(at) === undefined) continue;
      const before = items.inFolder(at).map(({ nodeId }) => nodeId);
      const nodes = storage.children(at);
      for (const node of nodes) if (node.kind === "folder") waiting.push(node.id);
      const marking = nodes.flatMap(({ id, name }) => (isMarkerName(name) ? [id] : []));
      if (marking.length > 0) remark(folder.spaceId, marking);
      const files = libraries.of(at) === undefined ? [] : nodes.filter(({ kind }) => kind === "file");
      await settle([...new Set([...before, ...files.map(({ id }) => id)])], touched);
      await breathe();
    }
  };

  /** A folder that is in the trash or gone: its index rows may still be there. */
  const leaveBelow = async (folderId: number, touched: Touched): Promise<void> => {
    const folders = db
      .prepare<{ id: number }, [number]>(
        `WITH RECURSIVE below(id) AS (SELECT ?1 UNION ALL SELECT node.id FROM node JOIN below ON node.parent_id = below.id
           WHERE node.kind = 1) SELECT id FROM below`,
      )
      .all(folderId);
    for (const { id } of folders) {
      const nodeIds = items.inFolder(id).map(({ nodeId }) => nodeId);
      await settle(nodeIds, touched);
    }
  };
  const sweepMissing = async (spaceId: number, touched: Touched, signal: AbortSignal): Promise<void> => {
    for (let after = 0; !signal.aborted;) {
      const rows = items.missingAfter(spaceId, after, 2000);
      const last = rows.at(-1);
      if (last === undefined) return;
      after = last.id;
      await leaveAll(
        rows.filter(({ isMissing }) => isMissing === 1).map(({ id }) => id),
        touched,
      );
      await breathe();
    }
  };

  const followPage = async (spaceId: number, afterSeq: number, signal: AbortSignal): Promise<boolean> => {
    const changes = storage.changes.after(spaceId, afterSeq, pageSize);
    const lastSeq = changes.at(-1)?.seq;
    if (lastSeq === undefined) return false;
    const touched: Touched = new Map();
    const files: number[] = [];
    const written = new Set<number>();
    const wholeFolders: NodeInfo[] = [];
    let isAnyMissing = false;
    let isNewLibrary = false;
    for (const [nodeId, acts] of actsByNode(changes)) {
      const node = storage.knownNode(nodeId);
      if (node === undefined) isAnyMissing = true;
      if (node?.kind !== "folder") {
        files.push(nodeId);
        if (acts.has("write") || acts.has("edit")) written.add(nodeId);
      } else if (storage.node(nodeId) === undefined) {
        await leaveBelow(nodeId, touched);
      } else {
        isNewLibrary = considerFolder(node) || isNewLibrary;
        if (!isOnlyMade(acts)) wholeFolders.push(node);
      }
    }
    await settle(files, touched, { written });
    for (const folder of remark(spaceId, files)) wholeFolders.push(folder);
    for (const folder of wholeFolders) await walk(folder, touched, signal);
    if (isAnyMissing && libraries.all().some((library) => library.spaceId === spaceId)) {
      await sweepMissing(spaceId, touched, signal);
    }
    if (signal.aborted) return false;
    db.transaction(() => note(spaceId, lastSeq));
    deps.changed(touched, isNewLibrary);
    return changes.length === pageSize;
  };
  const sightingNow = (node: NodeInfo): Sighting | undefined => {
    const library = libraries.of(node.id);
    return library && taking.sightingOf(library, node);
  };
  const isHere = (nodeId: number) => {
    const item = items.ofNode(nodeId);
    // What belongs to a library that is switched off stays as it is.
    return item !== undefined && item.state !== "gone" && libraries.get(item.libraryId)?.isOn === true;
  };
  /** A folder at the top of a space may be one that becomes a library. */
  const considerFolder = (folder: NodeInfo): boolean => {
    if (folder.parentId === null || storage.node(folder.parentId)?.parentId !== null) return false;
    return db.transaction(() => {
      const library: LibraryRow | undefined = libraries.createByName(folder);
      if (library !== undefined) deps.scan(library.id);
      return library !== undefined;
    });
  };

  const follow = async (spaceId: number, signal: AbortSignal): Promise<void> => {
    const last = storage.changes.lastNumber(spaceId);
    const known = seen.get(spaceId);
    if (known === undefined || known > last || last - known > logReach) startOver(spaceId);
    for (let more = true; more && !signal.aborted;) {
      more = await followPage(spaceId, seen.get(spaceId) ?? 0, signal);
      await breathe();
    }
    const at = seen.get(spaceId) ?? 0;
    const end = storage.changes.lastNumber(spaceId);
    // Numbers that are no changes of nodes, as at every start: the log would be behind them one day.
    const isQuiet = end - at > maxLag && storage.changes.after(spaceId, at, 1).length === 0;
    if (isQuiet && !signal.aborted) db.transaction(() => note(spaceId, end));
  };

  return {
    isNew: (spaceId: number) => !seen.has(spaceId),
    follow: async (spaceId: number, signal: AbortSignal) => {
      try {
        await follow(spaceId, signal);
      } catch (error) {
        libraries.load();
        log.warn("the media libraries could not follow a space", { spaceId, cause: error });
        throw error;
      }
    },
    settle,
    /** Looks again at the folders of a space that are hidden, or were: its changes may not have been followed. */
    settleHidden: async (spaceId: number, touched: Touched, signal: AbortSignal): Promise<void> => {
      for (const folder of remark(spaceId, markers.known(spaceId))) await walk(folder, touched, signal);
    },
  };
}

export type Follower = ReturnType<typeof createFollower>;

const breathe = () => new Promise<void>((resume) => void setImmediate(resume));

function actsByNode(changes: readonly { readonly nodeId: number; readonly act: string }[]) {
  const acts = new Map<number, Set<string>>();
  for (const { nodeId, act } of changes) acts.set(nodeId, (acts.get(nodeId) ?? new Set()).add(act));
  return acts;
}

/** What lies in a folder that was only made here has entries of its own. */
function isOnlyMade(acts: ReadonlySet<string>): boolean {
  return [...acts].every((act) => act === "create" || act === "touch");
}
