import type { LibraryEvents } from "#apps/media/library";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import type { Events } from "#platform/events";
import { handleJob, type JobContext, type JobHandler, type Jobs } from "#platform/jobs";
import type { EditRows } from "./edit-rows.ts";
import { photosRead } from "./jobs.ts";
import { fromName, type ReadDeps, readOfNow, readPhoto } from "./read-photo.ts";
import type { PendingItem, PhotoRows, ReadPhoto } from "./repository.ts";
import type { StackRows } from "./stacks.ts";

export interface ReadingDeps extends ReadDeps {
  readonly db: Db;
  readonly rows: PhotoRows;
  readonly edits: EditRows;
  readonly stacks: StackRows;
  readonly events: Events<LibraryEvents>;
  readonly enqueue: Jobs["enqueue"];
  /** Somebody watches or listens: work that nobody waits for stands back. */
  readonly playing: () => boolean;
  /** Something about pictures is another now. */
  readonly changed: () => void;
}

const namesAtOnce = 200;
const readsAtOnce = 20;
/** Side by side: one decodes while the other waits for the disk. */
const lanes = 2;
const idleStepMs = 2_000;
/** Changes come in bunches. */
const gatherMs = 300;

export interface Reading {
  readonly jobHandler: JobHandler;
  start(): void;
  stop(): void;
}

/** Takes pictures in: at once by their names, then by what is in them, the newest first. */
export function createReading(deps: ReadingDeps): Reading {
  const { db, rows, stacks, events } = deps;
  const wake = (delayMs = gatherMs) => void deps.enqueue(photosRead, {}, { dedupeKey: "all", delayMs });

  /** Marks what is not as it was read, and brings stacks up to date from which something has gone. */
  const look = (itemIds: readonly number[]): void => {
    const beside = itemIds.flatMap((id) =>
      rows
        .besideSidecar(id)
        .filter(isAbout)
        .map((one) => one.id),
    );
    const stale = rows.touched(itemIds).filter((one) => one.readOf !== "" && one.readOf !== readOfNow(one));
    db.transaction(() => {
      rows.setUnread([...beside, ...stale.map(({ itemId }) => itemId)]);
      stacks.settle(stacks.keysOf(itemIds));
    });
    wake();
    deps.changed();
  };
  const probed = (itemIds: readonly number[]): void => {
    // Of pictures nothing is taken from the probe.
    const films = rows.filmsOf(itemIds);
    if (films.length > 0) db.transaction(() => rows.setUnread(films));
    wake();
  };
  const subscriptions: (() => void)[] = [];
  return {
    jobHandler: handleJob(photosRead, (context) => run(deps, context)),
    start: () => {
      subscriptions.push(
        events.subscribe("itemsChanged", ({ itemIds }) => look(itemIds)),
        events.subscribe("itemsProbed", ({ itemIds }) => probed(itemIds)),
        events.subscribe("itemsForgotten", () => deps.changed()),
        events.subscribe("librariesChanged", () => deps.changed()),
      );
      wake(0);
    },
    stop: () => {
      for (const end of subscriptions.splice(0)) end();
    },
  };
}

/** `a.jpg.xmp` and `a.xmp` are about `a.jpg`. */
function isAbout({ path, sidecar }: { readonly path: string; readonly sidecar: string }): boolean {
  const stem = sidecar.slice(0, sidecar.lastIndexOf("."));
  return path === stem || path.slice(0, path.lastIndexOf(".")) === stem;
}

async function run(deps: ReadingDeps, { signal, progress }: JobContext): Promise<void> {
  const { rows } = deps;
  takeIn(deps, signal);
  await findStale(deps, signal);
  /** What cannot be read now is tried again with the next run. */
  const skipped: number[] = [];
  const total = rows.unreadCount();
  for (let done = 0; !signal.aborted; done += readsAtOnce) {
    while (deps.playing() && !signal.aborted) await Bun.sleep(idleStepMs);
    const items = rows.unread(skipped, readsAtOnce);
    if (items.length === 0) return;
    const found = await readAll(deps, items, signal);
    const read = new Set(found.map(({ itemId }) => itemId));
    skipped.push(...items.map(({ id }) => id).filter((id) => !read.has(id)));
    keep(deps, found);
    takeIn(deps, signal);
    progress(done + items.length, Math.max(total, done + items.length));
  }
}

/** By their names alone, in short transactions. */
function takeIn(deps: ReadingDeps, signal: AbortSignal): void {
  for (let after = 0; !signal.aborted;) {
    const items = deps.rows.unknownAfter(after, namesAtOnce);
    if (items.length === 0) return;
    after = items.at(-1)?.id ?? after;
    keep(
      deps,
      items.map((item) => fromName(item, deps.clock.now())),
    );
  }
}

/** What changed while nobody followed. */
async function findStale({ db, rows }: ReadingDeps, signal: AbortSignal): Promise<void> {
  for (let after = 0; !signal.aborted;) {
    const ids = rows.readAfter(after, 1000);
    if (ids.length === 0) return;
    after = ids.at(-1) ?? after;
    const stale = rows.touched(ids).filter((one) => one.readOf !== readOfNow(one));
    if (stale.length > 0) db.transaction(() => rows.setUnread(stale.map(({ itemId }) => itemId)));
    await Bun.sleep(0);
  }
}

async function readAll(deps: ReadingDeps, items: readonly PendingItem[], signal: AbortSignal): Promise<ReadPhoto[]> {
  const found: ReadPhoto[] = [];
  const waiting = [...items];
  const work = async () => {
    for (let item = waiting.shift(); item !== undefined && !signal.aborted; item = waiting.shift()) {
      const photo = await tryRead(deps, item);
      if (photo !== null) found.push(photo);
    }
  };
  await Promise.all(Array.from({ length: lanes }, work));
  return found;
}

/** Null when it cannot be read now; a defect with one file is its problem and stops nothing. */
async function tryRead(deps: ReadingDeps, item: PendingItem): Promise<ReadPhoto | null> {
  try {
    return await readPhoto(deps, item);
  } catch (cause) {
    if (cause instanceof AppError && notNow.has(cause.code)) return null;
    deps.log.warn("a picture could not be read", { itemId: item.id, cause });
    return {
      ...fromName(item, deps.clock.now()),
      readOf: readOfNow(item),
      problem: "This file could not be read.",
    };
  }
}

const notNow: ReadonlySet<string> = new Set(["unavailable", "not-found", "storage-offline", "gone"]);

function keep({ db, rows, edits, stacks, changed }: ReadingDeps, photos: readonly ReadPhoto[]): void {
  if (photos.length === 0) return;
  const ids = photos.map(({ itemId }) => itemId);
  db.transaction(() => {
    const before = stacks.keysOf(ids);
    for (const photo of photos) rows.save(photo);
    edits.settleEdits(ids);
    stacks.settle(new Set([...before, ...stacks.keysOf(ids)]));
  });
  changed();
}
