import type { Db } from "#platform/db";
import type { Placeholder } from "./tiers-placeholder.ts";

export interface ObjectRow {
  readonly id: string;
  readonly tier: string;
  readonly size_bytes: number;
  readonly sha256: string;
  readonly state: "arriving" | "kept";
  readonly due_ms: number | null;
}

export interface RefRow {
  readonly node_id: number;
  readonly number: number;
  readonly object_id: string;
  readonly tier: string;
  readonly size_bytes: number;
  /** 1 when the empty part of the placeholder takes space on the disk. */
  readonly is_full: number;
}

export interface CopyRow {
  readonly node_id: number;
  readonly tier: string;
  readonly object_id: string;
  readonly ino: number;
  readonly mtime_us: number;
  readonly size_bytes: number;
}

const refColumns =
  "tier_ref.node_id, tier_ref.number, tier_ref.object_id, tier_object.tier, tier_object.size_bytes, tier_ref.is_full";
const refs = `SELECT ${refColumns} FROM tier_ref JOIN tier_object ON tier_object.id = tier_ref.object_id`;

const unnamed = `NOT EXISTS (SELECT 1 FROM tier_ref WHERE object_id = tier_object.id)
  AND NOT EXISTS (SELECT 1 FROM tier_copy WHERE object_id = tier_object.id)`;

