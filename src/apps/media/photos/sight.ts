import type { ItemFilter } from "#apps/media/library";
import type { PhotoView } from "./schemas.ts";
import { type Wish, wishesOf } from "./words.ts";

/** A condition on rows of photo, mark, item and node, with its parameters in order. */
export interface Condition {
  readonly sql: string;
  readonly params: readonly (string | number)[];
}

/** What a query over pictures begins with; the first parameter is the person. */
export const photosFrom = `media_photo AS photo
  JOIN media_item AS item ON item.id = photo.item_id
  JOIN node ON node.id = item.node_id
  LEFT JOIN media_photo_mark AS mark ON mark.user_id = ? AND mark.item_id = photo.item_id`;

export function allOf(...conditions: readonly Condition[]): Condition {
  return {
    sql: conditions.map(({ sql }) => `(${sql})`).join(" AND "),
    params: conditions.flatMap(({ params }) => params),
  };
}

const plain = (sql: string, ...params: readonly (string | number)[]): Condition => ({ sql, params });

/** What a picture of a timeline has to be: on top of its stack, and somebody may see it. */
export function shownTo(sight: ItemFilter): Condition {
  return allOf(plain("photo.is_shown = 1"), sight);
}

const notArchived = plain("mark.is_archived IS NOT 1");

/** Albums are not here: who sees them is another question, see `albums.ts`. */
export type OwnView = Exclude<PhotoView, { kind: "album" }>;

export function conditionOf(view: OwnView): Condition {
  switch (view.kind) {
    case "all":
    case "recent":
      return notArchived;
    case "favourites":
      return allOf(notArchived, plain("mark.is_favourite = 1"));
    case "videos":
      return allOf(notArchived, plain("photo.kind = 'video'"));
    case "motion":
      return allOf(notArchived, plain("photo.kind = 'motion'"));
    case "archive":
      return plain("mark.is_archived = 1");
    case "search":
      return allOf(plain("1"), ...wishesOf(view.text).map(wishCondition));
    case "area":
      return allOf(notArchived, areaCondition(view));
    case "day":
      return allOf(notArchived, plain("photo.day % 10000 = ?", view.month * 100 + view.day));
  }
}

/** An area may cross the date line. */
export function areaCondition(area: { west: number; east: number; south: number; north: number }): Condition {
  const { west, east, south, north } = area;
  const across = west <= east ? "photo.longitude BETWEEN ? AND ?" : "(photo.longitude >= ? OR photo.longitude <= ?)";
  return plain(`photo.latitude BETWEEN ? AND ? AND ${across}`, south, north, west, east);
}

const like = (word: string) => `%${word.replaceAll(/[\\%_]/g, (char) => `\\${char}`)}%`;
const hasWord = "photo.words LIKE ? ESCAPE '\\'";

function wishCondition(wish: Wish): Condition {
  switch (wish.kind) {
    case "year":
      return plain(`photo.day / 10000 = ? OR ${hasWord}`, wish.year, like(wish.word));
    case "month":
      return plain(`photo.day / 100 % 100 = ? OR ${hasWord}`, wish.month, like(wish.word));
    case "day":
      return plain("photo.day BETWEEN ? AND ?", wish.from, wish.to);
    case "video":
    case "motion":
      return plain(`photo.kind = ? OR ${hasWord}`, wish.kind, like(wish.kind));
    case "word":
      return plain(hasWord, like(wish.word));
  }
}
