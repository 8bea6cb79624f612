import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Clock, Random } from "#platform/clock";
import { randomToken } from "#platform/clock";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import { createEvents } from "#platform/events";
import type { Exec } from "#platform/exec";
import type { Logger } from "#platform/log";
import { makeFolder, move, put, touch } from "./acts.ts";
import { createBatch } from "./batch.ts";
import { bringUpAll, compareVersions, watchVolumes } from "./bring-up.ts";
import { createCommitter, type Durability } from "./committer.ts";
import { createChanges } from "./changes.ts";
import { copy } from "./copy.ts";
import type { Core } from "./core.ts";
import { factsAt } from "./disk.ts";
import { freeName } from "./free-name.ts";
import { createIndexer, type Indexer } from "./indexer.ts";
import { acceptName } from "./names.ts";
import { folderKind } from "./nodes.ts";
import { createNodes } from "./repository.ts";
import { createPace } from "./pace.ts";
import { createReading } from "./reading.ts";
import { createRedo } from "./redo.ts";
import { createRestraints } from "./restraints.ts";
import { createSpaces, type Space } from "./spaces.ts";
import { sweepStage } from "./stage.ts";
import type { Storage } from "./storage.ts";
import { createTierHooks } from "./tiers-hooks.ts";
import { createTierRows } from "./tiers-repository.ts";
import type { TierConfig } from "./tiers-stores.ts";
import { takeOver } from "./take-over.ts";
import { createTiers } from "./tiers.ts";
import { createTrash, remove } from "./trash.ts";
import { createTree } from "./tree.ts";
import type { SpaceInfo, SpaceKind, StorageEvents } from "./types.ts";
import { createUploads } from "./uploads.ts";
import { createVersions } from "./versions.ts";
import { createVersionRows } from "./versions-repository.ts";
import { openVolumes, type Volume } from "./volumes.ts";
import { createWatcher } from "./watcher.ts";

export interface StorageDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly exec: Exec;
  /** Name → folder on one file system. */
  readonly volumes: Readonly<Record<string, string>>;
  readonly durability: Durability;
  /** Stores beside the volumes. */
  readonly tiers?: readonly TierConfig[];
  /** Saves of one device so soon after a version was kept are no versions of their own; 30 s without it. */
  readonly mergeVersionsMs?: number;
}

const defaultMergeVersionsMs = 30_000;

const settleEveryMs = 5_000;
const volumeCheckEveryMs = 5_000;
const sweepEveryMs = 3600_000;
/** Nothing is received for so long without a byte. */
const stageKeptMs = 24 * 3600_000;
const flushOpensEveryMs = 60_000;
/** Catches what no notice reached: unwatched folders, edits on another machine's mount. */
const passEveryMs = 6 * 3600_000;
const kinds: Record<SpaceKind, string> = { home: "home", shared: "spaces" };

