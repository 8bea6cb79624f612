import type { Db } from "#platform/db";

/** A picture or a film that may be shown as one with others. */
export interface Member {
  readonly itemId: number;
  readonly isFilm: boolean;
  readonly rank: number;
  readonly durationMs: number | null;
  readonly contentId: string | null;
  readonly path: string;
}

export interface Placement {
  readonly itemId: number;
  readonly isShown: boolean;
  readonly stackId: number;
  /** The film of a live photo. */
  readonly motionItemId: number | null;
}

/** A longer film of the same name is a film of its own. */
const maxLiveMs = 6_500;

/** Which of the files with one key is shown, and what stands behind it: raw files, edits' originals, bursts, films of live photos. */
export function placeStack(members: readonly Member[]): Placement[] {
  const pictures = members.filter(({ isFilm }) => !isFilm).toSorted(byRank);
  const [top] = pictures;
  const alone = ({ itemId }: Member): Placement => ({ itemId, isShown: true, stackId: itemId, motionItemId: null });
  if (top === undefined) return members.map(alone);
  const isLive = (film: Member) =>
    (film.durationMs !== null && film.durationMs <= maxLiveMs) ||
    (film.contentId !== null && pictures.some(({ contentId }) => contentId === film.contentId));
  const films = members.filter(({ isFilm }) => isFilm);
  const live = films.filter(isLive);
  return [
    { ...alone(top), motionItemId: live[0]?.itemId ?? null },
    ...[...pictures.slice(1), ...live].map((one) => ({ ...alone(one), isShown: false, stackId: top.itemId })),
    ...films.filter((film) => !isLive(film)).map(alone),
  ];
}

function byRank(a: Member, b: Member): number {
  return b.rank - a.rank || (a.path < b.path ? -1 : 1);
}

/** Brings the stacks with these keys up to date; a part of the caller's transaction. */
export function createStackRows(db: Db) {
  const ofKey = db.prepare<Omit<Member, "isFilm"> & { isFilm: number }, [string]>(
    `SELECT photo.item_id AS itemId, item.kind = 'video' AS isFilm, photo.stack_rank AS rank, photo.duration_ms AS durationMs,
       photo.content_id AS contentId, item.path
     FROM media_photo AS photo JOIN media_item AS item ON item.id = photo.item_id
     WHERE photo.stack_key = ? AND item.state <> 'gone' ORDER BY item.path LIMIT 2000`,
  );
  const place = db.prepare<never, [number, number, number | null, number, number]>(
    `UPDATE media_photo SET is_shown = ?, stack_id = ?, motion_item_id = ?,
       kind = CASE WHEN kind = 'video' THEN 'video' WHEN motion_bytes IS NOT NULL OR ? THEN 'motion' ELSE 'still' END
     WHERE item_id = ?`,
  );
  const keysOf = db.prepare<{ key: string }, [string]>(
    "SELECT DISTINCT stack_key AS key FROM media_photo WHERE item_id IN (SELECT value FROM json_each(?))",
  );
  return {
    keysOf: (itemIds: readonly number[]) => keysOf.all(JSON.stringify(itemIds)).map(({ key }) => key),
    settle: (keys: Iterable<string>): void => {
      for (const key of keys) {
        const members = ofKey.all(key).map((row) => ({ ...row, isFilm: row.isFilm === 1 }));
        for (const { itemId, isShown, stackId, motionItemId } of placeStack(members)) {
          place.run(isShown ? 1 : 0, stackId, motionItemId, motionItemId === null ? 0 : 1, itemId);
        }
      }
    },
  };
}

export type StackRows = ReturnType<typeof createStackRows>;
