import { inTime } from "#platform/clock";
import { AppError } from "#platform/errors";
import { createIsOpenForWriting } from "#platform/lease";
import { type Core, spaceOf } from "./core.ts";
import { fileKind, type NodeRow } from "./nodes.ts";
import { createDiskStore } from "./tiers-disk-store.ts";
import { createFastCopies } from "./tiers-fast.ts";
import { type Fetch, hasRoomFor, startFetch } from "./tiers-in.ts";
import { createOpens, lastOpenSql, opensSql } from "./tiers-opens.ts";
import { type MoverDeps, moveOut } from "./tiers-out.ts";
import { type Placeholder, placeholderIn, smallestTieredBytes } from "./tiers-placeholder.ts";
import { followFetch, readStore } from "./tiers-reader.ts";
import type { RefRow, TierRows } from "./tiers-repository.ts";
import { createS3Store } from "./tiers-s3-store.ts";
import type { ContentStore, TierConfig } from "./tiers-stores.ts";
import { sweepObjects } from "./tiers-sweep.ts";
import type { MoveOptions, RemoteContent, StorageTiers, TierCandidate, TieredFile } from "./tiers-types.ts";
import type { Version } from "./types.ts";

/** Transfers back that begin because somebody reads; more readers are served without keeping. */
const maxReadersFetches = 2;
/** After somebody read something, moving goes slowly for so long. */
const readersMs = 1_000;
const pauseMs = 20;
const readyTimeoutMs = 30_000;
const dayMs = 86_400_000;

/** Content outside its volume: the stores, moving there and back, and reading what is there. */
export function createTiers(core: Core, rows: TierRows, configs: readonly TierConfig[]) {
  const storeDeps = { clock: core.clock, random: core.random, log: core.log, marks: rows.marks };
  const stores = new Map<string, ContentStore>(
    configs.map((config) => [
      config.name,
      config.kind === "disk" ? createDiskStore(config, storeDeps) : createS3Store(config, storeDeps),
    ]),
  );
  const opens = createOpens(core.db, core.clock);
  const fetches = new Map<number, Fetch>();
  let onOpen: "fetch" | "stream" = "fetch";
  let isOpenForWriting: MoverDeps["isOpenForWriting"] | undefined;
  const deps: MoverDeps = {
    core,
    rows,
    inFlight: new Set(),
    // Loaded when something moves for the first time.
    isOpenForWriting: (fd) => (isOpenForWriting ??= createIsOpenForWriting())(fd),
    yieldToReaders: async () => {
      if (core.clock.now() - opens.readAtMs() < readersMs) await Bun.sleep(pauseMs);
    },
  };
  const fast = createFastCopies(deps, stores);

  const offlineReason = (tier: string): string | null => {
    const store = stores.get(tier);
    if (store === undefined)
      return `The configuration has no store "${tier}" any more; add it again to reach what is in it.`;
    return store.offlineReason();
  };
  const requireStore = (tier: string): ContentStore => {
    const store = stores.get(tier);
    const reason = offlineReason(tier);
    if (store === undefined || reason !== null) throw new AppError("unavailable", reason ?? undefined);
    return store;
  };
  const begin = (nodeId: number, tier: string, onBytes: (bytes: number) => void, signal: AbortSignal): Fetch => {
    const fetch = startFetch(deps, requireStore(tier), nodeId, onBytes, signal);
    fetches.set(nodeId, fetch);
    void fetch.done.catch(() => undefined).finally(() => fetches.delete(nodeId));
    return fetch;
  };

  const readers = new AbortController();
  const remote = (row: NodeRow, placeholder: Placeholder): RemoteContent => ({
    tier: placeholder.tier,
    ready: async () => {
      const late = () => new AppError("unavailable", `"${placeholder.tier}" does not answer.`);
      const asked = async () => requireStore(placeholder.tier).check(placeholder.objectId, placeholder.sizeBytes);
      await inTime(explain(`"${row.name}"`, asked), readyTimeoutMs, late);
    },
    stream: (start, end) => {
      const store = requireStore(placeholder.tier);
      let fetch = fetches.get(row.id);
      const isWhole = start === 0 && end === placeholder.sizeBytes;
      if (fetch === undefined && isWhole && onOpen === "fetch" && fetches.size < maxReadersFetches) {
        const { volume } = spaceOf(core, row);
        if (core.nodes.get(row.id)?.ino === row.ino && hasRoomFor(volume, placeholder.sizeBytes)) {
          fetch = begin(row.id, placeholder.tier, () => undefined, readers.signal);
        }
      }
      const isAlong = fetch?.objectId === placeholder.objectId && start <= fetch.readableBytes();
      return isAlong
        ? followFetch(fetch as Fetch, store, placeholder, start, end)
        : readStore(store, placeholder, start, end);
    },
  });

  const toTiered = (ref: RefRow): TieredFile => ({
    nodeId: ref.node_id,
    tier: ref.tier,
    role: "cold",
    sizeBytes: ref.size_bytes,
    fetchedBytes: fetches.get(ref.node_id)?.readableBytes() ?? null,
  });

  const api: StorageTiers = {
    stores: () => {
      const sums = new Map(rows.sums().map((sum) => [sum.tier, sum]));
      const names = new Set([...stores.keys(), ...sums.keys()]);
      return [...names].map((name) => {
        const store = stores.get(name);
        const reason = offlineReason(name);
        return {
          name,
          kind: store?.kind ?? "disk",
          role: store?.role ?? "cold",
          place: store?.place ?? "",
          online: reason === null,
          reason,
          configured: store !== undefined,
          files: sums.get(name)?.files ?? 0,
          sizeBytes: sums.get(name)?.size_bytes ?? 0,
          freeBytes: store?.freeBytes() ?? null,
        };
      });
    },
    states: (nodeIds) => {
      const cold = rows.refsOf(nodeIds).map(toTiered);
      const copies = nodeIds.map((id) => rows.copyOf(id)).filter((copy) => copy !== undefined);
      const hot = copies.map(({ node_id: nodeId, tier, size_bytes: sizeBytes }): TieredFile => ({
        nodeId,
        tier,
        role: "fast",
        sizeBytes,
        fetchedBytes: null,
      }));
      return [...cold, ...hot];
    },
    pageAfter: (nodeId, limit, tier) => rows.refsAfter(nodeId, limit, tier).map(toTiered),
    offlineReason,
    candidates: (options) => candidates(core, options),
    moveOut: async (nodeId, tier, options) => {
      const store = requireStore(tier);
      if (store.role === "fast") await fast.add(store, nodeId, options);
      else await moveOut(deps, store, nodeId, options);
    },
    fetch: async (nodeId, options) => fetchNow(nodeId, options),
    demote: fast.drop,
    setOnOpen: (value) => {
      onOpen = value;
    },
    sweep: async (signal) => {
      opens.flush();
      opens.prune();
      await fast.sweep(signal);
      return sweepObjects(deps, stores, signal);
    },
    look: async () => {
      await Promise.all([...stores.values()].map((store) => store.look()));
    },
  };

  const fetchNow = async (nodeId: number, { signal, onBytes }: MoveOptions): Promise<void> => {
    const running = fetches.get(nodeId);
    if (running !== undefined) {
      await running.done;
      onBytes?.(running.sizeBytes);
      return;
    }
    const row = core.nodes.get(nodeId);
    const ref = rows.ref(nodeId);
    if (row === undefined || ref === undefined) throw new AppError("conflict", "Its content is here already.");
    const { volume } = spaceOf(core, row);
    if (!hasRoomFor(volume, ref.size_bytes)) {
      throw new AppError("disk-full", `"${row.name}" does not fit on the disk; it stays in "${ref.tier}".`);
    }
    await begin(nodeId, ref.tier, (bytes) => onBytes?.(bytes), signal).done;
  };

  return {
    api,
    remote,
    /** Of a version whose file is a placeholder; it is read from where it is, and never brought back. */
    remoteVersion: (version: Version, fd: number): RemoteContent | undefined => {
      const placeholder = placeholderIn(fd, version.sizeBytes);
      if (placeholder === undefined) return undefined;
      const ref = rows.ref(version.nodeId, version.number);
      if (ref?.object_id !== placeholder.objectId) rows.name(version.nodeId, version.number, placeholder);
      const store = () => requireStore(placeholder.tier);
      const asked = async () => store().check(placeholder.objectId, placeholder.sizeBytes);
      return {
        tier: placeholder.tier,
        ready: () => explain("This version", asked),
        stream: (start, end) => readStore(store(), placeholder, start, end),
      };
    },
    openFast: fast.open,
    noteOpen: opens.note,
    flush: opens.flush,
    stop: async () => {
      readers.abort(new AppError("unavailable", "The server is stopping."));
      await Promise.allSettled([...fetches.values()].map(({ done }) => done));
      opens.flush();
    },
  };
}