/** Composes the storage. Nothing runs before `start`. */
export function createStorage(deps: StorageDeps): Storage {
  const core = createCore(deps, (id) => indexer.enqueue(id));
  const { spaces, volumes, nodes, events, log } = core;
  const watcher = createWatcher({
    core,
    enqueue: (id) => indexer.enqueue(id),
    enqueueAll: () => indexer.enqueueAll(),
  });
  const indexer = createIndexer(core, watcher);
  const uploads = createUploads(core);
  const trash = createTrash(core);
  const tiers = createTiers(core, createTierRows(deps.db), deps.tiers ?? []);
  const versions = createVersions(core, tiers);
  const timers: ReturnType<typeof setInterval>[] = [];
  let firstPassTimer: ReturnType<typeof setImmediate> | undefined;
  const firstPassBegun = Promise.withResolvers<void>();
  events.subscribe("indexLost", () => indexer.enqueueAll());
  events.subscribe("forgotten", ({ nodeIds }) => {
    watcher.forget(nodeIds);
    void versions
      .forgetNodes(nodeIds)
      .catch((cause) => log.error("versions of what is gone could not be removed", { cause }));
  });

  const spaceInfo = (space: Space): SpaceInfo => ({
    id: space.id,
    kind: space.kind,
    name: space.name,
    volume: space.volume.name,
    rootId: space.rootId,
    usedBytes: nodes.get(space.rootId)?.size_bytes ?? 0,
    trashBytes: spaces.trashBytes(space.id),
    versionBytes: core.versions.bytesOf(space.id),
    quotaBytes: space.quotaBytes,
  });

  const start = async () => {
    bringUpAll(core);
    uploads.sweep();
    for (const { name, place, reason, files } of tiers.api.stores()) {
      if (reason !== null) log.error("a store of content cannot be reached", { tier: name, place, files, reason });
    }
    timers.push(
      setInterval(
        () => void core.redo.settle(volumes).catch((cause) => log.error("sync failed", { cause })),
        settleEveryMs,
      ),
      setInterval(
        watchVolumes(core, (volume) => compareReturned(core, indexer, volume)),
        volumeCheckEveryMs,
      ),
      setInterval(() => {
        uploads.sweep();
        for (const volume of volumes.values())
          if (volume.isOnline()) sweepStage(volume, core.clock.now() - stageKeptMs);
        core.changes.prune(spaces.all().filter(({ id }) => core.restraints.heldSpace(id) === undefined));
      }, sweepEveryMs),
      setInterval(() => indexer.enqueueAll(), passEveryMs),
      setInterval(tiers.flush, flushOpensEveryMs),
    );
    firstPassTimer = setImmediate(() => {
      void firstPass(core, indexer).finally(firstPassBegun.resolve);
    });
  };

  return {
    events,
    spaces: () => spaces.all().map(spaceInfo),
    space: (id) => spaceInfo(spaces.get(id)),
    findSpace: (kind, name) => {
      const space = spaces.find(kind, name);
      return space && spaceInfo(space);
    },
    createSpace: async (options) => {
      const space = await createSpace(core, options);
      indexer.enqueue(space.rootId);
      reportIndexed(core, indexer);
      events.publish("spaceCreated", { spaceId: space.id });
      return spaceInfo(space);
    },
    setQuota: (id, quotaBytes) => spaces.setQuota(spaces.get(id), quotaBytes),
    volumes: () => [...volumes.values()].map((volume) => volume.state()),
    requireOnline: (id) => spaces.get(id).volume.requireOnline(),
    ...createReading(core, indexer, watcher, tiers),
    tiers: tiers.api,
    put: (place, body, options) => put(core, place, body, options),
    touch: (id, modifiedAtMs, options) => touch(core, id, modifiedAtMs, options),
    takeOver: (sourcePath, place, options) => takeOver(core, sourcePath, place, options),
    reserveIds: (upTo) =>
      core.db.transaction(() => {
        const first = core.nodes.reserveIds(upTo);
        core.nodes.saveNextId();
        return first;
      }),
    makeFolder: (place, options) => makeFolder(core, place, options),
    move: (id, to, options) => move(core, id, to, options),
    copy: (id, to, options) => copy(core, id, to, options),
    remove: (id, options) => remove(core, id, options),
    freeName: (place) => freeName(core, place),
    changes: {
      after: core.changes.after,
      since: core.changes.since,
      lastNumber: (spaceId) => spaces.get(spaceId).seq,
    },
    pace: core.pace,
    restrain: core.restraints.set,
    heldSpace: core.restraints.heldSpace,
    trash,
    versions,
    uploads,
    start,
    stop: async () => {
      for (const timer of timers) clearInterval(timer);
      clearImmediate(firstPassTimer);
      firstPassBegun.resolve();
      indexer.stop();
      watcher.stop();
      await tiers.stop();
      await core.redo.settle(volumes).catch((cause) => log.error("sync failed", { cause }));
    },
    settled: async () => {
      await firstPassBegun.promise;
      watcher.catchUp();
      await indexer.settled();
    },
  };
}

