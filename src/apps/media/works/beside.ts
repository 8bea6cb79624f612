import { type Item, itemsFrom, type LibraryReader } from "#apps/media/library";
import { belongsTo } from "#apps/media/names";
import type { Db } from "#platform/db";
import type { Actor } from "#platform/usecase";
import { folderOf, type NamedSidecar, sidecarOf } from "./sidecars.ts";

/** Subtitles and sound tracks beside files, as far as somebody can see them. */
export interface Beside {
  near(actor: Actor, items: readonly Item[]): readonly Item[];
  sidecarsOf(item: Item, near: readonly Item[]): readonly NamedSidecar[];
}

const mostNear = 2_000;

export function createBeside(db: Db, library: LibraryReader): Beside {
  return {
    near: (actor, items) => {
      const { sql, params } = library.sight(actor);
      const found = new Map<number, Item>();
      for (const key of new Set(items.map(({ libraryId, path }) => `${libraryId} ${folderOf(path)}`))) {
        const libraryId = Number(key.slice(0, key.indexOf(" ")));
        const folder = key.slice(key.indexOf(" ") + 1);
        const prefix = folder === "" ? "" : `${folder}/`;
        const rows = db
          .prepare<{ id: number }, (string | number)[]>(
            `SELECT item.id FROM ${itemsFrom} WHERE item.library_id = ? AND item.kind = 'sidecar' AND item.path >= ? AND item.path < ?
               AND (${sql}) LIMIT ${mostNear}`,
          )
          .all(libraryId, prefix, `${prefix}\u{10FFFF}`, ...params);
        for (const { id } of rows) {
          const item = library.item(id);
          if (item !== undefined) found.set(id, item);
        }
      }
      return [...found.values()];
    },
    sidecarsOf: (item, near) => {
      const kind = library.library(item.libraryId)?.kind ?? "films";
      return near.flatMap((one) => {
        const sidecar = one.libraryId === item.libraryId ? sidecarOf(kind, one) : undefined;
        const isPlayed = sidecar?.name.role === "subtitle" || sidecar?.name.role === "audio";
        return sidecar !== undefined && isPlayed && belongsTo(sidecar.name, item.path) > 0 ? [sidecar] : [];
      });
    },
  };
}
