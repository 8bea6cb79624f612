import type { Item, LibraryReader } from "#apps/media/library";
import type { MediaFacts } from "#apps/media/probe";
import type { Db } from "#platform/db";

/** Another file that holds the same film, or the same episodes. */
export interface OtherVersion {
  readonly itemId: number;
  /** A position in the one is a position in the other: their lengths differ by 2 % at most. */
  readonly isSameLength: boolean;
}

interface Row {
  readonly itemId: number;
  readonly otherId: number;
  readonly isSameEdition: number;
}

/** Versions of one edition differ by less: a logo before it, other credits, the speed of PAL not. */
const lengthTolerance = 0.02;

/** Finds the other versions of files: with the same works, and of stacked parts the same part. */
export function createVersions(
  db: Db,
  library: Pick<LibraryReader, "item">,
  facts: (item: Item) => MediaFacts | undefined,
) {
  const worksOf = (id: string) => `(SELECT count(*) FROM media_work_file AS of WHERE of.item_id = ${id})`;
  const others = db.prepare<Row, [string]>(
    `SELECT own.item_id AS itemId, other.item_id AS otherId, min(own.edition IS other.edition) AS isSameEdition
       FROM media_work_file AS own JOIN media_work_file AS other
         ON other.work_id = own.work_id AND other.item_id <> own.item_id AND other.part IS own.part
       WHERE own.item_id IN (SELECT value FROM json_each(?)) AND own.extra_kind IS NULL AND other.extra_kind IS NULL
       GROUP BY own.item_id, other.item_id
       HAVING count(*) = ${worksOf("own.item_id")} AND count(*) = ${worksOf("other.item_id")}`,
  );
  const lengthOf = (itemId: number): number | null => {
    const item = library.item(itemId);
    return (item && facts(item)?.durationMs) ?? null;
  };

  return (itemIds: readonly number[]): ReadonlyMap<number, readonly OtherVersion[]> => {
    const lengths = new Map<number, number | null>();
    const known = (itemId: number) => {
      if (!lengths.has(itemId)) lengths.set(itemId, lengthOf(itemId));
      return lengths.get(itemId) ?? null;
    };
    const found = new Map<number, OtherVersion[]>();
    for (const { itemId, otherId, isSameEdition } of others.all(JSON.stringify(itemIds))) {
      const [own, other] = [known(itemId), known(otherId)];
      const isSameLength =
        own === null || other === null
          ? isSameEdition === 1
          : Math.abs(own - other) <= lengthTolerance * Math.max(own, other);
      found.set(itemId, [...(found.get(itemId) ?? []), { itemId: otherId, isSameLength }]);
    }
    return found;
  };
}
