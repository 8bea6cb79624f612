import type { Clock } from "#platform/clock";
import type { Logger } from "#platform/log";
import type { NodeInfo, Storage } from "#storage/primary";
import type { DocRecord, IndexCalls } from "./protocol.ts";
import { type ReadableOptions, textWish } from "./readable.ts";
import type { Thread } from "#platform/thread";

interface FollowerDeps {
  readonly storage: Storage;
  readonly index: Pick<Thread<IndexCalls>, "call">;
  readonly options: ReadableOptions;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Records handed over at a time: some milliseconds of work on either side. */
const batchSize = 500;
/** Such portions that become one transaction: the more, the less has to be merged in the index. */
const walkBatchPortions = 8;
/** Entries of the log looked up without others having their turn. */
const pageSize = 128;
/** Such pages that become one transaction. */
const logBatchPages = 32;
/** The change log reaches a little further back than this; numbers jump at every start. */
const logReach = 150_000;
/** Numbers without a change that are not noted. */
const maxLag = 10_000;
/** Time in which nodes are looked up before others have their turn. */
const sliceMs = 4;

/**
 * Brings the index of names in line with the storage: along the change log of each space; node by node where the log does not reach
 * back. Numbers are noted after the work, so that what a crash interrupts is done again.
 */
export function createFollower({ storage, index, options, clock, log }: FollowerDeps) {
  const seen = new Map<number, number>();

  const recordOf = (node: NodeInfo): DocRecord => ({
    nodeId: node.id,
    spaceId: node.spaceId,
    name: node.name,
    isFolder: node.kind === "folder",
    above: storage.above(node.id),
    modifiedAtMs: node.modifiedAtMs,
    // Folders have new etags all the time, and no content.
    stamp: node.kind === "folder" ? "" : (node.sha1 ?? node.etag),
    text: textWish(node, options),
  });
  const isShown = (node: NodeInfo | undefined): node is NodeInfo => node !== undefined && node.parentId !== null;

  /** Hands records over, and has them taken in so many at a time. */
  const batchOf = async () => {
    await index.call("unstage", null);
    let staged = 0;
    const flush = async () => {
      if (staged > 0) await index.call("apply", { records: [], removed: [], atMs: clock.now(), staged });
      staged = 0;
    };
    const add = async (records: readonly DocRecord[]) => {
      await index.call("stage", { records, removed: [] });
      staged += 1;
      if (staged === walkBatchPortions) await flush();
    };
    return { add, flush };
  };

  /** Everything below a folder, in portions. */
  const walk = async (folderId: number, signal: AbortSignal): Promise<void> => {
    const batch = await batchOf();
    const folders = [folderId];
    let records: DocRecord[] = [];
    let until = performance.now() + sliceMs;
    for (let at = folders.pop(); at !== undefined && !signal.aborted; at = folders.pop()) {
      if (storage.node(at) === undefined) continue;
      for (const node of storage.children(at)) {
        if (node.kind === "folder") folders.push(node.id);
        records.push(recordOf(node));
        if (records.length < batchSize && performance.now() < until) continue;
        if (records.length >= batchSize) {
          await batch.add(records);
          records = [];
        } else {
          await new Promise((resume) => void setImmediate(resume));
        }
        until = performance.now() + sliceMs;
      }
    }
    if (signal.aborted) return;
    await batch.add(records);
    await batch.flush();
  };

  /** What the index has and the storage has not. */
  const sweep = async (spaceId: number, signal: AbortSignal): Promise<void> => {
    for (let nodeId = 0; !signal.aborted;) {
      const ids = await index.call("idsAfter", { spaceId, nodeId, limit: batchSize });
      const last = ids.at(-1);
      if (last === undefined) return;
      nodeId = last;
      const removed = ids.filter((id) => storage.node(id)?.spaceId !== spaceId);
      if (removed.length > 0) await index.call("apply", { records: [], removed, atMs: clock.now() });
    }
  };

  const compareAll = async (spaceId: number, signal: AbortSignal): Promise<void> => {
    const number = storage.changes.lastNumber(spaceId);
    const startedAtMs = clock.now();
    await walk(storage.rootIdOf(spaceId), signal);
    await sweep(spaceId, signal);
    if (signal.aborted) return;
    log.info("search index compared with the storage", { spaceId, durationMs: clock.now() - startedAtMs });
    await note(spaceId, number);
  };
  const note = async (spaceId: number, seq: number) => {
    await index.call("setSeen", { spaceId, seq });
    seen.set(spaceId, seq);
  };

  /** Hands over a part of the log; answers how far it reached; undefined when there was nothing. */
  const stagePage = async (spaceId: number, afterSeq: number) => {
    const changes = storage.changes.after(spaceId, afterSeq, pageSize);
    const lastSeq = changes.at(-1)?.seq;
    if (lastSeq === undefined) return undefined;
    const nodes = [...new Set(changes.map(({ nodeId }) => nodeId))].map((id) => [id, storage.node(id)] as const);
    const records = nodes.flatMap(([, node]) => (isShown(node) ? [recordOf(node)] : []));
    const removed = nodes.filter(([, node]) => node === undefined).map(([id]) => id);
    await index.call("stage", { records, removed });
    const touched = changes.filter(({ act }) => act !== "create").map(({ nodeId }) => nodeId);
    return { lastSeq, isFull: changes.length === pageSize, touched };
  };
  /** The next portion of the log; answers whether there was one. */
  const followLog = async (spaceId: number, seq: number, signal: AbortSignal): Promise<boolean> => {
    const last = storage.changes.lastNumber(spaceId);
    let [lastSeq, staged, isFull] = [seq, 0, true];
    const touched = new Set<number>();
    await index.call("unstage", null);
    for (; isFull && staged < logBatchPages && !signal.aborted;) {
      const page = await stagePage(spaceId, lastSeq);
      if (page === undefined) break;
      staged += 1;
      isFull = page.isFull;
      for (const id of page.touched) touched.add(id);
      lastSeq = page.lastSeq;
    }
    if (signal.aborted) return false;
    if (lastSeq === seq) {
      // Numbers that are no changes of nodes, as at every start: the log would be behind them one day.
      if (last - seq > maxLag) await note(spaceId, last);
      return false;
    }
    const { moved } = await index.call("apply", { records: [], removed: [], atMs: clock.now(), staged });
    // What lies in a folder that was only made here has entries of its own.
    for (const folderId of moved) if (touched.has(folderId)) await walk(folderId, signal);
    if (signal.aborted) return false;
    await note(spaceId, lastSeq);
    return true;
  };

  const follow = async (spaceId: number, signal: AbortSignal): Promise<void> => {
    const last = storage.changes.lastNumber(spaceId);
    const known = seen.get(spaceId);
    if (known === undefined || known > last || last - known > logReach) await compareAll(spaceId, signal);
    for (let more = true; more && !signal.aborted;) {
      const from = seen.get(spaceId);
      more = from !== undefined && (await followLog(spaceId, from, signal));
    }
  };

  return {
    /** How far each space was followed before. */
    begin: (known: readonly (readonly [number, number])[]) => {
      seen.clear();
      for (const [spaceId, seq] of known) seen.set(spaceId, seq);
    },
    /** Whether the index has what the space gave out so far, apart from numbers that are no change. */
    isNew: (spaceId: number) => !seen.has(spaceId),
    follow,
  };
}