function createCore(deps: StorageDeps, listSoon: Core["listSoon"]): Core {
  const { db, clock, log } = deps;
  const volumes = openVolumes(deps.volumes, deps);
  const nodes = createNodes(db);
  const spaces = createSpaces(db, volumes);
  const tree = createTree(nodes, spaces);
  const changes = createChanges(db);
  const restraints = createRestraints();
  const pace = createPace();
  const events = createEvents<StorageEvents>(log);
  const committer = createCommitter({
    db,
    log,
    durability: deps.durability,
    onLost: () => events.publish("indexLost", {}),
    newBatch: () => createBatch({ changes, nodes, spaces, tree, log, restraints, pace, nowMs: clock.now() }),
    onCommitted: (batch) => {
      for (const [spaceId, folders] of batch.changedFolders())
        events.publish("changed", { spaceId, folderIds: [...folders] });
    },
  });
  const redo = createRedo({ db, exec: deps.exec, log, clock, enabled: deps.durability === "strict" });
  const versions = createVersionRows(db);
  const { mergeVersionsMs = defaultMergeVersionsMs } = deps;
  const tiers = createTierHooks(createTierRows(db), () => core);
  const parts = {
    nodes,
    spaces,
    volumes,
    tree,
    changes,
    events,
    committer,
    redo,
    versions,
    restraints,
    pace,
    tiers,
    listSoon,
  };
  const core: Core = { ...deps, ...parts, mergeVersionsMs };
  return core;
}

/** A folder that stands there already becomes the space's content: plain files are the truth. */
async function createSpace(
  core: Core,
  options: { kind: SpaceKind; name: string; quotaBytes: number | null; volume?: string },
): Promise<Space> {
  const volumeName = options.volume ?? core.volumes.keys().next().value ?? "";
  const volume = core.volumes.get(volumeName);
  if (volume === undefined) throw new AppError("bad-request", `There is no volume "${volumeName}".`);
  volume.requireOnline();
  const folder = join(kinds[options.kind], acceptName(options.name));
  return core.committer.submit((batch) => {
    if (core.spaces.find(options.kind, options.name) !== undefined)
      throw new AppError("exists", "A space of that name exists.");
    const path = join(volume.path, folder);
    mkdirSync(path, { recursive: true });
    const facts = factsAt(path);
    if (facts?.kind !== folderKind)
      throw new AppError("conflict", "Something else stands where the space's folder should be.");
    core.redo.folder(volume, path, facts);
    const id = core.spaces.nextId();
    const root = { ...facts, mtimeUs: 0, spaceId: id, parentId: null, name: options.name, etag: 1, sha1: null };
    const rootId = core.nodes.insert(root);
    if (rootId === undefined) throw new AppError("exists");
    const epoch = `${randomToken(core.random, 24)}.`;
    const { kind, name, quotaBytes } = options;
    const space = core.spaces.insert({
      id,
      kind,
      name,
      volume: volumeName,
      folder,
      root_id: rootId,
      quota_bytes: quotaBytes,
      epoch,
      seq: 1,
    });
    batch.raise(rootId, 0, 0);
    return space;
  });
}

/** Every folder is looked at once after a start; before that, versions, since what the index still has tells whose content they are. */
async function firstPass(core: Core, indexer: Indexer): Promise<void> {
  for (const volume of core.volumes.values()) await compareVersions(core, volume, indexer.isStopped);
  if (indexer.isStopped()) return;
  indexer.enqueueAll();
  reportIndexed(core, indexer);
}

/** The same for one volume whose disk has come back. */
async function compareReturned(core: Core, indexer: Indexer, volume: Volume): Promise<void> {
  await compareVersions(core, volume, indexer.isStopped);
  if (!indexer.isStopped()) indexer.enqueueAll();
}

/** Logs when the index has caught up with the disk. */
function reportIndexed(core: Core, indexer: Indexer): void {
  const startedAt = performance.now();
  void indexer.settled().then(() => {
    if (indexer.isStopped()) return;
    const counts = core.spaces.all().map((space) => core.nodes.get(space.rootId)?.count ?? 0);
    const entries = counts.reduce((sum, count) => sum + count, 0);
    core.log.info("index complete", { entries, durationMs: Math.round(performance.now() - startedAt) });
  });
}
