import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import type { Failure } from "./contract.ts";

/** What is made from content, and what the database keeps of each. */
export interface ExtraValues {
  /** Files by the stream they come from. */
  subtitles: readonly { readonly index: number; readonly file: string }[];
  /** Those attached to the file that are kept, by stream. */
  fonts: readonly { readonly index: number }[];
  trickplay: { readonly width: number; readonly height: number; readonly count: number; readonly sheets: number };
  loudness: { readonly integratedLufs: number; readonly peakDb: number };
  /** It lies in files: nothing to keep. */
  fingerprint: { readonly headItems: number; readonly tailItems: number; readonly tailStartMs: number };
  ranges: { readonly intro: MsRange | null; readonly credits: MsRange | null };
}

export interface MsRange {
  readonly startMs: number;
  readonly endMs: number;
}

export type ExtraKind = keyof ExtraValues;

/** Raised when something is made in another way. */
const recipes: Readonly<Record<ExtraKind, number>> = {
  subtitles: 1,
  fonts: 1,
  trickplay: 1,
  loudness: 1,
  fingerprint: 1,
  ranges: 1,
};

/** What failed is tried again by itself after a restart or a day, until it has been tried so often. */
const maxTries = 4;
/** Somewhat less than a day: whoever tries comes at the same time each day. */
const restMs = 20 * 3_600_000;

interface Row {
  readonly value: string | null;
  readonly recipe: number;
  readonly failure: Failure | null;
  readonly tries: number;
  readonly triedAtMs: number;
}

export function createExtraRows(db: Db, clock: Clock) {
  const startedAtMs = clock.now();
  /** What was tried before is tried again. */
  const dueBeforeMs = () => Math.max(startedAtMs, clock.now() - restMs);
  const one = db.prepare<Row, [string, string]>(
    `SELECT value, recipe, failure, tries, tried_at_ms AS triedAtMs FROM media_extra
     WHERE content_key = ? AND kind = ?`,
  );
  const rowOf = (contentKey: string, kind: ExtraKind): Row | undefined => {
    const row = one.get(contentKey, kind);
    return row === null || row.recipe !== recipes[kind] ? undefined : row;
  };
  const keep = db.prepare<unknown, [string, string, number, string | null]>(
    `INSERT INTO media_extra (content_key, kind, recipe, value) VALUES (?, ?, ?, ?)
     ON CONFLICT (content_key, kind) DO UPDATE SET recipe = excluded.recipe, value = excluded.value, failure = NULL, tries = 0`,
  );
  const fail = db.prepare<unknown, [string, string, number, string, number]>(
    `INSERT INTO media_extra (content_key, kind, recipe, failure, tries, tried_at_ms) VALUES (?, ?, ?, ?, 1, ?)
     ON CONFLICT (content_key, kind) DO UPDATE SET recipe = excluded.recipe, value = NULL, failure = excluded.failure,
       tries = CASE WHEN recipe = excluded.recipe THEN tries + 1 ELSE 1 END, tried_at_ms = excluded.tried_at_ms`,
  );
  const missing = db.prepare<{ id: number }, [string, number, number, string, number, number, number, number]>(
    `SELECT item.id FROM media_item AS item LEFT JOIN media_extra AS extra
       ON extra.content_key = item.content_key AND extra.kind = ? AND extra.recipe = ?
     WHERE item.library_id = ? AND item.state = 'ready' AND item.kind = ? AND item.id > ? AND item.content_key IS NOT NULL
       AND (extra.content_key IS NULL OR (extra.failure IS NOT NULL AND extra.tries < ? AND extra.tried_at_ms < ?)) ORDER BY item.id LIMIT ?`,
  );
  const orphans = db.prepare<{ contentKey: string }, [number]>(
    `SELECT DISTINCT content_key AS contentKey FROM media_extra AS extra
     WHERE NOT EXISTS (SELECT 1 FROM media_item WHERE media_item.content_key = extra.content_key) LIMIT ?`,
  );
  return {
    /** Undefined: not made yet, or it failed; null: there is none. */
    get: <K extends ExtraKind>(contentKey: string, kind: K): ExtraValues[K] | null | undefined => {
      const row = rowOf(contentKey, kind);
      if (row === undefined || row.failure !== null) return undefined;
      return row.value === null ? null : (JSON.parse(row.value) as ExtraValues[K]);
    },
    /** How the last try failed; undefined when it did not. */
    failure: (contentKey: string, kind: ExtraKind): { readonly why: Failure; readonly atMs: number } | undefined => {
      const row = rowOf(contentKey, kind);
      return row?.failure == null ? undefined : { why: row.failure, atMs: row.triedAtMs };
    },
    /** It will still be made by itself. */
    isDue: (contentKey: string, kind: ExtraKind): boolean => {
      const row = rowOf(contentKey, kind);
      return row === undefined || (row.failure !== null && row.tries < maxTries && row.triedAtMs < dueBeforeMs());
    },
    keep: <K extends ExtraKind>(contentKey: string, kind: K, value: ExtraValues[K] | null): void =>
      void keep.run(contentKey, kind, recipes[kind], value === null ? null : JSON.stringify(value)),
    /** It was tried and failed, and is tried again later, a few times. */
    keepFailure: (contentKey: string, kind: ExtraKind, why: Failure): void =>
      void fail.run(contentKey, kind, recipes[kind], why, clock.now()),
    /** Files were made of this content of which nothing is to be told; with its last item they go. */
    keepFiles: (contentKey: string): void => void keep.run(contentKey, "files", 1, null),
    /** Ids of items for which it was not made yet, or failed and is due again, in order. */
    missing: (
      libraryId: number,
      itemKind: "video" | "audio",
      kind: ExtraKind,
      afterId: number,
      limit: number,
    ): number[] =>
      missing
        .all(kind, recipes[kind], libraryId, itemKind, afterId, maxTries, dueBeforeMs(), limit)
        .map(({ id }) => id),
    forget: (contentKey: string, kind?: ExtraKind): void => {
      if (kind === undefined) db.prepare("DELETE FROM media_extra WHERE content_key = ?").run(contentKey);
      else db.prepare("DELETE FROM media_extra WHERE content_key = ? AND kind = ?").run(contentKey, kind);
    },
    /** Contents that no item has any more. */
    orphans: (limit: number): string[] => orphans.all(limit).map(({ contentKey }) => contentKey),
  };
}

export type ExtraRows = ReturnType<typeof createExtraRows>;
