import { AppError, errnoOf } from "#platform/errors";
import type { Batch } from "./batch.ts";
import { type Core, spaceOf } from "./core.ts";
import { agrees, factsAt, withEntries } from "./disk.ts";
import { folderKind, type NodeRow } from "./nodes.ts";
import { isReadableName, reindexEntry } from "./reindex.ts";

export interface FolderWatch {
  /** Called before a folder is listed, so that nothing can change unseen between the listing and the watch. */
  watch(folderId: number, path: string): void;
  /** True of a folder that could be watched and is not. */
  isMissing(folderId: number): boolean;
}

/** A slice of background work ends after so long, so that requests are answered in between. */
const sliceMs = 6;
/** A first walk writes many rows to the same pages; fewer, larger transactions write them less often. */
const firstWalkSliceMs = 25;
/** Detached rows are forgotten when they were not recognised elsewhere between two sweeps. */
const sweepEveryMs = 60_000;

/**
 * Compares whole folders with the disk. Foreground: one folder, at once. Background: a queue of folders in small slices; new
 * folders join it, so that it walks a whole tree.
 */
export function createIndexer(core: Core, watcher: FolderWatch) {
  const queue: number[] = [];
  const queued = new Set<number>();
  let working = false;
  let stopped = false;
  let waiters: (() => void)[] = [];
  let doomed = new Set<number>();

  const enqueue = (folderId: number) => {
    if (queued.has(folderId)) return;
    queued.add(folderId);
    queue.push(folderId);
    work();
  };

  const work = () => {
    if (working || stopped) return;
    working = true;
    setImmediate(slice);
  };

  const slice = () => {
    if (stopped) return;
    const isFirstWalk = core.spaces.all().some((space) => space.isNew);
    const until = performance.now() + (isFirstWalk ? firstWalkSliceMs : sliceMs);
    try {
      core.committer.now((batch) => {
        while (queue.length > 0 && performance.now() < until && !stopped) {
          const id = queue.pop() as number;
          queued.delete(id);
          listQuietly(batch, id);
        }
      });
    } catch (cause) {
      core.log.error("indexing failed; the folder is looked at again with the next pass", { cause });
    }
    working = false;
    if (queue.length > 0) return work();
    beginLogs();
    release();
  };
  /** The first walk of new spaces is done. */
  const beginLogs = () => {
    const begun = core.spaces.all().filter((space) => space.isNew);
    if (begun.length === 0) return;
    core.committer.now((batch) => {
      for (const space of begun) core.changes.seed(space, () => batch.seq(space));
    });
    for (const space of begun) space.isNew = false;
  };
  const release = () => {
    for (const waiter of waiters) waiter();
    waiters = [];
  };

  /** In the background a folder that is gone or a disk that is offline is no error: its own events bring it up again. */
  const listQuietly = (batch: Batch, id: number) => {
    try {
      listFolder(batch, id);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      core.log.debug("folder not indexed", { folderId: id, detail: error.detail });
    }
  };

  const listFolder = (batch: Batch, folderId: number): void => {
    const folder = core.nodes.get(folderId);
    if (folder === undefined || folder.kind !== folderKind || !core.tree.isVisible(folder)) return;
    const { volume } = spaceOf(core, folder);
    volume.requireOnline();
    const path = core.tree.path(folder.id);
    const facts = factsAt(path);
    if (facts?.kind !== folderKind) return folderGone(core, batch, folder, enqueue);
    watcher.watch(folder.id, path);
    compare(core, batch, folder, path, watcher);
    core.nodes.setTime(folder.id, facts.mtimeUs);
  };

  const sweep = () => {
    // What is gone from a held space may be asked back from its versions; on a disk that is away it may stand somewhere else.
    const untouched = core.spaces
      .all()
      .filter(({ id, volume }) => core.restraints.heldSpace(id) !== undefined || !volume.isOnline());
    const ids = new Set(untouched.map(({ id }) => id));
    const detached = core.nodes.detachedOutsideTrash().filter((id) => !ids.has(core.nodes.get(id)?.space_id ?? 0));
    const forgotten: number[] = [];
    core.committer.now(() => {
      for (const id of detached) {
        if (!doomed.has(id)) continue;
        forgotten.push(...core.nodes.idsBelow(id));
        core.nodes.deleteBelow(id);
      }
    });
    doomed = new Set(detached);
    if (forgotten.length > 0) core.events.publish("forgotten", { nodeIds: forgotten });
  };
  const sweepTimer = setInterval(sweep, sweepEveryMs);

  return {
    enqueue,
    /** Brings one folder up to date now. */
    listNow: (folderId: number) => core.committer.now((batch) => listFolder(batch, folderId)),
    /** Queues every folder of the index. */
    enqueueAll: () => {
      for (let after = 0; !stopped;) {
        const ids = core.nodes.folderIds(after, 10_000);
        for (const id of ids) enqueue(id);
        const last = ids.at(-1);
        if (last === undefined) return;
        after = last;
      }
    },
    sweep,
    settled: () =>
      queue.length === 0 && !working ? Promise.resolve() : new Promise<void>((done) => waiters.push(done)),
    isStopped: () => stopped,
    stop: () => {
      stopped = true;
      clearInterval(sweepTimer);
      release();
    },
  };
}

