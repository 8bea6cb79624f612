import type { Item, Library, LibraryReader } from "#apps/media/library";
import { belongsTo, parseMediaPath } from "#apps/media/names";
import type { MediaFacts } from "#apps/media/probe";
import type { Db } from "#platform/db";
import { groupKeys } from "./clusters.ts";
import { describerOf, type Surroundings } from "./describe.ts";
import type { Fields } from "./fields.ts";
import { groupWorks } from "./group.ts";
import type { NamedItem, WorkDraft } from "./group-types.ts";
import type { NamesStore } from "./names-store.ts";
import { createReconcile } from "./reconcile.ts";
import type { WorkRows } from "./rows.ts";
import { folderOf, type NamedSidecar, sidecarOf } from "./sidecars.ts";

export interface RegroupDeps {
  readonly db: Db;
  readonly library: LibraryReader;
  readonly names: NamesStore;
  readonly rows: WorkRows;
  readonly now: () => number;
  readonly facts: (item: Item) => MediaFacts | undefined;
  /** What an NFO file says; undefined when it cannot be read. */
  readonly readNfo: (item: Item) => Promise<Fields | undefined>;
  readonly provided: Surroundings["provided"];
}

/** Folders that hold what describes the films beside them. */
const mostSidecars = 20_000;
const pieceSize = 100;

/** Whether works are made of the files of this library. */
export function hasWorks({ kind }: Pick<Library, "kind">): boolean {
  return kind === "films" || kind === "series" || kind === "videos";
}

