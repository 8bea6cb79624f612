import type { Db } from "#platform/db";
import type { Actor } from "#platform/usecase";
import type { Libraries } from "./libraries.ts";
import { itemColumns, type ItemRows, type StoredItem } from "./repository.ts";
import { itemsFrom } from "./sight.ts";
import type { Item, ItemFilter, Library, LibraryReader } from "./types.ts";

interface ReaderDeps {
  readonly db: Db;
  readonly items: ItemRows;
  readonly libraries: Libraries;
  readonly sight: (actor: Actor) => ItemFilter;
  readonly isAway: (spaceId: number) => string | null;
}

/** Looks up libraries and items. */
export function createReader({ db, items, libraries, sight, isAway }: ReaderDeps): LibraryReader {
  const toItem = ({ folderId: _folder, sha1: _sha1, goneAtMs: _gone, ...item }: StoredItem): Item => {
    const reason = item.state === "gone" ? null : isAway(item.spaceId);
    return reason === null ? item : { ...item, state: "away", reason };
  };
  const toLibrary = ({ id, name, kind, spaceId, folderId, isOn }: Library): Library => ({
    ...{ id, name, kind, spaceId, folderId, isOn },
  });
  const itemOf = (item: StoredItem | undefined) => item && toItem(item);
  return {
    libraries: () => libraries.all().map(toLibrary),
    library: (id) => {
      const library = libraries.get(id);
      return library && toLibrary(library);
    },
    item: (id) => itemOf(items.get(id)),
    itemOfNode: (nodeId) => itemOf(items.ofNode(nodeId)),
    itemsAfter: (libraryId, afterId, limit) => items.after(libraryId, afterId, limit).map(toItem),
    siblings: (itemId) => {
      const item = items.get(itemId);
      if (item === undefined) return [];
      const folders = items.subtitleFolders(item.folderId);
      const apart = folders.flatMap((folderId) => items.inFolder(folderId)).filter(({ kind }) => kind === "sidecar");
      return [...items.inFolder(item.folderId), ...apart].map(toItem);
    },
    besideSong: (itemId) => {
      const item = items.get(itemId);
      return item === undefined ? [] : items.besideSongs(item.folderId).map(toItem);
    },
    inFolder: (folderId) => items.inFolder(folderId).map(toItem),
    sight,
    seen: (actor, itemIds) => {
      const { sql, params } = sight(actor);
      return db
        .prepare<StoredItem, (string | number)[]>(
          `SELECT ${itemColumns} FROM ${itemsFrom} WHERE item.id IN (SELECT value FROM json_each(?)) AND (${sql})`,
        )
        .all(JSON.stringify(itemIds), ...params)
        .map(toItem);
    },
    isAway: (spaceId) => isAway(spaceId) !== null,
  };
}