export type Indexer = ReturnType<typeof createIndexer>;

/** Brings the entries of one folder in line. */
function compare(core: Core, batch: Batch, folder: NodeRow, path: string, watcher: FolderWatch): void {
  const rows = new Map(core.nodes.children(folder.id).map((row) => [row.name, row]));
  if (rows.size === 0 && spaceOf(core, folder).isNew) return insertAll(core, batch, folder, path);
  const differing = withEntries(path, (names, factsIn) =>
    names.filter((name) => {
      const row = rows.get(name);
      rows.delete(name);
      const facts = row === undefined ? undefined : factsIn(name);
      if (row === undefined || facts === undefined || !agrees(facts, row)) return true;
      // A folder that we made ourselves before this one was watched gave no notice.
      if (row.kind === folderKind && watcher.isMissing(row.id)) core.listSoon(row.id);
      return false;
    }),
  );
  for (const name of differing) reindexEntry(core, batch, folder, path, name);
  // A disk that went away while it was listed must not look like deleted files.
  if (rows.size > 0) spaceOf(core, folder).volume.requireOnline();
  for (const name of rows.keys()) reindexEntry(core, batch, folder, path, name);
}

/** The first look at a folder of a new space: every entry is new. */
function insertAll(core: Core, batch: Batch, folder: NodeRow, path: string): void {
  const space = spaceOf(core, folder);
  let sizeBytes = 0;
  let count = 0;
  withEntries(path, (names, factsIn) => {
    for (const name of names) {
      const facts = isReadableName(name) ? factsIn(name) : undefined;
      if (facts === undefined) continue;
      const isFolder = facts.kind === folderKind;
      const place = { spaceId: space.id, parentId: folder.id, name };
      const known = { ...place, ...facts, mtimeUs: isFolder ? 0 : facts.mtimeUs, etag: batch.seq(space), sha1: null };
      const id = core.nodes.insert(known);
      if (id === undefined) continue;
      if (isFolder) core.listSoon(id);
      else core.tiers.appeared(space.volume, id, `${path}/${name}`, facts);
      sizeBytes += facts.sizeBytes;
      count++;
    }
  });
  batch.raise(folder.id, sizeBytes, count);
}

function folderGone(core: Core, batch: Batch, folder: NodeRow, enqueue: (id: number) => void): void {
  if (folder.parent_id === null) {
    throw new AppError("storage-offline", "The top folder of this space is missing on the disk.");
  }
  const parent = core.nodes.get(folder.parent_id);
  if (parent === undefined) return;
  try {
    reindexEntry(core, batch, parent, core.tree.path(parent.id), folder.name);
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    enqueue(parent.id);
  }
}
