import { join } from "node:path";
import type { DerivedCache } from "#cache/derived";
import type { AlbumCatalogues } from "#apps/media/metadata";
import type { Item, LibraryEvents, LibraryReader } from "#apps/media/library";
import { type MusicName, parseMediaPath } from "#apps/media/names";
import type { Probe } from "#apps/media/probe";
import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import type { Events } from "#platform/events";
import type { Exec } from "#platform/exec";
import type { JobHandler, Jobs } from "#platform/jobs";
import type { Logger } from "#platform/log";
import type { Storage } from "#storage/primary";
import { createAlbumAsking, musicAsk } from "./asking.ts";
import { createBrowsing } from "./browse.ts";
import { createCatalogue } from "./catalogue.ts";
import { createCovers } from "./covers.ts";
import { createEncodings } from "./encodings.ts";
import { createFollowing } from "./following.ts";
import { createGains, type GainsDeps } from "./gains.ts";
import { createIntake } from "./intake.ts";
import { createBookmarks, createQueue, createStations } from "./keeping.ts";
import { lyricsOf } from "./lyrics.ts";
import { createMarks } from "./marks.ts";
import { musicOperations } from "./operations.ts";
import { createOverview } from "./overview.ts";
import { createPlaylistFiles } from "./playlist-files.ts";
import { createPlaylists } from "./playlists.ts";
import { createProvided } from "./provided.ts";
import { musicRoutes } from "./routes.ts";
import { createStreaming } from "./streaming.ts";

export interface MusicDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly exec: Exec;
  readonly dataDir: string;
  readonly storage: Storage;
  readonly cache: DerivedCache;
  readonly library: LibraryReader & {
    readonly events: Events<LibraryEvents>;
    contentKey(itemId: number): Promise<string>;
  };
  readonly probe: Pick<Probe, "facts" | "cover">;
  readonly loudnessOf: GainsDeps["loudnessOf"];
  /** Catalogues that know albums; undefined while none is on. */
  readonly catalogues: AlbumCatalogues | undefined;
  readonly jobs: () => Pick<Jobs, "enqueue">;
  /** Whether somebody plays: what can wait does. */
  readonly playing: () => boolean;
  readonly personName: (id: number) => string | undefined;
  /** Disk space for converted songs. */
  readonly encodedBudgetBytes: number;
  /** Told after lists of music have changed. */
  readonly changed: (libraryIds: readonly number[]) => void;
}

/** Folders are copied in over some time. */
const askDelayMs = 30_000;

/**
 * Artists, albums, songs, playlists and lyrics. Everything that takes an actor answers with what that person may see and throws AppErrors;
 * other surfaces (OpenSubsonic, DLNA) are made of these.
 */
export function createMusic(deps: MusicDeps) {
  const { db, clock, library, probe, storage, personName } = deps;
  const itemFilter = library.sight;
  const factsOf = (item: Item) => probe.facts(item);
  const intake = createIntake({ db, library, factsOf, nameOf: nameOfPath, catalogue: createCatalogue(db) });
  const askSoon = () => void deps.jobs().enqueue(musicAsk, {}, { dedupeKey: "", delayMs: askDelayMs });
  const following = createFollowing({
    ...deps,
    intake,
    changed: (libraryIds) => {
      deps.changed(libraryIds);
      if (deps.catalogues !== undefined) askSoon();
    },
  });
  const asking = createAlbumAsking({ ...deps, provided: createProvided(db), again: following.again });

  const browsing = createBrowsing({ db, itemFilter, isAway: library.isAway, gains: createGains(deps) });
  const common = { ...deps, itemFilter, browsing };
  const marks = createMarks({ db, clock, browsing, personName });
  const playlists = createPlaylists(common);
  const files = createPlaylistFiles({ ...common, playlists });
  const keeping = { ...createQueue(common), ...createBookmarks(common), ...createStations(common) };
  const cover = createCovers({ ...common, playlists, coverInside: probe.cover });
  const folder = join(deps.dataDir, "cache", "music");
  const encodings = createEncodings({ ...deps, folder, budgetBytes: deps.encodedBudgetBytes });
  const streaming = createStreaming({ storage, library, browsing, encodings });
  const overview = createOverview({ db, itemFilter, changedAtMs: following.changedAtMs });
  const acts = {
    overview,
    ...browsing,
    ...marks,
    ...playlists,
    ...files,
    ...keeping,
    lyrics: ((actor, { songId }) => ({
      lyrics: lyricsOf({ storage, library, factsOf }, actor, browsing.song(actor, songId)),
    })) satisfies Parameters<typeof musicOperations>[0]["lyrics"],
  };
  return {
    ...acts,
    cover,
    streaming,
    implementations: musicOperations(acts),
    jobHandlers: [asking] satisfies JobHandler[],
    routes: musicRoutes({ streaming, cover, exportPlaylist: files.exportPlaylist }),
    /** Whether songs are being converted for somebody. */
    isBusy: encodings.isBusy,
    start: () => {
      encodings.start();
      following.start();
    },
    /** Resolves when everything that was told is taken up. */
    settled: following.settled,
    stop: async () => {
      await following.stop();
    },
  };
}

export type Music = ReturnType<typeof createMusic>;

function nameOfPath(path: string): MusicName {
  const name = parseMediaPath("music", path);
  if (name?.form === "music") return name;
  const file = path.slice(path.lastIndexOf("/") + 1);
  return {
    ...{ form: "music", artist: null, albumArtist: null, album: null, year: null, disc: null, track: null },
    ...{ title: file, isCompilation: false, folder: null },
  };
}
