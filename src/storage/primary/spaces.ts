import { join } from "node:path";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import type { SpaceKind } from "./types.ts";
import type { Volume } from "./volumes.ts";

interface SpaceRow {
  readonly id: number;
  readonly kind: SpaceKind;
  readonly name: string;
  readonly volume: string;
  readonly folder: string;
  readonly root_id: number;
  readonly quota_bytes: number | null;
  readonly epoch: string;
  readonly seq: number;
}

/** A space in memory: few of them, asked for all the time. */
export interface Space {
  readonly id: number;
  readonly kind: SpaceKind;
  readonly name: string;
  readonly volume: Volume;
  /** Absolute path of its root folder. */
  readonly path: string;
  readonly rootId: number;
  quotaBytes: number | null;
  /** Prefix of its etags, so that a rebuilt index never repeats one. */
  readonly epoch: string;
  /** Last sequence number handed out. */
  seq: number;
  /** Numbers up to here are given away in the database already. */
  reservedSeq: number;
  /** True until its first walk is done: nothing in it was known before, so nothing can be recognised or has to be logged. */
  isNew: boolean;
}

/** Numbers skipped at every start: commits that a power cut swallowed must not be numbered again. */
const seqJump = 100_000;
/** Numbers reserved at a time, so that not every transaction writes the row of the space. */
const seqBlock = 1_000;

export function createSpaces(db: Db, volumes: ReadonlyMap<string, Volume>) {
  const cache = new Map<number, Space>();
  const fromRow = (row: SpaceRow): Space => {
    const volume = volumes.get(row.volume);
    if (volume === undefined) throw new AppError("unavailable", `The configuration has no volume "${row.volume}".`);
    const { id, kind, name, folder, epoch, seq } = row;
    const path = join(volume.path, folder);
    return {
      id,
      kind,
      name,
      volume,
      path,
      rootId: row.root_id,
      quotaBytes: row.quota_bytes,
      epoch,
      seq,
      reservedSeq: seq,
      isNew: hasHistory.get(row.root_id, id)?.known === 0,
    };
  };
  const saveSeq = db.prepare<never, [number, number]>("UPDATE space SET seq = ? WHERE id = ?");
  db.prepare<never, []>(`UPDATE space SET seq = seq + ${seqJump}`).run();
  const hasHistory = db.prepare<{ known: number }, [number, number]>(
    "SELECT EXISTS (SELECT 1 FROM node WHERE parent_id = ?) OR EXISTS (SELECT 1 FROM change WHERE space_id = ?) AS known",
  );
  for (const row of db.prepare<SpaceRow, []>("SELECT * FROM space").all()) cache.set(row.id, fromRow(row));

  return {
    all: () => [...cache.values()],
    find: (kind: SpaceKind, name: string) => cache.values().find((space) => space.kind === kind && space.name === name),
    get: (id: number): Space => {
      const space = cache.get(id);
      if (space === undefined) throw new AppError("not-found", "There is no such space.");
      return space;
    },
    insert: (row: SpaceRow): Space => {
      db.prepare<never, [number, string, string, string, string, number, number | null, string, number]>(
        `INSERT INTO space (id, kind, name, volume, folder, root_id, quota_bytes, epoch, seq) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ).run(row.id, row.kind, row.name, row.volume, row.folder, row.root_id, row.quota_bytes, row.epoch, row.seq);
      const space = fromRow(row);
      cache.set(space.id, space);
      return space;
    },
    nextId: () => db.prepare<{ id: number }, []>("SELECT coalesce(max(id), 0) + 1 AS id FROM space").get()?.id ?? 1,
    setQuota: (space: Space, quotaBytes: number | null) => {
      db.prepare<never, [number | null, number]>("UPDATE space SET quota_bytes = ? WHERE id = ?").run(
        quotaBytes,
        space.id,
      );
      space.quotaBytes = quotaBytes;
    },
    /** At the end of a transaction that used numbers of the space. */
    saveSeq: (space: Space) => {
      if (space.seq <= space.reservedSeq) return;
      space.reservedSeq = space.seq + seqBlock;
      saveSeq.run(space.reservedSeq, space.id);
    },
    trashBytes: (spaceId: number) =>
      db
        .prepare<{ total: number | null }, [number]>("SELECT sum(size_bytes) AS total FROM trash WHERE space_id = ?")
        .get(spaceId)?.total ?? 0,
  };
}

export type Spaces = ReturnType<typeof createSpaces>;
