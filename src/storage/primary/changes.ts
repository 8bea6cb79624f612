import type { Db } from "#platform/db";
import { fileKind } from "./nodes.ts";
import type { Space } from "./spaces.ts";
import type { Change } from "./types.ts";

/** Numbers of a space that its change log reaches back. */
const keptNumbers = 200_000;
/** What a new space's log begins with: its newest files, so that it has recent ones to show. */
const seedCount = 100;
/** One file may stand in the log many times. */
const entriesPerFile = 20;

/** What an act did beside changing its node. */
export interface ChangeDetail {
  /** Where the node was before. */
  readonly fromParentId?: number | null;
  readonly fromName?: string;
  /** The version that what was replaced became. */
  readonly keptVersion?: number | undefined;
}

export interface Writer {
  readonly userId: number;
  readonly device: string | null;
}

const nothing: ChangeDetail = {};
const columns = `space_id AS spaceId, seq, node_id AS nodeId, act, user_id AS userId, device, at_ms AS atMs,
  from_parent_id AS fromParentId, from_name AS fromName, kept_version AS keptVersion`;

/** The change log: what happened to which node under which number. */
export function createChanges(db: Db) {
  const append = db.prepare<never, (string | number | null)[]>(
    `INSERT INTO change (space_id, seq, node_id, act, user_id, at_ms, device, from_parent_id, from_name, kept_version)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const after = db.prepare<Change, [number, number, number]>(
    `SELECT ${columns} FROM change WHERE space_id = ? AND seq > ? ORDER BY seq LIMIT ?`,
  );
  const since = db.prepare<Change, [number, number, number]>(
    `SELECT ${columns} FROM change WHERE space_id = ? AND at_ms >= ? ORDER BY seq LIMIT ?`,
  );
  // A new file is given its number just before the entry of its making.
  const writerAt = db.prepare<Writer, [number, number, number]>(
    `SELECT user_id AS userId, device FROM change WHERE space_id = ?1 AND seq IN (?2, ?2 + 1) AND node_id = ?3
       AND act IN ('write', 'create', 'copy') AND user_id > 0 LIMIT 1`,
  );
  return {
    /** Who wrote the content that a file has since it was given this number; undefined when the log does not say. */
    writerOf: (spaceId: number, seq: number, nodeId: number): Writer | undefined =>
      writerAt.get(spaceId, seq, nodeId) ?? undefined,
    append: (
      spaceId: number,
      seq: number,
      nodeId: number,
      act: string,
      userId: number,
      atMs: number,
      device: string | null,
      { fromParentId = null, fromName, keptVersion }: ChangeDetail = nothing,
    ) =>
      void append.run(
        spaceId,
        seq,
        nodeId,
        act,
        userId,
        atMs,
        device,
        fromParentId,
        fromName ?? null,
        keptVersion ?? null,
      ),
    after: (spaceId: number, seq: number, limit: number): Change[] => after.all(spaceId, seq, limit),
    since: (spaceId: number, atMs: number, limit: number): Change[] => since.all(spaceId, atMs, limit),
    /** Ids of nodes that changed last, the latest first, without repetition; some may be gone. */
    latest: (spaceId: number, limit: number): number[] => {
      const entries = db
        .prepare<{ node_id: number }, [number, number]>(
          "SELECT node_id FROM change WHERE space_id = ? ORDER BY seq DESC LIMIT ?",
        )
        .all(spaceId, limit * entriesPerFile);
      return [...new Set(entries.map((entry) => entry.node_id))];
    },
    /** Begins the log of a space that was just indexed for the first time. */
    seed: (space: Space, nextSeq: () => number): void => {
      const newest = db
        .prepare<{ id: number; mtime_us: number }, [number, number]>(
          `SELECT id, mtime_us FROM node WHERE space_id = ? AND kind = ${fileKind} ORDER BY mtime_us DESC LIMIT ?`,
        )
        .all(space.id, seedCount);
      for (const { id, mtime_us: mtimeUs } of newest.toReversed()) {
        append.run(space.id, nextSeq(), id, "appear", 0, Math.floor(mtimeUs / 1000), null, null, null, null);
      }
    },
    prune: (spaces: readonly Space[]): void => {
      const drop = db.prepare<never, [number, number]>("DELETE FROM change WHERE space_id = ? AND seq < ?");
      for (const space of spaces) drop.run(space.id, space.seq - keptNumbers);
    },
  };
}

export type Changes = ReturnType<typeof createChanges>;
