import type { z } from "zod";
import type { NameFinding } from "#contract/apps/media/works";
import { type Item, itemsFrom, type LibraryReader } from "#apps/media/library";
import { parseMediaPath } from "#apps/media/names";
import type { Db } from "#platform/db";
import type { Actor } from "#platform/usecase";
import { checkName } from "./names-check.ts";
import type { WorkRows } from "./rows.ts";
import { folderOf } from "./sidecars.ts";

interface NamesDeps {
  readonly db: Db;
  readonly library: LibraryReader;
  readonly rows: WorkRows;
}

/** Files looked at without others having their turn. */
const sliceSize = 500;

/** The files of a library whose names other media servers would not understand, of those that somebody can see. */
export function createNamesCheck({ db, library, rows }: NamesDeps) {
  const findingOf = (item: Item): z.infer<typeof NameFinding> | undefined => {
    const kind = library.library(item.libraryId)?.kind ?? "films";
    const name = parseMediaPath(kind, item.path);
    if (name?.form !== "film" && name?.form !== "episode") return undefined;
    const file = rows.filesOfItem(item.id)[0];
    const own = file && rows.get(file.workId);
    const work = file?.seriesId == null ? own : rows.get(file.seriesId);
    if (file === undefined || own === undefined || work === undefined) return undefined;
    const files = rows.filesOfWork(own.id).filter(({ extraKind }) => extraKind === null);
    const folders = new Set(
      files.flatMap(({ itemId }) => {
        const other = library.item(itemId);
        return other === undefined || other.state === "gone" ? [] : [folderOf(other.path)];
      }),
    );
    const verdict = checkName({
      path: item.path,
      name,
      title: work.title,
      year: work.year,
      edition: file.edition,
      hasVersions: new Set(files.map(({ versionKey }) => versionKey)).size > 1,
      isScattered: name.form === "film" && folders.size > 1,
      episodeTitle: own.type === "episode" ? own.title : null,
    });
    if (verdict === undefined) return undefined;
    const { servers, ...rest } = verdict;
    return { itemId: item.id, nodeId: item.nodeId, path: item.path, servers: [...servers], ...rest };
  };
  return async (actor: Actor, libraryId: number) => {
    const { sql, params } = library.sight(actor);
    const rowsSeen = db
      .prepare<{ id: number }, (string | number)[]>(
        `SELECT item.id FROM ${itemsFrom} WHERE item.library_id = ? AND item.kind = 'video' AND (${sql}) ORDER BY item.path`,
      )
      .all(libraryId, ...params);
    const findings: z.infer<typeof NameFinding>[] = [];
    for (const [index, { id }] of rowsSeen.entries()) {
      const item = library.item(id);
      const finding = item && findingOf(item);
      if (finding !== undefined) findings.push(finding);
      if (index % sliceSize === sliceSize - 1) await new Promise((resume) => void setImmediate(resume));
    }
    return { findings, checkedCount: rowsSeen.length };
  };
}
