import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import { createEvents, type Events } from "#platform/events";
import type { JobHandler, Jobs } from "#platform/jobs";
import type { Logger } from "#platform/log";
import type { Actor, Implementation } from "#platform/usecase";
import type { Access } from "#security/access";
import type { Storage } from "#storage/primary";
import { saltIn } from "./content-key.ts";
import { createFollower } from "./follower.ts";
import { forgetHandler } from "./forget.ts";
import { libraryKeys, libraryScan } from "./jobs.ts";
import { createContentKeys } from "./key-thread.ts";
import { createKeys } from "./keys.ts";
import { createLibraries } from "./libraries.ts";
import { libraryOperations } from "./operations.ts";
import { createMarkers } from "./markers.ts";
import { createPace } from "./pace.ts";
import { createReader } from "./reader.ts";
import { createItemRows, createLibraryRows } from "./repository.ts";
import { scanHandler } from "./scan.ts";
import { createScanRows } from "./scan-rows.ts";
import { createSight } from "./sight.ts";
import { createTaking, touch, type Touched } from "./taking.ts";
import type { ItemFilter, LibraryEvents, LibraryReader, ProbedItem } from "./types.ts";

export interface LibraryDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly storage: Storage;
  readonly access: Access;
  /** The queue; not before the program runs. */
  readonly jobs: () => Pick<Jobs, "enqueue" | "cancel">;
  /** Somebody watches or listens: work that nobody waits for stands back. */
  readonly playing: () => boolean;
  /** Of the person whose home has this name. */
  readonly personNamed: (name: string) => { readonly displayName: string } | undefined;
  /** Conditions on `item` as SQL: somebody did something with it that must not be lost with it. */
  readonly kept?: readonly string[];
  /** What the household lets somebody watch, as a condition on `item`; undefined when that is everything. */
  readonly limitsOf?: (actor: Actor) => ItemFilter | undefined;
}

export interface LibraryModule extends LibraryReader {
  readonly implementations: readonly Implementation[];
  /** Handlers of `libraryScan`, `libraryKeys` and `libraryForget`. */
  readonly jobHandlers: readonly JobHandler[];
  readonly events: Events<LibraryEvents>;
  /** Identity of the bytes of an item, read now when it is not known. Throws `not-found`, and `unavailable`: not readable now. */
  contentKey(itemId: number): Promise<string>;
  /** Reads the identity of these, not more than some dozens, where it is not known; what cannot be read now stays unknown. */
  readKeys(itemIds: readonly number[]): Promise<void>;
  /** Notes what came of looking into files, and tells it. */
  setProbed(results: readonly ProbedItem[]): void;
  /** Begins to follow the storage. */
  start(): void;
  /** Resolves when the items are as the storage has them now, apart from scans that were asked for. */
  followed(): Promise<void>;
  stop(): Promise<void>;
}

/** So many ids in one event. */
const eventSize = 500;
const idleStepMs = 2_000;
const awayMs = 1_000;

