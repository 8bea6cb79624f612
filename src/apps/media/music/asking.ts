import { z } from "zod";
import { type AlbumCatalogues, type AlbumDetails, askOnce } from "#apps/media/metadata";
import type { DerivedCache } from "#cache/derived";
import type { Clock } from "#platform/clock";
import { handleJob, type JobContext, type JobHandler, type JobKind } from "#platform/jobs";
import type { Logger } from "#platform/log";
import { providedCover } from "./covers.ts";
import type { DueAlbum, Provided } from "./provided.ts";

/** Asks catalogues about albums that nothing is known of yet. */
export const musicAsk = {
  name: "music.ask",
  lane: "io",
  payload: z.object({}),
  maxAttempts: 3,
  timeoutMs: 86_400_000,
} satisfies JobKind;

export interface AskingDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly cache: DerivedCache;
  readonly provided: Provided;
  /** Undefined while no catalogue is on: then nothing is asked. */
  readonly catalogues: AlbumCatalogues | undefined;
  readonly playing: () => boolean;
  /** Makes these songs of one library anew. */
  readonly again: (libraryId: number, itemIds: readonly number[]) => void;
}

/** Songs in one transaction, as when they are taken up. */
const songsAtOnce = 40;
const pieceSize = 50;
const waitStepMs = 1000;
const pauseMs = 2;

/** Asks about one album after the other. A catalogue that cannot be reached changes nothing, and is asked again later. */
export function createAlbumAsking(deps: AskingDeps): JobHandler {
  return handleJob(musicAsk, async (context) => {
    const { catalogues } = deps;
    if (catalogues !== undefined) await askAll(deps, catalogues, context);
  });
}

type Context = Pick<JobContext, "signal" | "progress">;

async function askAll(deps: AskingDeps, catalogues: AlbumCatalogues, { signal, progress }: Context): Promise<void> {
  const { clock, provided, playing } = deps;
  const nowMs = clock.now();
  const total = provided.dueCount(nowMs, true);
  let withCovers = true;
  let afterId = 0;
  let done = 0;
  for (;;) {
    const albums = provided.due(nowMs, withCovers, afterId, pieceSize);
    if (albums.length === 0) return;
    for (const album of albums) {
      while (playing() && !signal.aborted) await Bun.sleep(waitStepMs);
      signal.throwIfAborted();
      const details = await known(deps, catalogues, album, signal);
      // The others would fail as well; the schedule comes back to them.
      if (details === undefined) return;
      // Pictures lie elsewhere: without them the rest can still be asked.
      if (withCovers && details !== null) withCovers = await pictured(deps, catalogues, album, details, signal);
      afterId = album.albumId;
      done += 1;
      progress(done, Math.max(done, total));
    }
  }
}

/** What is said of an album, taken up into its songs; null: nothing is clear; undefined: it cannot be had now. */
async function known(
  deps: AskingDeps,
  catalogues: AlbumCatalogues,
  album: DueAlbum,
  signal: AbortSignal,
): Promise<AlbumDetails | null | undefined> {
  const { clock, provided } = deps;
  const { albumId, asking, asked, state, mbid: releaseMbid, artist, title, trackCount, year } = album;
  let details = album.details === null ? null : (JSON.parse(album.details) as AlbumDetails);
  const isNew = asked !== asking;
  if (isNew) provided.want(album, clock.now());
  if (isNew || state === "wanted") {
    const isAnswered = await askOnce(deps, signal, {
      tries: isNew ? 0 : album.tries,
      later: (nextAtMs) => provided.later(albumId, nextAtMs),
      ask: async () => {
        details = await catalogues.find({ releaseMbid, artist, title, trackCount, year }, signal);
        provided.answered(albumId, details, clock.now());
      },
    });
    if (!isAnswered) return undefined;
  }
  if (isNew || state !== "settled") {
    const songs = provided.songsOf(albumId);
    for (let at = 0; at < songs.length; at += songsAtOnce) {
      deps.again(album.libraryId, songs.slice(at, at + songsAtOnce));
      await Bun.sleep(pauseMs);
    }
    provided.settled(albumId);
  }
  return details;
}

/** Fetches the cover of an album that has none of its own. False: it cannot be had now. */
function pictured(
  deps: AskingDeps,
  catalogues: AlbumCatalogues,
  album: DueAlbum,
  { coverUrl }: AlbumDetails,
  signal: AbortSignal,
): Promise<boolean> {
  const { cache, provided } = deps;
  const { albumId } = album;
  if (album.hasCover === 1) return Promise.resolve(true);
  return askOnce(deps, signal, {
    tries: album.tries,
    later: (nextAtMs) => provided.later(albumId, nextAtMs),
    ask: async () => {
      const bytes = await cache.get(providedCover(coverUrl), () => catalogues.cover(coverUrl, signal));
      provided.setCover(albumId, bytes === null ? "" : coverUrl);
      if (bytes !== null) deps.again(album.libraryId, []);
    },
  });
}
