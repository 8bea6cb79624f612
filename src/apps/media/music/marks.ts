import type { MusicKind, NowPlaying } from "#contract/apps/media/music";
import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import type { Actor } from "#platform/usecase";
import type { Browsing } from "./browse.ts";
import type { Handled, HandledLater } from "./handled.ts";

export interface MarksDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly browsing: Browsing;
  readonly personName: (id: number) => string | undefined;
}

const tables = {
  song: { table: "media_song_mark", column: "item_id" },
  album: { table: "media_album_mark", column: "album_id" },
  artist: { table: "media_artist_mark", column: "artist_id" },
} as const;

/** A paused song is not heard for ever. */
const playingGraceMs = 10 * 60_000;
const maxPlaying = 1000;

/** What people do with music: stars, ratings, plays. Only with what they see. */
export function createMarks({ db, clock, browsing, personName }: MarksDeps) {
  const seen = (actor: Actor, kind: MusicKind, ids: readonly number[]): number[] => {
    if (kind === "song") return browsing.presentSongs(actor, ids).map(({ id }) => id);
    if (kind === "album") return browsing.presentAlbums(actor, ids).map(({ id }) => id);
    return browsing.presentArtists(actor, ids).map(({ id }) => id);
  };
  const set = (kind: MusicKind, field: "starred_at_ms" | "rating") => {
    const { table, column } = tables[kind];
    return db.prepare<unknown, [number, number, number | null]>(
      `INSERT INTO ${table} (person_id, ${column}, ${field}) VALUES (?, ?, ?)
       ON CONFLICT (person_id, ${column}) DO UPDATE SET ${field} = excluded.${field}`,
    );
  };
  const setStar: HandledLater<"music.setStar"> = async (actor, { kind, ids, isStarred }) => {
    requireEach(actor, kind, ids);
    const statement = set(kind, "starred_at_ms");
    db.transaction(() => {
      for (const id of ids) statement.run(actor.userId, id, isStarred ? clock.now() : null);
    });
    await db.sync();
    return {};
  };
  const setRating: HandledLater<"music.setRating"> = async (actor, { kind, id, rating }) => {
    requireEach(actor, kind, [id]);
    db.transaction(() => void set(kind, "rating").run(actor.userId, id, rating));
    await db.sync();
    return {};
  };
  function requireEach(actor: Actor, kind: MusicKind, ids: readonly number[]): void {
    const found = new Set(seen(actor, kind, ids));
    for (const id of ids) {
      if (found.has(id)) continue;
      if (kind === "song") browsing.song(actor, id);
      else if (kind === "album") browsing.albumById(actor, id);
      else browsing.artistById(actor, id);
    }
  }
  return { setStar, setRating, notePlays: createPlays(db, browsing), ...createPlaying(clock, browsing, personName) };
}

function createPlays(db: Db, browsing: Browsing): HandledLater<"music.notePlays"> {
  const add = db.prepare<unknown, [number, number, number]>(
    "INSERT OR IGNORE INTO media_song_play (person_id, item_id, at_ms) VALUES (?, ?, ?)",
  );
  const count = db.prepare<unknown, [number, number, number]>(
    `INSERT INTO media_song_mark (person_id, item_id, plays, played_at_ms) VALUES (?, ?, 1, ?)
     ON CONFLICT (person_id, item_id) DO UPDATE SET plays = plays + 1,
       played_at_ms = max(coalesce(played_at_ms, 0), excluded.played_at_ms)`,
  );
  return async (actor, { plays }) => {
    const asked = [...new Set(plays.map(({ songId }) => songId))];
    const seen = new Set(browsing.presentSongs(actor, asked).map(({ id }) => id));
    if (seen.size === 0) browsing.song(actor, asked[0] ?? 0);
    db.transaction(() => {
      for (const { songId, atMs } of plays) {
        if (seen.has(songId) && add.run(actor.userId, songId, atMs).changes > 0) count.run(actor.userId, songId, atMs);
      }
    });
    await db.sync();
    return {};
  };
}

/** In memory: it is over when the program is. */
function createPlaying(clock: Clock, browsing: Browsing, personName: MarksDeps["personName"]) {
  const playing = new Map<string, { songId: number; userId: number; player: string; startedAtMs: number }>();
  const notePlaying: Handled<"music.notePlaying"> = (actor, { songId, player = "Hearth" }) => {
    const key = `${actor.userId} ${player}`;
    if (songId === null) playing.delete(key);
    else {
      browsing.song(actor, songId);
      const [oldest] = playing.keys();
      if (playing.size >= maxPlaying && oldest !== undefined) playing.delete(oldest);
      playing.set(key, { songId, userId: actor.userId, player, startedAtMs: clock.now() });
    }
    return {};
  };
  const nowPlaying: Handled<"music.nowPlaying"> = (actor) => {
    const entries = [...playing.values()];
    const songs = new Map(
      browsing
        .presentSongs(
          actor,
          entries.map(({ songId }) => songId),
        )
        .map((song) => [song.id, song]),
    );
    return {
      playing: entries.flatMap(({ songId, userId, player, startedAtMs }): NowPlaying[] => {
        const song = songs.get(songId);
        const isOver = clock.now() > startedAtMs + (song?.durationMs ?? 0) + playingGraceMs;
        if (song === undefined || isOver) return [];
        return [{ song, personId: userId, personName: personName(userId) ?? "", player, startedAtMs }];
      }),
    };
  };
  return { notePlaying, nowPlaying };
}
