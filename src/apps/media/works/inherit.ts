import type { Db } from "#platform/db";
import type { Fields } from "./fields.ts";
import type { FileRow, WorkRow, WorkRows } from "./rows.ts";

/** Works that another one takes the files of: what people set on them goes on with it, as far as nobody set it there. */
export function createInheritance(db: Db, rows: WorkRows) {
  const undos = db.prepare<{ id: number; before: string }, [number]>(
    "SELECT id, before FROM media_work_undo WHERE work_id = ?",
  );
  const setUndo = db.prepare<never, [string, number]>("UPDATE media_work_undo SET before = ? WHERE id = ?");

  return {
    /**
     * Works that end in this one.
     *
     * @param idOf the work of a file that counts: itself, or its series
     * @param isElsewhere the file belongs to something else now
     */
    absorbed: (
      of: { readonly id: number | null; readonly type: WorkRow["type"]; readonly itemIds: readonly number[] },
      idOf: (file: FileRow) => number,
      { isKept, isElsewhere }: { isKept(workId: number): boolean; isElsewhere(itemId: number): boolean },
    ): number[] => {
      const ids = new Set(of.itemIds.flatMap(rows.filesOfItem).filter(isMain).map(idOf));
      return [...ids].filter(
        (id) =>
          id !== of.id &&
          !isKept(id) &&
          rows.get(id)?.type === of.type &&
          rows.filesWithin(id).every(({ itemId }) => !isElsewhere(itemId)),
      );
    },
    /** What was set on these works; the first that says something counts. */
    locksOf: (workIds: readonly number[]): Fields =>
      Object.assign({}, ...workIds.toReversed().map(rows.locksOf)) as Fields,
    /** Sets what a work inherits; taking an edit of its own back leaves that in place. */
    give: (workId: number, inherited: Fields): void => {
      rows.setLocks(workId, { ...inherited, ...rows.locksOf(workId) });
      for (const { id, before } of undos.all(workId)) {
        setUndo.run(JSON.stringify({ ...inherited, ...(JSON.parse(before) as Fields) }), id);
      }
    },
  };
}

const isMain = ({ extraKind }: FileRow): boolean => extraKind === null;
