import { bits } from "./actions.ts";

/** A condition on rows of `node`, with its parameters in order. */
export interface NodeFilter {
  readonly sql: string;
  readonly params: readonly (string | number)[];
}

export const nothing: NodeFilter = { sql: "0", params: [] };

/**
 * The nearest node on the way up with an entry of these subjects about an action: 1 when it allows, 0 when anything there denies,
 * null when there is none. Correlated to the row, so that only rows that match everything else pay for it.
 */
const nearest = `(
  WITH RECURSIVE up(id, parent_id, depth) AS (
    SELECT node.id, node.parent_id, 0
    UNION ALL SELECT above.id, above.parent_id, up.depth + 1 FROM up JOIN node AS above ON above.id = up.parent_id
    WHERE up.depth < 4096)
  SELECT min(entry.effect = 'allow') FROM up
  JOIN access_grant AS entry ON entry.kind = 'node' AND entry.resource_id = up.id
  WHERE entry.actions & ? AND entry.subject IN (SELECT value FROM json_each(?))
    AND (entry.expires_at_ms IS NULL OR entry.expires_at_ms > ?)
  GROUP BY up.depth ORDER BY up.depth LIMIT 1)`;

export interface FilterOf {
  readonly subjects: ReadonlySet<string>;
  readonly nowMs: number;
  /** Spaces that membership lets them read. */
  readonly spaceIds: readonly number[];
}

/** The rule of `effectiveMask` for reading, as SQL over whole trees. */
export function readableFilter({ subjects, nowMs, spaceIds }: FilterOf): NodeFilter {
  return {
    sql: `coalesce(${nearest}, node.space_id IN (SELECT value FROM json_each(?)))`,
    params: [bits.read, JSON.stringify([...subjects]), nowMs, JSON.stringify(spaceIds)],
  };
}

/** Rows that are none of these: entries of a folder whose own rights are known. */
export function withoutNodes(nodeIds: readonly number[]): NodeFilter {
  return { sql: "node.id NOT IN (SELECT value FROM json_each(?))", params: [JSON.stringify(nodeIds)] };
}
