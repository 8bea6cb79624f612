import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import { toAppError } from "#platform/errors";
import { handleJob, type JobContext, type JobHandler } from "#platform/jobs";
import type { Storage } from "#storage/primary";
import type { Follower } from "./follower.ts";
import { libraryScan } from "./jobs.ts";
import { isForeignFolder, kindOfFile } from "./kinds.ts";
import type { Libraries } from "./libraries.ts";
import type { LibraryRow } from "./repository.ts";
import type { Compared, FolderBelow, ScanRow, ScanRows } from "./scan-rows.ts";
import type { Touched } from "./taking.ts";

export interface ScanDeps {
  readonly db: Db;
  readonly storage: Storage;
  readonly clock: Clock;
  readonly libraries: Libraries;
  readonly scans: ScanRows;
  readonly follower: Pick<Follower, "settle" | "settleHidden">;
  readonly changed: (touched: Touched, libraries: boolean) => void;
}

/** Rows compared without others having their turn. */
const pageSize = 1000;
/** Progress is saved so often; a crash repeats no more than that. */
const saveMs = 500;
const sliceMs = 8;

type Progress = { -readonly [K in keyof ScanRow]: ScanRow[K] };

/** One SQL comparison of the index with the items for every folder; only what differs is looked at further. */
export function scanHandler(deps: ScanDeps): JobHandler {
  return handleJob(libraryScan, async (context, { libraryId, isFull }) => {
    const library = deps.libraries.get(libraryId);
    if (library?.isOn !== true) return;
    const before = deps.scans.get(libraryId);
    const isGoingOn = before?.jobId === context.id && before.state === "running";
    const progress: Progress = isGoingOn ? { ...before } : begun(library, context.id, deps.clock.now());
    try {
      await run(deps, library, progress, isFull, context);
      finish(deps, progress, "done", null);
    } catch (error) {
      // Stopped with the server, it goes on where it was; whoever cancelled it has noted so.
      const isStopped = context.signal.aborted;
      if (!isStopped) finish(deps, progress, "failed", toAppError(error).detail);
      throw error;
    }
  });
}

function begun({ id: libraryId }: LibraryRow, jobId: number, nowMs: number): Progress {
  return {
    ...{ libraryId, jobId, state: "running", cursor: 0, doneCount: 0, totalCount: 0, busyMs: 0 },
    ...{ startedAtMs: nowMs, finishedAtMs: null, reason: null },
  };
}

function finish(
  { db, scans, clock, changed }: ScanDeps,
  progress: Progress,
  state: ScanRow["state"],
  reason: string | null,
) {
  db.transaction(() => scans.save({ ...progress, state, reason, finishedAtMs: clock.now() }));
  changed(new Map(), true);
}

async function run(
  deps: ScanDeps,
  library: LibraryRow,
  progress: Progress,
  isFull: boolean,
  { signal, progress: report }: JobContext,
): Promise<void> {
  const { storage, scans, db, changed } = deps;
  // Nothing of the first walk through a space is in the index before.
  await storage.settled();
  signal.throwIfAborted();
  storage.requireOnline(library.spaceId);
  const root = storage.node(library.folderId);
  const folders = root === undefined ? [] : scans.folders(library.folderId).filter(({ prefix }) => !isForeign(prefix));
  const isSaved = { atMs: performance.now(), sliceMs: performance.now() };
  const touched: Touched = new Map();
  progress.totalCount = Math.max(progress.doneCount, root?.count ?? 0);
  const save = () => {
    const nowMs = performance.now();
    progress.busyMs += Math.round(nowMs - isSaved.atMs);
    isSaved.atMs = nowMs;
    db.transaction(() => scans.save(progress));
    report(progress.doneCount, progress.totalCount);
    changed(touched, true);
    touched.clear();
  };
  save();
  await deps.follower.settleHidden(library.spaceId, touched, signal);
  for (const folder of folders) {
    if (folder.id <= progress.cursor) continue;
    await compareFolder(deps, library, folder, progress, isFull, touched, signal, isSaved);
    signal.throwIfAborted();
    progress.cursor = folder.id;
    progress.doneCount += 1;
    if (performance.now() - isSaved.atMs > saveMs) save();
  }
  await sweep(deps, library, new Set(folders.map(({ id }) => id)), touched, signal);
  progress.doneCount = progress.totalCount;
  save();
}

async function compareFolder(
  { scans, follower }: ScanDeps,
  library: LibraryRow,
  folder: FolderBelow,
  progress: Progress,
  isFull: boolean,
  touched: Touched,
  signal: AbortSignal,
  slice: { sliceMs: number },
): Promise<void> {
  let after: readonly [string, string] = ["", ""];
  for (let isMore = true; isMore && !signal.aborted;) {
    const rows = scans.compare(library.id, folder, after, pageSize);
    isMore = rows.length === pageSize;
    const last = rows.at(-1);
    if (last !== undefined) after = [last.fold, last.name];
    const isToBeSeen = ({ name, differs }: Compared) =>
      isFull || (differs === 1 && kindOfFile(library.kind, name) !== undefined);
    const seen = rows.filter(isToBeSeen).map(({ id }) => id);
    if (seen.length > 0) await follower.settle(seen, touched, { isTold: isFull });
    progress.doneCount += rows.length;
    if (performance.now() - slice.sliceMs < sliceMs) continue;
    await new Promise((resume) => void setImmediate(resume));
    slice.sliceMs = performance.now();
  }
}

/** What the library has and its folder has not. */
async function sweep(
  { scans, follower }: ScanDeps,
  library: LibraryRow,
  folderIds: ReadonlySet<number>,
  touched: Touched,
  signal: AbortSignal,
): Promise<void> {
  for (let after = 0; !signal.aborted;) {
    const rows = scans.placedAfter(library.id, after, pageSize);
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.id;
    const left = rows.filter(({ folderId, isThere }) => isThere === 0 || !folderIds.has(folderId));
    await follower.settle(
      left.map(({ nodeId }) => nodeId),
      touched,
    );
    await new Promise((resume) => void setImmediate(resume));
  }
  signal.throwIfAborted();
}

function isForeign(prefix: string): boolean {
  return prefix.split("/").some((name) => name !== "" && isForeignFolder(name));
}
