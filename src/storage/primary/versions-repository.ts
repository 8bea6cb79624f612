import type { Db } from "#platform/db";
import type { DiskFacts } from "./nodes.ts";
import type { Version } from "./types.ts";

export interface VersionRow {
  readonly node_id: number;
  readonly number: number;
  readonly space_id: number;
  readonly size_bytes: number;
  readonly mtime_us: number;
  readonly btime_us: number;
  readonly ino: number;
  readonly sha1: Uint8Array | null;
  readonly author_id: number | null;
  readonly replaced_by: number | null;
  readonly replaced_at_ms: number;
}

type Params = (string | number | null | Uint8Array)[];

/** All SQL on the `version` table. */
export function createVersionRows(db: Db) {
  const newest = db.prepare<VersionRow, [number]>(
    "SELECT * FROM version WHERE node_id = ? ORDER BY number DESC LIMIT 1",
  );
  const list = db.prepare<VersionRow, [number]>("SELECT * FROM version WHERE node_id = ? ORDER BY number DESC");
  const get = db.prepare<VersionRow, [number, number]>("SELECT * FROM version WHERE node_id = ? AND number = ?");
  const insert = db.prepare<never, Params>("INSERT INTO version VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const remove = db.prepare<never, [number, number]>("DELETE FROM version WHERE node_id = ? AND number = ?");
  const sum = db.prepare<{ total: number | null }, [number]>(
    "SELECT sum(size_bytes) AS total FROM version WHERE space_id = ?",
  );
  const pageAfter = db.prepare<VersionRow, [number, number]>(
    `SELECT * FROM version WHERE node_id IN (SELECT DISTINCT node_id FROM version WHERE node_id > ? ORDER BY node_id LIMIT ?)
     ORDER BY node_id, number DESC`,
  );
  const oldest = db.prepare<VersionRow, [number, number]>(
    "SELECT * FROM version WHERE space_id = ? ORDER BY replaced_at_ms, node_id, number LIMIT ?",
  );
  const since = db.prepare<VersionRow, [number]>("SELECT * FROM version WHERE replaced_at_ms >= ?");
  const ofNodes = db.prepare<VersionRow, [string]>(
    "SELECT * FROM version WHERE node_id IN (SELECT value FROM json_each(?))",
  );
  const isNow = db.prepare<never, [number, number, number, number]>(
    "UPDATE version SET ino = ?, btime_us = ? WHERE node_id = ? AND number = ?",
  );
  const moveSpace = db.prepare<never, [number, string]>(
    "UPDATE version SET space_id = ? WHERE node_id IN (SELECT value FROM json_each(?))",
  );
  /** Bytes by space: asked for with every look at a space, so kept until something else than one more or less happens. */
  const sums = new Map<number, number>();
  const add = (spaceId: number, sizeBytes: number) => {
    const known = sums.get(spaceId);
    if (known !== undefined) sums.set(spaceId, known + sizeBytes);
  };

  return {
    newest: (nodeId: number) => newest.get(nodeId) ?? undefined,
    /** The newest first. */
    list: (nodeId: number) => list.all(nodeId),
    get: (nodeId: number, number: number) => get.get(nodeId, number) ?? undefined,
    /** Versions of the next so many files in order of id, each file's newest first. */
    pageAfter: (nodeId: number, files: number) => pageAfter.all(nodeId, files),
    oldest: (spaceId: number, limit: number) => oldest.all(spaceId, limit),
    since: (replacedAtMs: number) => since.all(replacedAtMs),
    ofNodes: (nodeIds: readonly number[]) => ofNodes.all(JSON.stringify(nodeIds)),
    insert: (row: VersionRow) => {
      const { node_id, number, space_id, size_bytes, mtime_us, btime_us, ino, sha1 } = row;
      const { author_id, replaced_by, replaced_at_ms } = row;
      const facts = [size_bytes, mtime_us, btime_us, ino, sha1];
      insert.run(node_id, number, space_id, ...facts, author_id, replaced_by, replaced_at_ms);
      add(space_id, size_bytes);
    },
    remove: (row: VersionRow) => {
      if (remove.run(row.node_id, row.number).changes > 0) add(row.space_id, -row.size_bytes);
    },
    /** The same content in another file. */
    isNow: ({ node_id, number }: VersionRow, facts: DiskFacts) => {
      isNow.run(facts.ino, facts.btimeUs, node_id, number);
    },
    moveSpace: (nodeIds: readonly number[], spaceId: number) => {
      moveSpace.run(spaceId, JSON.stringify(nodeIds));
      sums.clear();
    },
    /** After a rollback. */
    forgetSums: () => sums.clear(),
    bytesOf: (spaceId: number): number => {
      let total = sums.get(spaceId);
      if (total === undefined) {
        total = sum.get(spaceId)?.total ?? 0;
        sums.set(spaceId, total);
      }
      return total;
    },
  };
}

export type VersionRows = ReturnType<typeof createVersionRows>;

export function toVersion(row: VersionRow): Version {
  return {
    nodeId: row.node_id,
    spaceId: row.space_id,
    number: row.number,
    sizeBytes: row.size_bytes,
    modifiedAtMs: Math.floor(row.mtime_us / 1000),
    replacedAtMs: row.replaced_at_ms,
    sha1: row.sha1 === null ? null : Buffer.from(row.sha1).toString("hex"),
    authorId: row.author_id,
    replacedById: row.replaced_by,
  };
}
