import { existsSync, mkdirSync, readdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Core } from "./core.ts";
import { spaceOf } from "./core.ts";
import { factsAt, withFolder } from "./disk.ts";
import type { NodeRow } from "./nodes.ts";
import { detach, summedUp } from "./reindex.ts";
import type { Volume } from "./volumes.ts";

/**
 * At start: what a deletion put into the trash folder before its transaction was lost goes back to where the index has it. When
 * something else stands there by now, it becomes an item of the trash.
 */
export function bringBackUnacknowledged(core: Core, volume: Volume): void {
  const known = core.db.prepare<{ id: string }, [string]>("SELECT id FROM trash WHERE id = ?");
  for (const id of readdirSync(volume.trashPath)) {
    if (known.get(id) !== null) continue;
    const path = join(volume.trashPath, id);
    const row = rowOf(core, volume, path);
    if (row === undefined) core.log.warn("the trash folder holds something that the index does not know", { path });
    else bringBack(core, path, id, row);
  }
}

/** The visible row of an entry in the trash folder. */
function rowOf(core: Core, volume: Volume, path: string): NodeRow | undefined {
  const facts = factsAt(path);
  if (facts === undefined) return undefined;
  return core.nodes
    .withInode(facts.ino)
    .find(
      (row) =>
        row.kind === facts.kind &&
        Math.abs(row.btime_us - facts.btimeUs) <= 1 &&
        row.parent_id !== null &&
        spaceOf(core, row).volume === volume &&
        core.tree.isVisible(row),
    );
}

function bringBack(core: Core, trashed: string, id: string, row: NodeRow): void {
  const place = core.tree.pathOf(row);
  if (factsAt(place) === undefined) {
    mkdirSync(dirname(place), { recursive: true });
    withFolder(dirname(place), (folder) => renameSync(trashed, `${folder}/${row.name}`));
    return;
  }
  core.committer.now((batch) => {
    const { id: nodeId, size_bytes: sizeBytes, parent_id: parentId } = summedUp(core, batch, row);
    const originalPath = place.slice(spaceOf(core, row).path.length + 1);
    core.db
      .prepare<never, [string, number, number, string, number, number, string, number, null, number | null]>(
        "INSERT INTO trash VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      )
      .run(id, row.space_id, nodeId, row.name, row.kind, sizeBytes, originalPath, core.clock.now(), null, parentId);
    detach(core, batch, row);
  });
}

/**
 * At start: items whose content is gone from the trash folder leave the list. When a restore was cut short the content is back in
 * its space already, and the index recognises it there.
 */
export function forgetWithoutContent(core: Core, volume: Volume): void {
  const rows = core.db.prepare<{ id: string; space_id: number }, []>("SELECT id, space_id FROM trash").all();
  for (const { id, space_id } of rows) {
    if (core.spaces.get(space_id).volume !== volume || existsSync(join(volume.trashPath, id))) continue;
    core.db.prepare<never, [string]>("DELETE FROM trash WHERE id = ?").run(id);
    core.log.info("a trash item without content is forgotten", { id });
  }
}
