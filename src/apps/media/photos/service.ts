import type { LibraryModule } from "#apps/media/library";
import { photosContract } from "#contract/apps/media/photos";
import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import type { Route } from "#platform/http";
import type { JobHandler, Jobs } from "#platform/jobs";
import type { Logger } from "#platform/log";
import { createThread } from "#platform/thread";
import { implement, type Implementation } from "#platform/usecase";
import type { Access } from "#security/access";
import type { Storage } from "#storage/primary";
import { type AlbumsDeps, createAlbums } from "./albums.ts";
import { createAlbumRows } from "./album-rows.ts";
import { createDetail, createFinder } from "./detail.ts";
import { createDetailRows } from "./detail-rows.ts";
import { createDuplicates } from "./duplicates.ts";
import { createEditRows } from "./edit-rows.ts";
import { createEdits } from "./edits.ts";
import type { ExifCalls } from "./exif-protocol.ts";
import { createOverview } from "./overview.ts";
import type { ReadDeps } from "./read-photo.ts";
import { createReading } from "./reading.ts";
import { createPhotoRows } from "./repository.ts";
import { photosRoutes, type RoutesDeps } from "./routes.ts";
import { createStackRows } from "./stacks.ts";
import { createTimeline } from "./timeline.ts";
import { createViewRows } from "./view-rows.ts";

export interface PhotosDeps
  extends
    Pick<ReadDeps, "look" | "facts">,
    Pick<RoutesDeps, "respondWithPicture">,
    Pick<AlbumsDeps, "personName" | "actorOf" | "groupsOf" | "limitsOf"> {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly storage: Storage;
  readonly access: Access;
  readonly library: LibraryModule;
  /** The queue; not before the program runs. */
  readonly enqueue: Jobs["enqueue"];
  readonly playing: () => boolean;
  /** Called after the limits of somebody have changed; answers how to stop that. */
  readonly onLimitsChanged: (listener: () => void) => () => void;
  /** Pictures, marks or albums have changed; called at most once in `tellMs`. */
  readonly onChanged: () => void;
}

export interface Photos {
  readonly implementations: readonly Implementation[];
  readonly routes: readonly Route[];
  /** The handler of `photosRead`. */
  readonly jobHandlers: readonly JobHandler[];
  start(): void;
  stop(): Promise<void>;
}

const exifTimeoutMs = 15_000;
/** With the borders of countries it holds some 40 MB. */
const exifIdleMs = 5_000;
const tellMs = 1_000;

/** The timeline of pictures, albums, the map, and what looks the same. */
export function createPhotos(deps: PhotosDeps): Photos {
  const { db, library, access } = deps;
  const rows = createPhotoRows(db);
  const edits = createEditRows(db);
  const stacks = createStackRows(db);
  const views = createViewRows(db);
  const details = createDetailRows(db);
  const begun = deps.clock.now().toString(36);
  let generation = 0;
  let telling: ReturnType<typeof setTimeout> | undefined;
  const changed = () => {
    generation += 1;
    telling ??= setTimeout(() => {
      telling = undefined;
      deps.onChanged();
    }, tellMs);
  };
  const exif = createThread<ExifCalls>({
    name: "what pictures say",
    url: new URL("./exif-worker.ts", import.meta.url),
    timeoutMs: exifTimeoutMs,
    idleMs: exifIdleMs,
  });
  const shared = { ...deps, generation: () => `${begun}.${generation}`, changed };
  const albums = createAlbums({ ...shared, rows: createAlbumRows(db) });
  const duplicates = createDuplicates({ ...shared, views, details });
  const reading = createReading({ ...shared, rows, edits, stacks, exif, events: library.events });
  const find = createFinder({ library, albums, rows: details });
  const ends: (() => void)[] = [];
  return {
    implementations: implement(photosContract, {
      ...createTimeline({ ...shared, albums, views }),
      ...createDetail({ ...shared, albums, rows: details }),
      ...createOverview({ ...shared, views }),
      ...duplicates.handlers,
      ...createEdits({ ...shared, edits, details }),
      ...albums.handlers,
    }),
    routes: photosRoutes({ ...deps, find }),
    jobHandlers: [reading.jobHandler],
    start: () => {
      ends.push(access.onChanged(changed), deps.onLimitsChanged(changed));
      reading.start();
    },
    stop: async () => {
      for (const end of ends.splice(0)) end();
      clearTimeout(telling);
      reading.stop();
      await Promise.all([exif.stop(), duplicates.stop()]);
    },
  };
}
