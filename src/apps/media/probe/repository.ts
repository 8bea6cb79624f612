import type { Db } from "#platform/db";
import type { MediaFacts } from "./types.ts";

/** What a file turned out to be: facts, or why it cannot be read. */
export type Finding = { readonly facts: MediaFacts } | { readonly reason: string };

export const probedKinds = ["video", "audio", "image"] as const;
export type ProbedKind = (typeof probedKinds)[number];

interface Row {
  readonly facts: string | null;
  readonly reason: string | null;
}

/** Facts by the key of the content. */
export function createFactsRows(db: Db, recipe: number) {
  const byKey = db.prepare<Row & { recipe: number }, [string]>(
    "SELECT facts, reason, recipe FROM media_facts WHERE content_key = ?",
  );
  const keep = db.prepare<unknown, [string, number, string | null, string | null]>(
    `INSERT INTO media_facts (content_key, recipe, facts, reason) VALUES (?, ?, ?, ?)
     ON CONFLICT (content_key) DO UPDATE SET recipe = excluded.recipe, facts = excluded.facts, reason = excluded.reason`,
  );
  const found = db.prepare<{ id: number }, [number, string, number, number]>(
    `SELECT id FROM media_item WHERE library_id = ? AND state = 'found' AND kind = ? AND id > ? ORDER BY id LIMIT ?`,
  );
  const foundCount = db.prepare<{ count: number }, [number, string]>(
    "SELECT count(*) AS count FROM media_item WHERE library_id = ? AND state = 'found' AND kind = ?",
  );
  const outdated = db.prepare<{ id: number }, [number, number, number]>(
    `SELECT item.id FROM media_facts AS fact JOIN media_item AS item ON item.content_key = fact.content_key
     WHERE fact.recipe < ? AND item.state IN ('ready', 'broken') AND item.id > ? ORDER BY item.id LIMIT ?`,
  );
  const forget = db.prepare<unknown, [string]>("DELETE FROM media_facts WHERE content_key = ?");
  return {
    /** Also of an older recipe: better than nothing until the file is read again. */
    facts: (contentKey: string): MediaFacts | undefined => {
      const row = byKey.get(contentKey);
      return row?.facts == null ? undefined : (JSON.parse(row.facts) as MediaFacts);
    },
    /** Only of the present recipe. */
    finding: (contentKey: string): Finding | undefined => {
      const row = byKey.get(contentKey);
      if (row?.recipe !== recipe) return undefined;
      return row.facts === null ? { reason: row.reason ?? "" } : { facts: JSON.parse(row.facts) as MediaFacts };
    },
    keep: (contentKey: string, finding: Finding): void => {
      if ("facts" in finding) keep.run(contentKey, recipe, JSON.stringify(finding.facts), null);
      else keep.run(contentKey, recipe, null, finding.reason);
    },
    /** Items nobody has looked into, in order of id. */
    found: (libraryId: number, kind: ProbedKind, afterId: number, limit: number): number[] =>
      found.all(libraryId, kind, afterId, limit).map(({ id }) => id),
    foundCount: (libraryId: number, kind: ProbedKind): number => foundCount.get(libraryId, kind)?.count ?? 0,
    /** Items whose facts were made in an older way, in order of id. */
    outdated: (afterId: number, limit: number): number[] => outdated.all(recipe, afterId, limit).map(({ id }) => id),
    forget: (contentKey: string) => void forget.run(contentKey),
  };
}

export type FactsRows = ReturnType<typeof createFactsRows>;
