import type { SmartRule, SmartRules } from "#contract/apps/media/music";
import type { Db } from "#platform/db";
import type { Actor } from "#platform/usecase";
import { fold } from "./fold.ts";
import { hasLyrics, songsSeen, songTables, type SightDeps, type Sql, sqlOf } from "./sight.ts";

interface SmartDeps extends SightDeps {
  readonly db: Db;
}

const dayMs = 86_400_000;

const numbers: Readonly<Record<string, string>> = {
  year: "coalesce(song.original_year, song.year)",
  rating: "mark.rating",
  plays: "coalesce(mark.plays, 0)",
  durationSeconds: "song.duration_ms / 1000.0",
  bpm: "song.bpm",
  bitsPerSecond: "song.bits_per_second",
  trackNumber: "song.track_number",
};
const times: Readonly<Record<string, string>> = {
  addedAt: "item.added_at_ms",
  playedAt: "mark.played_at_ms",
  starredAt: "mark.starred_at_ms",
};
const truths: Readonly<Record<string, string>> = {
  isStarred: "mark.starred_at_ms IS NOT NULL",
  isCompilation: "album.is_compilation = 1",
};
const orders: Readonly<Record<SmartRules["sort"], string>> = {
  random: "random()",
  title: "song.sort_fold",
  artist: "song.artist_fold",
  album: "album.sort_fold",
  year: "coalesce(song.original_year, song.year)",
  addedAt: "item.added_at_ms",
  playedAt: "mark.played_at_ms",
  plays: "coalesce(mark.plays, 0)",
  rating: "mark.rating",
  duration: "song.duration_ms",
};
const inAlbumOrder =
  "song.album_id, coalesce(song.disc_number, 0), coalesce(song.track_number, 9999), song.sort_fold, song.item_id";

/** Ids of the songs that a smart list holds for this person now, in its order. */
export function smartSongIds(deps: SmartDeps, actor: Actor, rules: SmartRules, nowMs: number): number[] {
  const seen = songsSeen(deps, actor);
  const lyrics = hasLyrics(deps, actor);
  const lyricsCondition = (is: boolean): Sql => (is ? lyrics : { ...lyrics, text: `NOT ${lyrics.text}` });
  const groups = rules.groups.map(({ match, rules: list }) =>
    joined(
      match,
      list.map((rule) => (rule.field === "hasLyrics" ? lyricsCondition(rule.value) : conditionOf(rule, nowMs))),
    ),
  );
  const where = groups.length === 0 ? sqlOf("1") : joined(rules.match, groups);
  const way = rules.isDescending ? "DESC" : "ASC";
  return deps.db
    .prepare<{ id: number }, (string | number)[]>(
      `SELECT song.item_id AS id FROM ${songTables} JOIN media_album album ON album.id = song.album_id
       LEFT JOIN media_song_mark mark ON mark.item_id = song.item_id AND mark.person_id = ?
       WHERE ${where.text} AND ${seen.text} ORDER BY ${orders[rules.sort]} ${way}, ${inAlbumOrder} LIMIT ?`,
    )
    .all(actor.userId, ...where.params, ...seen.params, rules.limit)
    .map(({ id }) => id);
}

function joined(match: "all" | "any", parts: readonly Sql[]): Sql {
  const word = match === "all" ? " AND " : " OR ";
  return { text: `(${parts.map(({ text }) => text).join(word)})`, params: parts.flatMap(({ params }) => params) };
}

function conditionOf(rule: SmartRule, nowMs: number): Sql {
  if (typeof rule.value === "boolean") {
    const truth = truths[rule.field] ?? "0";
    return sqlOf(rule.value ? `(${truth})` : `NOT (${truth})`);
  }
  if (typeof rule.value === "number") {
    if (rule.is === "inLastDays" || rule.is === "notInLastDays") {
      const recent = sqlOf(`coalesce(${times[rule.field] ?? "0"}, 0) >= ?`, nowMs - rule.value * dayMs);
      return rule.is === "inLastDays" ? recent : { ...recent, text: `NOT (${recent.text})` };
    }
    return numberCondition(numbers[rule.field] ?? "0", rule.is, rule.value);
  }
  return textCondition(rule.field, rule.is, rule.value);
}

const comparisons: Readonly<Record<string, string>> = { equal: "=", atLeast: ">=", atMost: "<=" };

function numberCondition(column: string, is: string, value: number): Sql {
  if (is === "notEqual") return sqlOf(`(${column} IS NULL OR ${column} <> ?)`, value);
  return sqlOf(`(${column} IS NOT NULL AND ${column} ${comparisons[is] ?? "="} ?)`, value);
}

/** Columns that are kept folded are compared so; a rule about names holds when it does for one of them. */
function textCondition(field: string, is: string, value: string): Sql {
  const isNegative = is === "notEqual" || is === "notContains";
  const folded = field === "comment" || field === "path" ? value : fold(value);
  const escaped = folded.replaceAll(/[\\%_]/g, "\\$&");
  const pattern = is.toLowerCase().endsWith("contains")
    ? `%${escaped}%`
    : is === "startsWith"
      ? `${escaped}%`
      : escaped;
  const like = "LIKE ? ESCAPE '\\'";
  const credited = (role: number) =>
    `EXISTS (SELECT 1 FROM media_song_artist credit JOIN media_artist artist ON artist.id = credit.artist_id
      WHERE credit.item_id = song.item_id AND credit.role = ${role} AND artist.fold ${like})`;
  const texts: Readonly<Record<string, string>> = {
    title: `song.title_fold ${like}`,
    artist: `(song.artist_fold ${like} OR ${credited(0)})`,
    composer: credited(1),
    album: `album.title_fold ${like}`,
    albumArtist: `EXISTS (SELECT 1 FROM media_album_artist credit JOIN media_artist artist ON artist.id = credit.artist_id
      WHERE credit.album_id = album.id AND artist.fold ${like})`,
    genre: `EXISTS (SELECT 1 FROM media_song_genre link JOIN media_genre genre ON genre.id = link.genre_id
      WHERE link.item_id = song.item_id AND genre.fold ${like})`,
    comment: `coalesce(song.comment, '') ${like}`,
    path: `item.path ${like}`,
  };
  const text = texts[field] ?? "0";
  const params = Array.from({ length: text.split("?").length - 1 }, () => pattern);
  return { text: isNegative ? `NOT (${text})` : text, params };
}