/** All SQL on the tables of content outside its volume. */
export function createTierRows(db: Db) {
  const addObject = db.prepare<never, [string, string, number, string, string]>(
    "INSERT INTO tier_object VALUES (?, ?, ?, ?, ?, NULL) ON CONFLICT (id) DO NOTHING",
  );
  const object = db.prepare<ObjectRow, [string]>("SELECT * FROM tier_object WHERE id = ?");
  const keep = db.prepare<never, [string, string]>("UPDATE tier_object SET state = 'kept', sha256 = ? WHERE id = ?");
  const dropObject = db.prepare<never, [string]>("DELETE FROM tier_object WHERE id = ?");
  const refOf = db.prepare<RefRow, [number, number]>(`${refs} WHERE node_id = ? AND number = ?`);
  const setRef = db.prepare<never, [number, number, string, number]>(
    "INSERT INTO tier_ref VALUES (?, ?, ?, ?) ON CONFLICT (node_id, number) DO UPDATE SET object_id = excluded.object_id, is_full = excluded.is_full",
  );
  const dropRef = db.prepare<never, [number, number]>("DELETE FROM tier_ref WHERE node_id = ? AND number = ?");
  const undue = db.prepare<never, [string]>("UPDATE tier_object SET due_ms = NULL WHERE id = ? AND due_ms IS NOT NULL");
  const markUnnamed = db.prepare<never, [number, string]>(
    `UPDATE tier_object SET due_ms = ? WHERE id = ? AND due_ms IS NULL
       AND ${unnamed}`,
  );
  const named = db.prepare<{ object_id: string }, [number]>(
    "SELECT object_id FROM tier_ref WHERE node_id = ? AND number = 0",
  );
  const copyOf = db.prepare<CopyRow, [number]>("SELECT * FROM tier_copy WHERE node_id = ?");

  return {
    object: (id: string) => object.get(id) ?? undefined,
    addArriving: (id: string, tier: string, sizeBytes: number) =>
      void addObject.run(id, tier, sizeBytes, "", "arriving"),
    keep: (id: string, sha256: string) => void keep.run(sha256, id),
    dropObject: (id: string) => void dropObject.run(id),
    ref: (nodeId: number, number = 0) => refOf.get(nodeId, number) ?? undefined,
    /** The placeholder says so; an object that the index has lost is known again by that. */
    name: (nodeId: number, number: number, { objectId, tier, sizeBytes, sha256 }: Placeholder, isFull = false) => {
      addObject.run(objectId, tier, sizeBytes, sha256, "kept");
      setRef.run(nodeId, number, objectId, isFull ? 1 : 0);
      undue.run(objectId);
    },
    setRef: (nodeId: number, number: number, objectId: string) => void setRef.run(nodeId, number, objectId, 0),
    /** Nothing stands for the object at this place any more; when nothing does at all, it is due to go. */
    unname: (ref: RefRow, nowMs: number) => {
      dropRef.run(ref.node_id, ref.number);
      markUnnamed.run(nowMs, ref.object_id);
    },
    /** What is noted of a file: an object, the empty text for one whose placeholder became content, or nothing. */
    namedAt: (nodeId: number) => named.get(nodeId)?.object_id,
    dropRef: (nodeId: number, number: number) => void dropRef.run(nodeId, number),
    refsOf: (nodeIds: readonly number[]) =>
      db
        .prepare<RefRow, [string]>(`${refs} WHERE number = 0 AND node_id IN (SELECT value FROM json_each(?))`)
        .all(JSON.stringify(nodeIds)),
    refsAfter: (afterId: number, limit: number, tier?: string) =>
      db
        .prepare<RefRow, [number, string | null, number]>(
          `${refs} WHERE number = 0 AND node_id > ?1 AND (?2 IS NULL OR tier_object.tier = ?2) ORDER BY node_id LIMIT ?3`,
        )
        .all(afterId, tier ?? null, limit),
    /** Names of files that are gone, and of versions that are. */
    staleRefs: (limit: number) =>
      db
        .prepare<RefRow, [number]>(
          `${refs} WHERE (number = 0 AND node_id NOT IN (SELECT id FROM node))
             OR (number > 0 AND NOT EXISTS (SELECT 1 FROM version WHERE version.node_id = tier_ref.node_id AND version.number = tier_ref.number))
           LIMIT ?`,
        )
        .all(limit),
    forgetWrittenTo: () =>
      void db
        .prepare<never, []>("DELETE FROM tier_ref WHERE object_id = '' AND node_id NOT IN (SELECT id FROM node)")
        .run(),
    due: (beforeMs: number, limit: number) =>
      db
        .prepare<ObjectRow, [number, number]>(
          `SELECT * FROM tier_object WHERE state = 'kept' AND due_ms <= ? AND ${unnamed} LIMIT ?`,
        )
        .all(beforeMs, limit),
    /** From now on it must not be relied upon; false when something stands for it again. */
    doom: (id: string) =>
      db
        .prepare<never, [string]>(
          `UPDATE tier_object SET state = 'arriving' WHERE id = ? AND due_ms IS NOT NULL AND ${unnamed}`,
        )
        .run(id).changes > 0,
    arriving: () => db.prepare<ObjectRow, []>("SELECT * FROM tier_object WHERE state = 'arriving'").all(),
    /** Objects that nothing names and nobody has noticed: the program was killed in between. */
    noticeUnnamed: (nowMs: number) =>
      db
        .prepare<never, [number]>(
          `UPDATE tier_object SET due_ms = ? WHERE state = 'kept' AND due_ms IS NULL
             AND ${unnamed}`,
        )
        .run(nowMs),
    sums: () =>
      db
        .prepare<{ tier: string; files: number; size_bytes: number }, []>(
          "SELECT tier, count(*) AS files, sum(size_bytes) AS size_bytes FROM tier_object WHERE state = 'kept' GROUP BY tier",
        )
        .all(),
    any: () =>
      db.prepare<{ found: number }, []>("SELECT EXISTS (SELECT 1 FROM tier_object) AS found").get()?.found === 1,
    copyOf: (nodeId: number) => copyOf.get(nodeId) ?? undefined,
    copies: (afterId: number, limit: number) =>
      db
        .prepare<CopyRow, [number, number]>("SELECT * FROM tier_copy WHERE node_id > ? ORDER BY node_id LIMIT ?")
        .all(afterId, limit),
    anyCopy: () =>
      db.prepare<{ found: number }, []>("SELECT EXISTS (SELECT 1 FROM tier_copy) AS found").get()?.found === 1,
    setCopy: (row: CopyRow) =>
      void db
        .prepare<never, [number, string, string, number, number, number]>(
          "INSERT OR REPLACE INTO tier_copy VALUES (?, ?, ?, ?, ?, ?)",
        )
        .run(row.node_id, row.tier, row.object_id, row.ino, row.mtime_us, row.size_bytes),
    dropCopy: (nodeId: number) =>
      void db.prepare<never, [number]>("DELETE FROM tier_copy WHERE node_id = ?").run(nodeId),
    marks: {
      get: (tier: string) =>
        db.prepare<{ mark: string }, [string]>("SELECT mark FROM tier_mark WHERE tier = ?").get(tier)?.mark,
      set: (tier: string, mark: string) =>
        void db.prepare<never, [string, string]>("INSERT OR REPLACE INTO tier_mark VALUES (?, ?)").run(tier, mark),
    },
  };
}

export type TierRows = ReturnType<typeof createTierRows>;
