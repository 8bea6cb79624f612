import type { LibraryReader } from "#apps/media/library";
import { parseMediaPath } from "#apps/media/names";
import type { FieldSource, WorkField } from "#contract/apps/media/works";
import type { Db } from "#platform/db";
import type { Storage } from "#storage/primary";
import { valuesOf } from "./edits.ts";
import type { Fields } from "./fields.ts";
import type { FileRow, WorkRow, WorkRows } from "./rows.ts";
import { folderOf } from "./sidecars.ts";

/** What an NFO file would say of a work, and where it would lie. */
export interface NfoPlan {
  readonly workId: number;
  readonly libraryId: number;
  readonly kind: "film" | "series" | "episode";
  readonly fields: Fields;
  /** Those that people set. */
  readonly setFields: readonly (keyof Fields)[];
  /** Id of the folder. */
  readonly parentId: number;
  /** Names that it may have; the first where there is none yet. */
  readonly names: readonly [string, ...string[]];
}

interface NfoDeps {
  readonly db: Db;
  readonly library: LibraryReader;
  readonly storage: Pick<Storage, "lineage">;
  readonly rows: WorkRows;
}

const ownSources: ReadonlySet<FieldSource> = new Set(["user", "tags", "provider"]);

/** Plans NFO files: of films and videos beside their first file, of episodes beside their own, of series in a folder of their own. */
export function createNfoPlans({ db, library, storage, rows }: NfoDeps) {
  const types = "library_id = ? AND type IN ('film', 'video', 'series', 'episode')";
  const after = db.prepare<{ id: number }, [number, number, number]>(
    `SELECT id FROM media_work WHERE ${types} AND id > ? ORDER BY id LIMIT ?`,
  );
  const count = db.prepare<{ count: number }, [number]>(`SELECT count(*) AS count FROM media_work WHERE ${types}`);

  const placeOf = (work: WorkRow, files: readonly FileRow[]): Pick<NfoPlan, "parentId" | "names"> | undefined => {
    const item = files
      .map(({ itemId }) => library.item(itemId))
      .find((one) => one !== undefined && one.state !== "gone");
    const of = item && library.library(item.libraryId);
    if (item === undefined || of === undefined) return undefined;
    const lineage = storage.lineage(item.nodeId);
    const below = lineage.slice(lineage.findIndex(({ id }) => id === of.folderId) + 1);
    const name = parseMediaPath(of.kind, item.path);
    const own = name !== null && "folder" in name && name.form !== "sidecar" ? name.folder : null;
    if (work.type === "series") {
      const at = own === null ? -1 : own.split("/").length - 1;
      const folder = below[at];
      return folder === undefined || at >= below.length - 1
        ? undefined
        : { parentId: folder.id, names: ["tvshow.nfo"] };
    }
    // One file says what several episodes are in a form of its own.
    if (work.type === "episode" && rows.filesOfItem(item.id).length > 1) return undefined;
    const parentId = below.at(-2)?.id ?? of.folderId;
    const file = below.at(-1)?.name ?? "";
    const beside = `${file.slice(0, file.lastIndexOf("."))}.nfo`;
    const isAlone = work.type === "film" && own !== null && own === folderOf(item.path);
    return { parentId, names: isAlone ? [beside, "movie.nfo"] : [beside] };
  };

  return {
    /** Undefined for what has none: seasons, files with several episodes, series among others. */
    of: (workId: number): NfoPlan | undefined => {
      const work = rows.get(workId);
      if (work === undefined || work.type === "season") return undefined;
      const files = rows.filesWithin(workId).filter(({ extraKind }) => extraKind === null);
      const place = placeOf(work, files);
      if (place === undefined) return undefined;
      const sources = JSON.parse(work.sources) as Partial<Record<WorkField, FieldSource>>;
      const said = Object.entries(valuesOf(work)).filter(([field]) =>
        ownSources.has(sources[field as WorkField] ?? "name"),
      );
      const locks = rows.locksOf(workId);
      return {
        ...{ workId, libraryId: work.libraryId, ...place },
        kind: work.type === "video" ? "film" : work.type,
        fields: Object.fromEntries(said) as Fields,
        setFields: said.flatMap(([field]) =>
          field in locks && field !== "externalIds" ? [field as keyof Fields] : [],
        ),
      };
    },
    after: (libraryId: number, afterId: number, limit: number): number[] =>
      after.all(libraryId, afterId, limit).map(({ id }) => id),
    count: (libraryId: number): number => count.get(libraryId)?.count ?? 0,
  };
}

export type NfoPlans = ReturnType<typeof createNfoPlans>;
