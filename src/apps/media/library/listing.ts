import type { Db } from "#platform/db";
import type { Actor } from "#platform/usecase";
import type { Storage } from "#storage/primary";
import type { Present } from "./present.ts";
import { itemsFrom } from "./sight.ts";
import type { Item, LibraryReader } from "./types.ts";

interface ListingDeps {
  readonly db: Db;
  readonly storage: Storage;
  readonly reader: LibraryReader;
  readonly present: Present;
  readonly isAway: (spaceId: number) => string | null;
}

interface Wish {
  readonly libraryId?: number | undefined;
  readonly state?: "found" | "ready" | "broken" | "away" | undefined;
  readonly kind?: Item["kind"] | undefined;
  readonly search?: string | undefined;
  readonly offset: number;
  readonly limit: number;
}

/** Pages of items in order of their path, as somebody may see them. */
export function createListing({ db, storage, reader, present, isAway }: ListingDeps) {
  const awaySpaceIds = () => storage.spaces().flatMap(({ id }) => (isAway(id) === null ? [] : [id]));
  return (actor: Actor, wish: Wish) => {
    const { sql, params } = reader.sight(actor);
    const parts = [`(${sql})`];
    const values = [...params];
    const also = (condition: string, ...more: (string | number)[]) => {
      parts.push(condition);
      values.push(...more);
    };
    if (wish.libraryId !== undefined) also("item.library_id = ?", wish.libraryId);
    if (wish.kind !== undefined) also("item.kind = ?", wish.kind);
    if (wish.search) also("instr(lower(item.path), lower(?)) > 0", wish.search);
    const away = JSON.stringify(awaySpaceIds());
    const isIn = wish.state === "away" ? "IN" : "NOT IN";
    if (wish.state !== undefined) also(`item.space_id ${isIn} (SELECT value FROM json_each(?))`, away);
    if (wish.state !== undefined && wish.state !== "away") also("item.state = ?", wish.state);
    const from = `FROM ${itemsFrom} WHERE ${parts.join(" AND ")}`;
    const total = db.prepare<{ total: number }, (string | number)[]>(`SELECT count(*) AS total ${from}`).get(...values);
    const ids = db
      .prepare<{ id: number }, (string | number)[]>(
        `SELECT item.id ${from} ORDER BY item.library_id, item.path LIMIT ? OFFSET ?`,
      )
      .all(...values, wish.limit, wish.offset);
    const items = ids.map(({ id }) => reader.item(id)).filter((item) => item !== undefined);
    return { items: items.map(present.item), total: total?.total ?? 0 };
  };
}
