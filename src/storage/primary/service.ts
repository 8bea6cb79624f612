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
import { createReading } from "./reading.ts";
import { createRedo } from "./redo.ts";
import { createSpaces, type Space } from "./spaces.ts";
import { sweepStage } from "./stage.ts";
import { bringBackUnacknowledged, forgetWithoutContent } from "./trash-mend.ts";
import type { Storage } from "./storage.ts";
import { createTrash, remove } from "./trash.ts";
import { createTree } from "./tree.ts";
import type { SpaceInfo, SpaceKind, StorageEvents } from "./types.ts";
import { createUploads } from "./uploads.ts";
import { createVersions } from "./versions.ts";
import { relinkUnsynced, sweepVersions } from "./versions-mend.ts";
import { createVersionRows } from "./versions-repository.ts";
import { openVolumes } from "./volumes.ts";
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
}

const settleEveryMs = 5_000;
const volumeCheckEveryMs = 5_000;
const sweepEveryMs = 3600_000;
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
  const versions = createVersions(core);
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
    for (const volume of volumes.values()) {
      if (!volume.state().online) {
        log.error("volume offline", { volume: volume.name, reason: volume.state().reason });
        continue;
      }
      core.redo.repeatDeletions(volume);
      bringBackUnacknowledged(core, volume);
      relinkUnsynced(core, volume);
      core.redo.replay(volume);
      forgetWithoutContent(core, volume);
      const swept = sweepStage(volume);
      if (swept > 0) log.info("unfinished files removed", { volume: volume.name, count: swept });
    }
    uploads.sweep();
    timers.push(
      setInterval(
        () => void core.redo.settle(volumes).catch((cause) => log.error("sync failed", { cause })),
        settleEveryMs,
      ),
      setInterval(watchVolumes(core, indexer.enqueueAll), volumeCheckEveryMs),
      setInterval(() => {
        uploads.sweep();
        core.changes.prune(spaces.all());
      }, sweepEveryMs),
      setInterval(() => indexer.enqueueAll(), passEveryMs),
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
    ...createReading(core, indexer, watcher),
    put: (place, body, options) => put(core, place, body, options),
    touch: (id, modifiedAtMs, options) => touch(core, id, modifiedAtMs, options),
    makeFolder: (place, options) => makeFolder(core, place, options),
    move: (id, to, options) => move(core, id, to, options),
    copy: (id, to, options) => copy(core, id, to, options),
    remove: (id, options) => remove(core, id, options),
    freeName: (place) => freeName(core, place),
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
  const events = createEvents<StorageEvents>(log);
  const committer = createCommitter({
    db,
    log,
    durability: deps.durability,
    onLost: () => events.publish("indexLost", {}),
    newBatch: () => createBatch({ changes, nodes, spaces, tree, log, nowMs: clock.now() }),
    onCommitted: (batch) => {
      for (const [spaceId, folders] of batch.changedFolders())
        events.publish("changed", { spaceId, folderIds: [...folders] });
    },
  });
  const redo = createRedo({ db, exec: deps.exec, log, clock, enabled: deps.durability === "strict" });
  const versions = createVersionRows(db);
  return { ...deps, nodes, spaces, volumes, tree, changes, events, committer, redo, versions, listSoon };
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
  for (const volume of core.volumes.values()) {
    if (!volume.isOnline()) continue;
    await sweepVersions(core, volume, indexer.isStopped).catch((cause) =>
      core.log.error("versions could not be compared with the disk", { volume: volume.name, cause }),
    );
  }
  if (indexer.isStopped()) return;
  indexer.enqueueAll();
  reportIndexed(core, indexer);
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

/** Says when a disk goes or comes back; one that is back is compared with the index. */
function watchVolumes(core: Core, enqueueAll: () => void): () => void {
  const last = new Map([...core.volumes].map(([name, volume]) => [name, volume.isOnline()]));
  return () => {
    for (const [name, volume] of core.volumes) {
      const online = volume.isOnline();
      if (last.get(name) === online) continue;
      last.set(name, online);
      const { reason } = volume.state();
      core.log[online ? "info" : "error"](online ? "volume online" : "volume offline", { volume: name, reason });
      core.events.publish("volumeState", { volume: name, online });
      if (online) enqueueAll();
    }
  };
}
