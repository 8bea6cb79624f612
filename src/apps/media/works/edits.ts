import type { WorkEdit, WorkField } from "#contract/apps/media/works";
import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import type { Actor } from "#platform/usecase";
import type { Fields } from "./fields.ts";
import type { WorkRow, WorkRows } from "./rows.ts";
import type { Detail } from "./rows.ts";

/** Changes of one work that can be taken back. */
const keptUndos = 20;

/** What people set on works. The caller syncs the database and has the work described anew. */
export function createEdits({ db, rows, clock }: { readonly db: Db; readonly rows: WorkRows; readonly clock: Clock }) {
  const remember = db.prepare<never, [number, number, number, string]>(
    "INSERT INTO media_work_undo (work_id, user_id, at_ms, before) VALUES (?, ?, ?, ?)",
  );
  const thin = db.prepare<never, [number]>(
    `DELETE FROM media_work_undo WHERE work_id = ?1 AND id NOT IN
       (SELECT id FROM media_work_undo WHERE work_id = ?1 ORDER BY id DESC LIMIT ${keptUndos})`,
  );
  const last = db.prepare<{ id: number; before: string }, [number]>(
    "SELECT id, before FROM media_work_undo WHERE work_id = ? ORDER BY id DESC LIMIT 1",
  );
  const forget = db.prepare<never, [number]>("DELETE FROM media_work_undo WHERE id = ?");

  const change = (actor: Actor, workId: number, next: (before: Fields) => Fields): void =>
    db.transaction(() => {
      const before = rows.locksOf(workId);
      remember.run(workId, actor.userId, clock.now(), JSON.stringify(before));
      thin.run(workId);
      rows.setLocks(workId, next(before));
    });
  return {
    canUndo: (workId: number) => last.get(workId) !== null,
    set: (actor: Actor, workId: number, edit: WorkEdit) =>
      change(actor, workId, (before) => {
        const after: Record<string, unknown> = { ...before };
        for (const [field, value] of Object.entries(edit)) {
          if (value === undefined) continue;
          const isCleared = value === null || (Array.isArray(value) && value.length === 0);
          if (isCleared) delete after[field];
          else after[field] = field === "externalIds" ? idsOf(value as NonNullable<WorkEdit["externalIds"]>) : value;
        }
        return after as Fields;
      }),
    lock: (actor: Actor, work: WorkRow, lock: readonly WorkField[], unlock: readonly WorkField[]) =>
      change(actor, work.id, (before) => {
        const now = valuesOf(work);
        const after: Record<string, unknown> = { ...before };
        for (const field of lock) if (now[field] !== undefined) after[field] ??= now[field];
        for (const field of unlock) delete after[field];
        return after as Fields;
      }),
    undo: (workId: number) =>
      db.transaction(() => {
        const undo = last.get(workId);
        if (undo === null) throw new AppError("conflict", "There is nothing to take back.");
        rows.setLocks(workId, JSON.parse(undo.before) as Fields);
        forget.run(undo.id);
      }),
  };
}

export type Edits = ReturnType<typeof createEdits>;

function idsOf(ids: NonNullable<WorkEdit["externalIds"]>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(ids).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

/** The values that a work has now, as fields. */
export function valuesOf(work: WorkRow): Partial<Record<WorkField, unknown>> {
  const detail = JSON.parse(work.detail) as Detail;
  const ids = idsOf({ imdb: work.imdb, tmdb: work.tmdb, tvdb: work.tvdb });
  const all: Partial<Record<WorkField, unknown>> = {
    ...{ title: work.title, sortTitle: work.sortTitle, year: work.year, airDate: work.airDate, rating: work.rating },
    ...{ certification: work.certification, seasonNumber: work.seasonNumber, episodeNumber: work.episodeNumber },
    ...detail,
    externalIds: Object.keys(ids).length === 0 ? null : ids,
  };
  return Object.fromEntries(
    Object.entries(all).filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0)),
  );
}