/** Libraries, and the files in them, kept true by the change log of the storage. */
export function createLibrary(deps: LibraryDeps): LibraryModule {
  const { db, clock, log, storage, access } = deps;
  const events = createEvents<LibraryEvents>(log);
  const items = createItemRows(db);
  const scans = createScanRows(db);
  const libraries = createLibraries({ storage, clock, rows: createLibraryRows(db) });
  const markers = createMarkers(db);
  const { isHidden } = markers;
  const taking = createTaking({ storage, items, clock, isHidden, sharedBy: (from, to) => sharedBy(access, from, to) });

  const changed = (touched: Touched, isOfLibraries = false) => {
    let isAny = false;
    for (const [libraryId, ids] of touched) {
      const all = [...ids];
      for (let from = 0; from < all.length; from += eventSize) {
        events.publish("itemsChanged", { libraryId, itemIds: all.slice(from, from + eventSize) });
        isAny = true;
      }
    }
    if (isOfLibraries || isAny) events.publish("librariesChanged", {});
    if (isAny && keys.hasWork()) deps.jobs().enqueue(libraryKeys, {}, { dedupeKey: "all" });
  };
  const scan = (libraryId: number, isFull = false) => {
    const jobId = deps.jobs().enqueue(libraryScan, { libraryId, isFull }, { dedupeKey: `${libraryId} ${isFull}` });
    const known = scans.get(libraryId);
    if (known?.jobId === jobId) return;
    scans.save({
      ...{ libraryId, jobId, state: "waiting", cursor: 0, doneCount: 0, totalCount: 0, busyMs: 0 },
      ...{ startedAtMs: null, finishedAtMs: null, reason: null },
    });
  };
  const contentKeys = createContentKeys(storage, saltIn(db));
  const keys = createKeys({ db, contentKeys, items, taking, untilIdle: idleOf(deps.playing), changed });
  const follower = createFollower({ storage, db, items, libraries, taking, markers, contentKeys, log, scan, changed });
  const away = createAway(storage);
  const isAway = (spaceId: number): string | null =>
    away.has(storage.space(spaceId).volume) ? "Its disk is not there right now." : null;
  const pace = createPace({
    storage,
    log,
    follow: follower.follow,
    isNew: follower.isNew,
    onVolume: () => {
      away.forget();
      keys.tryAgain();
      events.publish("librariesChanged", {});
    },
  });
  const onIds = () => libraries.all().flatMap(({ id, isOn }) => (isOn ? [id] : []));
  const sight = createSight({ access, onIds, unsettledSpaceIds: pace.unsettledSpaceIds, limitsOf: deps.limitsOf });
  const reader = createReader({ db, items, libraries, sight, isAway });

  return {
    ...reader,
    events,
    implementations: libraryOperations({ ...deps, libraries, items, scans, reader, scan, changed, isAway }),
    jobHandlers: [
      scanHandler({ db, storage, clock, libraries, scans, follower, changed }),
      ...keys.jobHandlers,
      forgetHandler({ db, storage, clock, items, libraries, events, kept: deps.kept ?? [] }),
    ],
    contentKey: keys.keyOf,
    readKeys: keys.readAhead,
    setProbed: (results) => {
      const touched: Touched = new Map();
      db.transaction(() => {
        for (const { itemId, etag, state, reason } of results) {
          const item = items.setProbed(itemId, etag, state, reason) ? items.get(itemId) : undefined;
          if (item !== undefined) touch(touched, item.libraryId, itemId);
        }
      });
      for (const [libraryId, ids] of touched) events.publish("itemsProbed", { libraryId, itemIds: [...ids] });
      if (touched.size > 0) events.publish("librariesChanged", {});
    },
    start: pace.everything,
    followed: pace.followed,
    stop: async () => {
      await pace.stop();
      await contentKeys.stop();
    },
  };
}

/** Which disks are not there, looked at once a second at most: every item that is shown asks. */
function createAway(storage: Storage) {
  let names: ReadonlySet<string> = new Set();
  let lookedAt = -Infinity;
  return {
    has: (volume: string): boolean => {
      if (performance.now() - lookedAt > awayMs) {
        lookedAt = performance.now();
        names = new Set(storage.volumes().flatMap(({ name, online }) => (online ? [] : [name])));
      }
      return names.has(volume);
    },
    forget: () => void (lookedAt = -Infinity),
  };
}

/** How many members of the one are members of the other: what is known of a file goes no further than among them. */
function sharedBy(access: Access, fromSpaceId: number, toSpaceId: number): "all" | "some" | "none" {
  const members = access.membersOf(fromSpaceId);
  const others = new Set(access.membersOf(toSpaceId).map(({ userId }) => userId));
  const both = members.filter(({ userId }) => others.has(userId)).length;
  if (both === 0) return "none";
  return both === members.length ? "all" : "some";
}

function idleOf(playing: () => boolean) {
  return async (signal: AbortSignal): Promise<void> => {
    while (playing() && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, idleStepMs);
      signal.addEventListener("abort", () => resolve(), { once: true });
      await promise;
      clearTimeout(timer);
    }
  };
}
