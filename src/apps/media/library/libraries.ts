import type { Clock } from "#platform/clock";
import type { NodeInfo, Storage } from "#storage/primary";
import { kindOfFolder } from "./kinds.ts";
import type { LibraryRow, LibraryRows } from "./repository.ts";
import type { LibraryKind } from "./types.ts";

interface LibrariesDeps {
  readonly storage: Storage;
  readonly rows: LibraryRows;
  readonly clock: Clock;
}

/** The libraries, in memory: a household has few, and every change of a file asks for them. */
export function createLibraries({ storage, rows, clock }: LibrariesDeps) {
  let byId = new Map<number, LibraryRow>();
  let onByFolder = new Map<number, LibraryRow>();
  const load = () => {
    byId = new Map(rows.all().map((library) => [library.id, library]));
    onByFolder = new Map([...byId.values()].filter(({ isOn }) => isOn).map((library) => [library.folderId, library]));
  };
  load();

  /** The library that is on whose folder is one of these. */
  const among = (folderIds: readonly number[]): LibraryRow | undefined => {
    if (onByFolder.size === 0) return undefined;
    for (const id of folderIds) {
      const library = onByFolder.get(id);
      if (library !== undefined) return library;
    }
    return undefined;
  };
  /** A library that is on and would lie inside, or around, a library of this folder. */
  const inTheWay = (folderId: number, exceptId?: number): LibraryRow | undefined => {
    const around = [folderId, ...storage.above(folderId)];
    return [...onByFolder.values()].find(
      (library) =>
        library.id !== exceptId &&
        (around.includes(library.folderId) || storage.above(library.folderId).includes(folderId)),
    );
  };
  const create = (folder: NodeInfo, kind: LibraryKind, name: string, isAutomatic: boolean): LibraryRow => {
    const { spaceId, id: folderId } = folder;
    const row = { name, kind, spaceId, folderId, isOn: true, isAutomatic, createdAtMs: clock.now() };
    const id = rows.insert(row);
    load();
    return { id, ...row, removedAtMs: null };
  };
  const update = (library: LibraryRow) => {
    rows.update(library);
    load();
  };

  return {
    all: (): readonly LibraryRow[] => [...byId.values()],
    get: (id: number) => byId.get(id),
    ofFolder: (folderId: number) => [...byId.values()].find((library) => library.folderId === folderId),
    among,
    /** Of a node that can be seen; a folder of a library is in it itself. */
    of: (nodeId: number): LibraryRow | undefined =>
      onByFolder.size === 0 ? undefined : among([nodeId, ...storage.above(nodeId)]),
    inTheWay,
    create,
    /**
     * The library that this folder becomes because of its name; undefined when it does not, or has been one before. One that was removed
     * while its folder was not there comes back with it.
     */
    createByName: (folder: NodeInfo): LibraryRow | undefined => {
      const kind = folder.kind === "folder" ? kindOfFolder(folder.name) : undefined;
      const known = [...byId.values()].find(({ folderId }) => folderId === folder.id);
      const isBack = known?.isAutomatic === true && known.removedAtMs !== null;
      if (kind === undefined || (known !== undefined && !isBack) || inTheWay(folder.id) !== undefined) return undefined;
      if (known === undefined) return create(folder, kind, folder.name, true);
      const back = { ...known, isOn: true, removedAtMs: null };
      update(back);
      return back;
    },
    update,
    remove: (id: number) => {
      rows.remove(id);
      load();
    },
    /** After a transaction that did not come to be. */
    load,
  };
}

export type Libraries = ReturnType<typeof createLibraries>;
