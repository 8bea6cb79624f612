import type { Db } from "#platform/db";
import type { Details, Picture } from "./types.ts";

/** What is asked of the catalogues about a work. */
export interface Asked {
  readonly kind: "film" | "series";
  readonly title: string;
  readonly year: number | null;
  readonly ids: { readonly tmdb?: string; readonly imdb?: string };
}

export interface ProvidedRow {
  readonly itemId: number;
  readonly kind: "film" | "series";
  /** JSON of `Asked`. */
  readonly asked: string;
  readonly isChosen: number;
  readonly state: "wanted" | "matched" | "unsure";
  readonly fields: string;
  readonly pictures: string;
  readonly tries: number;
}

const columns = "item_id AS itemId, kind, asked, is_chosen AS isChosen, state, fields, pictures, tries";

/** All SQL of what catalogues said. */
export function createRepository(db: Db) {
  const one = db.prepare<ProvidedRow, [number]>(`SELECT ${columns} FROM media_provided WHERE item_id = ?`);
  const due = db.prepare<ProvidedRow, [number, number]>(
    `SELECT ${columns} FROM media_provided WHERE state = 'wanted' AND next_at_ms <= ? ORDER BY next_at_ms, item_id LIMIT ?`,
  );
  const count = db.prepare<{ count: number }, [number]>(
    "SELECT count(*) AS count FROM media_provided WHERE state = 'wanted' AND next_at_ms <= ?",
  );
  const want = db.prepare<never, [number, string, string, number, number]>(
    `INSERT INTO media_provided (item_id, kind, asked, is_chosen, state, next_at_ms)
       SELECT ?1, ?2, ?3, ?4, 'wanted', ?5 WHERE EXISTS (SELECT 1 FROM media_item WHERE id = ?1)
     ON CONFLICT DO UPDATE SET kind = excluded.kind, asked = excluded.asked, is_chosen = excluded.is_chosen, state = 'wanted',
       tries = 0, next_at_ms = excluded.next_at_ms`,
  );
  const matched = db.prepare<never, [string, string, number, string]>(
    "UPDATE media_provided SET state = 'matched', fields = ?, pictures = ?, tries = 0 WHERE item_id = ? AND asked = ?",
  );
  const unsure = db.prepare<never, [number, string]>(
    "UPDATE media_provided SET state = 'unsure', fields = '{}', pictures = '[]', tries = 0 WHERE item_id = ? AND asked = ?",
  );
  const later = db.prepare<never, [number, number]>(
    "UPDATE media_provided SET tries = tries + 1, next_at_ms = ? WHERE item_id = ?",
  );
  // The files of works are kept by `works`; a work is known here by its first one.
  const firstItem = db.prepare<{ itemId: number | null }, [number]>(
    "SELECT min(item_id) AS itemId FROM media_work_file WHERE work_id = ?1 OR series_id = ?1",
  );
  const items = db.prepare<{ itemId: number }, [number]>(
    "SELECT DISTINCT item_id AS itemId FROM media_work_file WHERE work_id = ?1 OR series_id = ?1 LIMIT 500",
  );
  return {
    get: (itemId: number) => one.get(itemId) ?? undefined,
    due: (nowMs: number, limit: number) => due.all(nowMs, limit),
    dueCount: (nowMs: number) => count.get(nowMs)?.count ?? 0,
    want: (itemId: number, asked: Asked, isChosen: boolean, nowMs: number) =>
      void want.run(itemId, asked.kind, JSON.stringify(asked), isChosen ? 1 : 0, nowMs),
    /** Dropped when something else was asked for meanwhile. */
    matched: ({ itemId, asked }: ProvidedRow, { fields, pictures }: Details) =>
      void matched.run(JSON.stringify(fields), JSON.stringify(pictures satisfies readonly Picture[]), itemId, asked),
    unsure: ({ itemId, asked }: ProvidedRow) => void unsure.run(itemId, asked),
    later: (itemId: number, nextAtMs: number) => void later.run(nextAtMs, itemId),
    itemsOf: (workId: number) => items.all(workId).map(({ itemId }) => itemId),
    firstItemOf: (workId: number) => firstItem.get(workId)?.itemId ?? undefined,
  };
}

export type Repository = ReturnType<typeof createRepository>;
