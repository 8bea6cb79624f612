import type { Item, LibraryReader } from "#apps/media/library";
import type { MusicName } from "#apps/media/names";
import type { MediaFacts } from "#apps/media/probe";
import type { Db } from "#platform/db";
import type { Catalogue, SongSound } from "./catalogue.ts";
import { type Covers, createCoverChoice } from "./cover-choice.ts";
import { lyricsBeside, songsOfLyrics } from "./lyrics.ts";
import { readingRecipe, readSong, type SongReading } from "./reading.ts";

export interface IntakeDeps {
  readonly db: Db;
  readonly library: Pick<LibraryReader, "library" | "item" | "siblings" | "besideSong">;
  /** What was found in the file; undefined before it was looked into. */
  readonly factsOf: (item: Item) => MediaFacts | undefined;
  /** What the path below a library of music says. */
  readonly nameOf: (path: string) => MusicName;
  readonly catalogue: Catalogue;
}

interface Taken {
  readonly item: Item;
  readonly song: SongReading;
  readonly sound: SongSound;
}

/** Makes songs and albums of library items; doing it again leads to the same. */
export interface Intake {
  /** In one transaction: give at most some fifty items. Answers whether anything changed. */
  take(itemIds: readonly number[]): boolean;
  /** Ids of items whose songs are missing or were made of something else, among those with ids above `afterId` up to `toId`. */
  due(afterId: number, toId: number): number[];
  /** The highest id of an item. */
  lastItemId(): number;
  /** Songs of libraries that are none of music any more go, some of them at a time; what people did stays. Answers how many went. */
  dropStrangers(): number;
}

/** As SQL, so that what is to be taken up is found without reading everything. */
const stampSql = `'${readingRecipe}|' || item.state || '|' || coalesce(item.content_key, item.etag) || '|' || item.path`;

export function createIntake(deps: IntakeDeps): Intake {
  const { db, library, catalogue } = deps;
  const covers = createCoverChoice(db, library, catalogue);
  const stampOf = db.prepare<{ stamp: string }, [number]>(
    `SELECT ${stampSql} AS stamp FROM media_item item WHERE item.id = ?`,
  );
  const inAlbum = db.prepare<{ item_id: number }, [number]>("SELECT item_id FROM media_song WHERE album_id = ?");
  const read = (item: Item): Taken => {
    const facts = item.state === "ready" || item.state === "away" ? deps.factsOf(item) : undefined;
    const song = readSong(item, facts, deps.nameOf(item.path));
    return { item, song, sound: soundOf(facts) };
  };
  const place = createPlacing(deps, inAlbum, read);

  const takeAll = (items: readonly Item[]): Set<number> => {
    const lyricsOf = createLyricsLook(library);
    const touched = new Set<number>();
    const taken = items.map(read);
    place.carry(taken);
    for (const { item, song, sound } of taken) {
      const before = catalogue.songs.albumIdOf(item.id);
      const albumId = place.albumOf(item, song);
      catalogue.songs.put(item.id, albumId, stampOf.get(item.id)?.stamp ?? "", song, sound);
      catalogue.songs.putLyrics(item.id, lyricsOf(item));
      touched.add(albumId);
      if (before !== undefined) touched.add(before);
    }
    for (const { item, song } of taken) {
      const albumId = catalogue.songs.albumIdOf(item.id);
      if (albumId !== undefined) catalogue.albums.describe(albumId, song.album);
    }
    return touched;
  };

  return {
    take: (itemIds) => {
      const items = itemIds.map((id) => library.item(id)).filter((item) => item !== undefined);
      const here = items.filter((item) => library.library(item.libraryId)?.kind === "music");
      if (here.length === 0) return false;
      db.transaction(() => {
        const others = here.filter(({ kind }) => kind !== "audio");
        const sung = others.flatMap((item) => songsOfLyrics(item, library.siblings(item.id)));
        // Also those that it was beside before it was renamed.
        const sungBefore = others.flatMap(({ id }) => catalogue.songs.withLyrics(id)).map((id) => library.item(id));
        const songs = new Map(
          [...here, ...sung, ...sungBefore.filter((item) => item !== undefined)].map((item) => [item.id, item]),
        );
        const touched = takeAll([...songs.values()].filter(({ kind, state }) => kind === "audio" && state !== "gone"));
        for (const item of others) for (const id of covers.albumsBeside(item)) touched.add(id);
        settle(touched, catalogue, covers);
      });
      return true;
    },
    due: (afterId, toId) => dueItems(db, afterId, toId),
    lastItemId: () => db.prepare<{ id: number | null }, []>("SELECT max(id) AS id FROM media_item").get()?.id ?? 0,
    dropStrangers: () => db.transaction(() => dropStrangers(db, catalogue)),
  };
}