export type Tiers = ReturnType<typeof createTiers>;

/** Says of which file it is. */
async function explain(what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError(error.code, `${what} cannot be read now. ${error.detail}`, { cause: error });
  }
}

interface CandidateRow {
  readonly id: number;
  readonly space_id: number;
  readonly size_bytes: number;
  readonly mtime_us: number;
  readonly last_ms: number | null;
  readonly opens: number;
  readonly fast: string | null;
}

function candidates(core: Core, options: Parameters<StorageTiers["candidates"]>[0]): TierCandidate[] {
  const rows = core.db
    .prepare<CandidateRow, [number, number, number, number, number]>(
      `SELECT id, space_id, size_bytes, mtime_us, ${lastOpenSql} AS last_ms, ${opensSql("?5")} AS opens,
         (SELECT tier FROM tier_copy WHERE tier_copy.node_id = node.id) AS fast
       FROM node WHERE id > ?1 AND kind = ${fileKind} AND parent_id > 0 AND size_bytes >= ?2 AND mtime_us <= ?3
         AND NOT EXISTS (SELECT 1 FROM tier_ref WHERE tier_ref.node_id = node.id AND number = 0)
       ORDER BY id LIMIT ?4`,
    )
    .all(
      options.afterId,
      Math.max(options.minBytes, smallestTieredBytes),
      options.changedBeforeMs * 1000,
      options.limit,
      Math.floor(options.nowMs / dayMs),
    );
  return rows.map((row) => ({
    nodeId: row.id,
    spaceId: row.space_id,
    sizeBytes: row.size_bytes,
    modifiedAtMs: Math.floor(row.mtime_us / 1000),
    lastOpenedAtMs: row.last_ms,
    opens: row.opens,
    fastTier: row.fast,
  }));
}
