import { bits } from "./actions.ts";

/** A condition on rows of `node`, with its parameters in order. */
export interface NodeFilter {
  readonly sql: string;
  readonly params: readonly (string | number)[];
}

export const nothing: NodeFilter = { sql: "0", params: [] };

export interface FilterOf {
  readonly subjects: ReadonlySet<string>;
  readonly nowMs: number;
  /** Spaces that membership lets them read. */
  readonly spaceIds: readonly number[];
}

const counts = `entry.kind = 'node' AND entry.actions & ${bits.read} AND entry.subject IN (SELECT value FROM json_each(?))
  AND (entry.expires_at_ms IS NULL OR entry.expires_at_ms > ?)`;

/**
 * The nearest node on the way up with an entry about reading: 1 when it allows, 0 when anything there denies, null when there is
 * none. Correlated to the row: for few rows, wherever they lie.
 */
const nearest = `(
  WITH RECURSIVE up(id, parent_id, depth) AS (
    SELECT node.id, node.parent_id, 0
    UNION ALL SELECT above.id, above.parent_id, up.depth + 1 FROM up JOIN node AS above ON above.id = up.parent_id
    WHERE up.depth < 4096)
  SELECT min(entry.effect = 'allow') FROM up JOIN access_grant AS entry ON entry.resource_id = up.id
  WHERE ${counts} GROUP BY up.depth ORDER BY up.depth LIMIT 1)`;

/** The rule of `effectiveMask` for reading, as SQL; costs a walk up for every row that it is asked of. */
export function rowFilter({ subjects, nowMs, spaceIds }: FilterOf): NodeFilter {
  return {
    sql: `coalesce(${nearest}, node.space_id IN (SELECT value FROM json_each(?)))`,
    params: [JSON.stringify([...subjects]), nowMs, JSON.stringify(spaceIds)],
  };
}

/** Nodes with an entry, and what it says there. */
const rule = `rule(id, allows) AS (
  SELECT entry.resource_id, min(entry.effect = 'allow') FROM access_grant AS entry WHERE ${counts} GROUP BY entry.resource_id)`;

/**
 * Folders, each under the nearest entry above it; evaluated once for a whole query. The plus keeps SQLite from looking up all folders there
 * are, by their kind, for each folder of the walk.
 */
const foldersUnder = (verdict: 0 | 1) => `(
  WITH RECURSIVE ${rule}, below(id, allows) AS (
    SELECT id, allows FROM rule
    UNION ALL SELECT child.id, below.allows FROM below JOIN node AS child ON child.parent_id = below.id
    WHERE +child.kind = 1 AND child.id NOT IN (SELECT id FROM rule))
  SELECT id FROM below WHERE allows = ${verdict})`;

/** The same rule for searches through whole trees: costs a walk through the folders below entries, and hardly anything for a row. */
export function treeFilter({ subjects, nowMs, spaceIds }: FilterOf): NodeFilter {
  const who = [JSON.stringify([...subjects]), nowMs];
  return {
    sql: `node.id IN (WITH ${rule} SELECT id FROM rule WHERE allows = 1)
      OR (node.id NOT IN (WITH ${rule} SELECT id FROM rule)
        AND (coalesce(node.parent_id, 0) IN ${foldersUnder(1)}
          OR (node.space_id IN (SELECT value FROM json_each(?))
            AND coalesce(node.parent_id, 0) NOT IN ${foldersUnder(0)})))`,
    params: [...who, ...who, ...who, JSON.stringify(spaceIds), ...who],
  };
}

/** Rows that are none of these: entries of a folder whose own rights are known. */
export function withoutNodes(nodeIds: readonly number[]): NodeFilter {
  return { sql: "node.id NOT IN (SELECT value FROM json_each(?))", params: [JSON.stringify(nodeIds)] };
}