/** Lyrics beside songs; the folder is read once for all songs of a piece of work. */
function createLyricsLook(library: Pick<LibraryReader, "besideSong">) {
  const folders = new Map<string, readonly Item[]>();
  return (item: Item): number[] => {
    const folder = `${item.libraryId} ${item.path.slice(0, Math.max(0, item.path.lastIndexOf("/")))}`;
    const siblings = folders.get(folder) ?? library.besideSong(item.id);
    folders.set(folder, siblings);
    return lyricsBeside(item, siblings);
  };
}

function settle(albumIds: ReadonlySet<number>, catalogue: Catalogue, covers: Covers): void {
  for (const albumId of albumIds) {
    catalogue.albums.settle(albumId);
    catalogue.fill(albumId);
    covers.choose(albumId);
  }
  catalogue.sweep.albums([...albumIds]);
}

function createPlacing(
  { library, catalogue }: IntakeDeps,
  inAlbum: { all(albumId: number): { item_id: number }[] },
  read: (item: Item) => Taken,
) {
  const albumOf = (item: Item, { album }: SongReading): number =>
    catalogue.albums.find(item.libraryId, album.identity)?.id ??
    catalogue.albums.make(item.libraryId, album.identity, item.addedAtMs);

  /**
   * An album whose songs all say something new together keeps its id, and so its stars: its folder was moved or renamed, or its title or
   * artist corrected.
   */
  const carry = (taken: readonly Taken[]): void => {
    const reading = new Map(taken.map((one) => [one.item.id, one]));
    const albumIds = new Set(taken.map(({ item }) => catalogue.songs.albumIdOf(item.id)));
    for (const albumId of albumIds) {
      if (albumId === undefined) continue;
      const members = inAlbum.all(albumId).map(({ item_id: id }) => reading.get(id) ?? readAgain(id));
      const there = members.filter((one) => one !== undefined);
      const [first] = there;
      if (first === undefined) continue;
      const { libraryId } = first.item;
      const { identity } = first.song.album;
      const isOne = there.every(({ item, song }) => item.libraryId === libraryId && song.album.identity === identity);
      if (isOne && catalogue.albums.find(libraryId, identity) === undefined) {
        catalogue.albums.rename(albumId, libraryId, identity);
      }
    }
  };
  const readAgain = (id: number): Taken | undefined => {
    const item = library.item(id);
    return item === undefined || item.state === "gone" ? undefined : read(item);
  };
  return { albumOf, carry };
}

function dueItems(db: Db, afterId: number, toId: number): number[] {
  return db
    .prepare<{ id: number }, [number, number]>(
      `SELECT item.id FROM media_item item JOIN media_library library ON library.id = item.library_id AND library.kind = 'music'
       LEFT JOIN media_song song ON song.item_id = item.id
       WHERE item.id > ? AND item.id <= ? AND item.kind = 'audio' AND item.state <> 'gone' AND (song.item_id IS NULL OR song.stamp <> ${stampSql})
       ORDER BY item.id`,
    )
    .all(afterId, toId)
    .map(({ id }) => id);
}

function dropStrangers(db: Db, catalogue: Catalogue): number {
  const rows = db
    .prepare<{ album_id: number }, []>(
      `DELETE FROM media_song WHERE item_id IN (SELECT song.item_id FROM media_song song
       JOIN media_item item ON item.id = song.item_id JOIN media_library library ON library.id = item.library_id
       WHERE library.kind <> 'music' LIMIT 200) RETURNING album_id`,
    )
    .all();
  if (rows.length > 0) catalogue.sweep.albums(rows.map(({ album_id: albumId }) => albumId));
  return rows.length;
}

function soundOf(facts: MediaFacts | undefined): SongSound {
  const [track] = facts?.audio ?? [];
  return {
    durationMs: whole(facts?.durationMs),
    container: facts?.container ?? "",
    codec: track?.codec ?? "",
    bitsPerSecond: whole(track?.bitsPerSecond ?? facts?.bitsPerSecond),
    samplesPerSecond: track?.samplesPerSecond ?? null,
    bitDepth: depthOf(track?.codec),
    channels: track?.channels ?? null,
  };
}

const whole = (value: number | null | undefined) =>
  value === null || value === undefined || !Number.isFinite(value) ? null : Math.round(value);

/** Of plain samples, as their codec is called. */
function depthOf(codec: string | undefined): number | null {
  const match = /^pcm_[suf](\d+)/.exec(codec ?? "");
  return match === null ? null : Number(match[1]);
}