/** Groups files anew that have changed, with everything that may belong together with them. */
export function createRegroup(deps: RegroupDeps) {
  const { db, library, names, rows } = deps;
  const reconcile = createReconcile(deps);
  const isSidecar = "library_id = ?1 AND kind = 'sidecar' AND state <> 'gone'";
  const sidecarsBelow = db.prepare<{ id: number }, [number, string, string]>(
    `SELECT id FROM media_item WHERE ${isSidecar} AND path >= ?2 AND path < ?3 LIMIT ${mostSidecars}`,
  );
  const sidecarsAtTop = db.prepare<{ id: number }, [number]>(
    `SELECT id FROM media_item WHERE ${isSidecar} AND path NOT LIKE '%/%/%'
       AND (path NOT LIKE '%/%' OR path LIKE 'sub%/%') LIMIT ${mostSidecars}`,
  );

  const nameOf = (of: Library, item: Item): NamedItem | undefined => {
    if (item.kind !== "video" || item.state === "gone" || item.libraryId !== of.id) return undefined;
    const name = parseMediaPath(of.kind, item.path);
    if (name === null || name.form === "sidecar" || name.form === "music" || name.form === "photo") return undefined;
    const video = deps.facts(item)?.video[0];
    const { id: itemId, path, sizeBytes } = item;
    return { itemId, path, name: corrected(itemId, name), sizeBytes, height: video?.height ?? null };
  };
  /** Numbers of catalogues, seasons and episodes that somebody set count as if the name said so. */
  const corrected = (itemId: number, name: NamedItem["name"]): NamedItem["name"] => {
    if (name.form === "video") return name;
    const files = rows.filesOfItem(itemId);
    const [file] = files;
    if (file === undefined || file.extraKind !== null) return name;
    const { externalIds } = rows.locksOf(file.seriesId ?? file.workId);
    const ids = externalIds === undefined ? name.ids : { ...name.ids, ...externalIds };
    if (name.form === "film" || files.length > 1) return { ...name, ids };
    const { seasonNumber, episodeNumber } = rows.locksOf(file.workId);
    const season = seasonNumber ?? name.season;
    return { ...name, ids, season, episodes: episodeNumber === undefined ? name.episodes : [episodeNumber] };
  };
  /** Videos that a sidecar at this path describes, or described. */
  const describedBy = (of: Library, path: string): number[] => {
    const name = parseMediaPath(of.kind, path);
    if (name?.form !== "sidecar") return [];
    const near = names.having(of.id, [`d:${name.folder}`, `f:${name.folder}`]);
    if (name.of !== "file" || name.stem === "") return near;
    return near.filter((id) => belongsTo(name, library.item(id)?.path ?? "") > 0);
  };

  /** Notes what the names of these items say now; answers everything that has to be grouped again. */
  const note = (of: Library, itemIds: readonly number[]) => {
    const keys = new Set<string>();
    const noted: { itemId: number; keys: string[]; stamp: string }[] = [];
    for (const itemId of itemIds) {
      const before = names.keysOf(itemId);
      const item = library.item(itemId);
      const stamp = names.stampOf(itemId);
      for (const key of before) if (!key.startsWith("d:") && !key.startsWith("s:")) keys.add(key);
      const sidecarPaths = before.filter((key) => key.startsWith("s:")).map((key) => key.slice(2));
      if (item === undefined || stamp === undefined) continue;
      const isHere = item.libraryId === of.id && item.state !== "gone";
      if (item.kind === "sidecar" && isHere) sidecarPaths.push(item.path);
      for (const id of sidecarPaths.flatMap((path) => describedBy(of, path))) {
        for (const key of names.keysOf(id)) if (!key.startsWith("d:")) keys.add(key);
      }
      const named = nameOf(of, item);
      const own = named === undefined ? [] : groupKeys(named);
      for (const key of own) keys.add(key);
      const place = named === undefined ? [] : [`d:${folderOf(item.path)}`];
      if (item.kind === "sidecar" && isHere) place.push(`s:${item.path}`);
      noted.push({ itemId, keys: [...own, ...place], stamp });
    }
    inPieces(noted, (piece) => {
      for (const one of piece) names.setKeys(of.id, one.itemId, one.keys);
    });
    return { noted, together: names.together(of.id, [...keys]) };
  };
  const inPieces = <T>(all: readonly T[], write: (piece: readonly T[]) => void) => {
    for (let from = 0; from < all.length; from += pieceSize) {
      db.transaction(() => write(all.slice(from, from + pieceSize)));
    }
  };

  const sidecarsOf = (of: Library, named: readonly NamedItem[]): NamedSidecar[] => {
    const folders = new Set(named.flatMap(({ path, name }) => foldersAround(path, name)));
    const ids = new Set<number>();
    for (const folder of outermost(folders)) {
      const found =
        folder === "" ? sidecarsAtTop.all(of.id) : sidecarsBelow.all(of.id, `${folder}/`, `${folder}/\u{10FFFF}`);
      for (const { id } of found) ids.add(id);
    }
    return [...ids].flatMap((id) => {
      const item = library.item(id);
      return (item && sidecarOf(of.kind, item)) ?? [];
    });
  };

  /** A library that holds music or photos now: what its files were before is no more. */
  const leaveWorks = (of: Library, itemIds: readonly number[]): void => {
    const left = itemIds.filter((id) => library.item(id)?.libraryId === of.id && rows.filesOfItem(id).length > 0);
    if (left.length === 0) return;
    inPieces(left, (piece) => {
      for (const id of piece) names.setKeys(of.id, id, []);
    });
    reconcile(of.id, [], left, () => ({ layers: [], artwork: {}, durationMs: null, addedAtMs: null }));
  };

  return async (libraryId: number, itemIds: readonly number[]): Promise<void> => {
    const of = library.library(libraryId);
    if (of === undefined) return;
    if (!hasWorks(of)) return leaveWorks(of, itemIds);
    const { noted, together } = note(of, itemIds);
    const items = new Map<number, Item>();
    const named = together.flatMap((id) => {
      const item = library.item(id);
      if (item !== undefined) items.set(id, item);
      return (item && nameOf(of, item)) ?? [];
    });
    const sidecars = sidecarsOf(of, named);
    const nfo = new Map<number, Fields>();
    for (const { item, name } of sidecars) {
      const fields = name.role === "nfo" ? await deps.readNfo(item) : undefined;
      if (fields !== undefined) nfo.set(item.id, fields);
    }
    const drafts: WorkDraft[] = groupWorks(named);
    const describe = describerOf(drafts, { items, facts: deps.facts, sidecars, nfo, provided: deps.provided });
    // What is gone may come back; what went to another library is for that one to take over.
    const left = itemIds.filter((id) => {
      const item = library.item(id);
      const to = item && library.library(item.libraryId);
      return item !== undefined && item.state !== "gone" && to !== undefined && (to.id === of.id || !hasWorks(to));
    });
    reconcile(libraryId, drafts, [...new Set([...named.map(({ itemId }) => itemId), ...left])], describe);
    inPieces(noted, (piece) => {
      for (const { itemId, stamp } of piece) names.setSeen(itemId, stamp);
    });
  };
}

/** Where a sidecar of this file may lie: beside it, and in the folder of its work. */
function foldersAround(path: string, name: NamedItem["name"]): string[] {
  const own = name.form === "video" || name.folder === null ? [] : [name.folder];
  return [folderOf(path), ...own];
}

/** Without the folders that lie in another of them. */
function outermost(folders: ReadonlySet<string>): string[] {
  return [...folders].filter((folder) => {
    for (let above = folder; above !== "";) {
      above = folderOf(above);
      if (above !== "" && folders.has(above)) return false;
    }
    return true;
  });
}
