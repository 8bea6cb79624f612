import type { Actor } from "#platform/usecase";
import type { Access } from "#security/access";
import type { ItemFilter } from "./types.ts";

interface SightDeps {
  readonly access: Access;
  /** Ids of the libraries that are on. */
  readonly onIds: () => readonly number[];
  /** Spaces in which something was deleted that items do not tell of yet. */
  readonly unsettledSpaceIds: () => readonly number[];
  /** What the household lets somebody watch, beside what they may read; undefined when that is everything. */
  readonly limitsOf: ((actor: Actor) => ItemFilter | undefined) | undefined;
}

/** What a query over items begins with; its condition is an `ItemFilter`. */
export const itemsFrom = "media_item AS item JOIN node ON node.id = item.node_id";

const nothing: ItemFilter = { sql: "0", params: [] };

/** The way up ends at the root of a space: it is not in the trash. */
const isThere = `(WITH RECURSIVE up(id, parent_id, depth) AS (
    SELECT node.id, node.parent_id, 0
    UNION ALL SELECT above.id, above.parent_id, up.depth + 1 FROM up JOIN node AS above ON above.id = up.parent_id WHERE up.depth < 4096)
  SELECT count(*) FROM up WHERE parent_id IS NULL) > 0`;

/** Makes the condition for what somebody may see; the program itself sees all that is not gone in libraries that are on. */
export function createSight({ access, onIds, unsettledSpaceIds, limitsOf }: SightDeps) {
  return (actor: Actor): ItemFilter => {
    const parts = ["item.library_id IN (SELECT value FROM json_each(?))", "item.state <> 'gone'"];
    const params: (string | number)[] = [JSON.stringify(onIds())];
    if (actor.kind === "visitor") return nothing;
    if (actor.kind === "person") {
      const { tree } = access.sightOf(actor);
      const spaceIds = access.spacesOf(actor.userId).map(({ spaceId }) => spaceId);
      parts.push(tree === undefined ? "node.space_id IN (SELECT value FROM json_each(?))" : `(${tree.sql})`);
      params.push(...(tree?.params ?? [JSON.stringify(spaceIds)]));
    }
    const limits = limitsOf?.(actor);
    if (limits !== undefined) {
      parts.push(`(${limits.sql})`);
      params.push(...limits.params);
    }
    const unsettled = unsettledSpaceIds();
    if (unsettled.length > 0) {
      parts.push(`(node.space_id NOT IN (SELECT value FROM json_each(?)) OR ${isThere})`);
      params.push(JSON.stringify(unsettled));
    }
    return { sql: parts.join(" AND "), params };
  };
}
