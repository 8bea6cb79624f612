import type { Db } from "#platform/db";
import { createRecentMap } from "#platform/lru";
import { foldName, sameName } from "./names.ts";
import { type DiskFacts, fileKind, folderKind, type NewNode, type NodeRow } from "./nodes.ts";
import type { NodeFilter, PageOptions } from "./types.ts";

const columns =
  "id, space_id, parent_id, name, fold, kind, size_bytes, count, mtime_us, btime_us, ino, etag, sha1, carried_etag";
const qualified = columns.replaceAll(/\w+/g, "node.$&");
const orderBy = { name: "fold", size: "size_bytes", modified: "mtime_us" } as const;

/** Rows kept in memory; a look-up in the database costs some microseconds, and paths are walked for every request. */
const maxCachedRows = 8192;
/** Ids reserved at a time, so that not every transaction writes their row. */
const idBlock = 1_000;

/** All SQL on the `node` table. Hot look-ups are prepared once, and rows are kept until they change. */
export function createNodes(db: Db) {
  const rows = createRecentMap<number, NodeRow>(maxCachedRows);
  /** `parent/name` → id; right only if the row it leads to still says so. */
  const childIds = createRecentMap<string, number>(maxCachedRows);
  const byId = db.prepare<NodeRow, [number]>(`SELECT ${columns} FROM node WHERE id = ?`);
  const byFold = db.prepare<NodeRow, [number, string]>(`SELECT ${columns} FROM node WHERE parent_id = ? AND fold = ?`);
  const byParent = db.prepare<NodeRow, [number]>(`SELECT ${columns} FROM node WHERE parent_id = ? ORDER BY fold, name`);
  const byInode = db.prepare<NodeRow, [number]>(`SELECT ${columns} FROM node WHERE ino = ? LIMIT 16`);
  const insert = db.prepare<
    never,
    [
      number,
      number,
      number | null,
      string,
      string,
      number,
      number,
      number,
      number,
      number,
      number,
      Uint8Array | null,
      string | null,
    ]
  >(
    `INSERT INTO node (id, space_id, parent_id, name, fold, kind, size_bytes, count, mtime_us, btime_us, ino, etag, sha1, carried_etag)
     VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  );
  // Counted here: AUTOINCREMENT and RETURNING made the first index of a space take twice as long.
  const saveId = db.prepare<never, [number]>("UPDATE node_id SET next = ?");
  let nextId =
    db
      .prepare<{ next: number }, []>(
        "SELECT max(next, (SELECT coalesce(max(id), 0) + 1 FROM node)) AS next FROM node_id",
      )
      .get()?.next ?? 1;
  let reservedId = nextId;
  const rewrite = db.prepare<never, [number, number, number, number, number, Uint8Array | null, number]>(
    "UPDATE node SET size_bytes = ?, mtime_us = ?, btime_us = ?, ino = ?, etag = ?, sha1 = ?, carried_etag = NULL WHERE id = ?",
  );
  const raise = db.prepare<never, [number, number, number, number]>(
    "UPDATE node SET etag = ?, size_bytes = size_bytes + ?, count = count + ? WHERE id = ?",
  );
  const place = db.prepare<never, [number, string, string, number, number]>(
    "UPDATE node SET parent_id = ?, name = ?, fold = ?, etag = ?, carried_etag = NULL WHERE id = ?",
  );
  const setTime = db.prepare<never, [number, number]>("UPDATE node SET mtime_us = ? WHERE id = ?");
  const detach = db.prepare<never, [number]>("UPDATE node SET parent_id = -id WHERE id = ?");
  const below = `WITH RECURSIVE below(id) AS (SELECT ?1 UNION ALL SELECT node.id FROM node JOIN below ON node.parent_id = below.id)`;
  const idsBelow = db.prepare<{ id: number }, [number]>(`${below} SELECT id FROM below`);
  const foldersBelow = db.prepare<{ id: number }, [number]>(
    `WITH RECURSIVE below(id) AS (SELECT ?1 UNION ALL SELECT node.id FROM node JOIN below ON node.parent_id = below.id
       WHERE node.kind = ${folderKind}) SELECT id FROM below`,
  );
  const deleteBelow = db.prepare<never, [number]>(`${below} DELETE FROM node WHERE id IN below`);
  const moveSpace = db.prepare<never, [number, number, number]>(
    `${below} UPDATE node SET space_id = ?2, etag = ?3, carried_etag = NULL WHERE id IN below`,
  );

  const get = (id: number): NodeRow | undefined => {
    let row = rows.get(id);
    if (row === undefined) {
      row = byId.get(id) ?? undefined;
      if (row !== undefined) rows.set(id, row);
    }
    return row;
  };

  const changing = (id: number, write: () => void): void => {
    rows.delete(id);
    write();
  };
  const changingMany = (write: () => void): void => {
    rows.clear();
    write();
  };

  /** The id that is asked for, when it was reserved and no node has it. */
  const freeId = (id: number | undefined): number | undefined =>
    id !== undefined && id > 0 && id < nextId && get(id) === undefined ? id : undefined;

  return {
    get,
    /** After a rollback: rows that were read in it are not true any more. */
    forgetRows: () => rows.clear(),
    /** The entry of that very name (in any Unicode form). */
    child: (parentId: number, name: string) => {
      const key = `${parentId}/${name}`;
      const known = childIds.get(key);
      const cached = known === undefined ? undefined : get(known);
      if (cached?.parent_id === parentId && cached.name === name) return cached;
      const same = byFold.all(parentId, foldName(name));
      const row = same.find((entry) => entry.name === name) ?? same.find((entry) => sameName(entry.name, name));
      if (row !== undefined) childIds.set(key, row.id);
      return row;
    },
    /** An entry that another machine could not tell from this name. */
    clash: (parentId: number, name: string, exceptId?: number) =>
      byFold.all(parentId, foldName(name)).find((row) => row.id !== exceptId && !sameName(row.name, name)),
    children: (parentId: number, filter?: NodeFilter) =>
      filter === undefined ? byParent.all(parentId) : filteredChildren(db, parentId, filter),
    /** Of these ids, those whose rows pass. */
    passing: (ids: readonly number[], filter: NodeFilter) => passing(db, ids, filter),
    withInode: (ino: number) => byInode.all(ino),
    /** Undefined when the name is taken. */
    insert: (node: NewNode): number | undefined => {
      const id = freeId(node.carried?.id) ?? nextId;
      const { changes } = insert.run(
        id,
        node.spaceId,
        node.parentId,
        node.name,
        foldName(node.name),
        node.kind,
        node.kind === folderKind ? 0 : node.sizeBytes,
        node.mtimeUs,
        node.btimeUs,
        node.ino,
        node.etag,
        node.sha1,
        node.carried?.etag ?? null,
      );
      if (changes === 0) return undefined;
      if (id === nextId) nextId++;
      return id;
    },
    /** New nodes get ids above; answers the first that had never been given. */
    reserveIds: (upTo: number): number => {
      const first = nextId;
      nextId = Math.max(nextId, upTo + 1);
      return first;
    },
    /** At the end of a transaction: an id is never given twice, also when its node is gone. */
    saveNextId: () => {
      if (nextId <= reservedId) return;
      reservedId = nextId + idBlock;
      saveId.run(reservedId);
    },
    rewrite: (id: number, facts: DiskFacts, etag: number, sha1: Uint8Array | null) =>
      changing(id, () => rewrite.run(facts.sizeBytes, facts.mtimeUs, facts.btimeUs, facts.ino, etag, sha1, id)),
    raise: (id: number, etag: number, sizeBytes: number, count: number) =>
      changing(id, () => raise.run(etag, sizeBytes, count, id)),
    place: (id: number, parentId: number, name: string, etag: number) =>
      changing(id, () => place.run(parentId, name, foldName(name), etag, id)),
    setTime: (id: number, mtimeUs: number) => changing(id, () => setTime.run(mtimeUs, id)),
    detach: (id: number) => changing(id, () => detach.run(id)),
    /** The folder itself (first) and every folder below it. */
    foldersBelow: (id: number) => foldersBelow.all(id).map((row) => row.id),
    idsBelow: (id: number) => idsBelow.all(id).map((row) => row.id),
    deleteBelow: (id: number) => changingMany(() => deleteBelow.run(id)),
    moveSpace: (id: number, spaceId: number, etag: number) => changingMany(() => moveSpace.run(id, spaceId, etag)),
    page: (folderId: number, options: PageOptions) => page(db, folderId, options),
    folderIds: (afterId: number, limit: number) =>
      db
        .prepare<{ id: number }, [number, number]>(
          `SELECT id FROM node WHERE kind = ${folderKind} AND id > ? AND (parent_id IS NULL OR parent_id > 0) ORDER BY id LIMIT ?`,
        )
        .all(afterId, limit)
        .map((row) => row.id),
    detachedOutsideTrash: () =>
      db
        .prepare<{ id: number }, []>(
          "SELECT id FROM node WHERE parent_id < 0 AND id NOT IN (SELECT node_id FROM trash)",
        )
        .all()
        .map((row) => row.id),
    /** Files below a folder that have one of these sizes, at most `limit`. */
    filesOfSizes: (folderId: number, sizes: readonly number[], limit: number, filter: NodeFilter = everything) =>
      db
        .prepare<NodeRow, (string | number)[]>(
          `WITH RECURSIVE folder(id) AS
             (SELECT ? UNION ALL SELECT node.id FROM node JOIN folder ON node.parent_id = folder.id WHERE node.kind = ${folderKind})
           SELECT ${qualified} FROM folder JOIN node ON node.parent_id = folder.id
           WHERE node.kind = ${fileKind} AND node.size_bytes IN (SELECT value FROM json_each(?)) AND (${filter.sql}) LIMIT ?`,
        )
        .all(folderId, JSON.stringify(sizes), ...filter.params, limit),
    usageByExtension: (rootId: number) =>
      db
        .prepare<ExtensionUsage, [number]>(
          `WITH RECURSIVE folder(id) AS
             (SELECT ? UNION ALL SELECT node.id FROM node JOIN folder ON node.parent_id = folder.id WHERE node.kind = ${folderKind})
           SELECT CASE WHEN instr(fold, '.') > 1 THEN replace(fold, rtrim(fold, replace(fold, '.', '')), '') ELSE '' END AS extension,
             sum(size_bytes) AS sizeBytes, count(*) AS count
           FROM folder JOIN node ON node.parent_id = folder.id WHERE node.kind = ${fileKind} GROUP BY 1`,
        )
        .all(rootId),
  };
}

export type Nodes = ReturnType<typeof createNodes>;

export interface ExtensionUsage {
  readonly extension: string;
  readonly sizeBytes: number;
  readonly count: number;
}

function filteredChildren(db: Db, parentId: number, { sql, params }: NodeFilter): NodeRow[] {
  return db
    .prepare<NodeRow, (string | number)[]>(
      `SELECT ${columns} FROM node WHERE parent_id = ? AND (${sql}) ORDER BY fold, name`,
    )
    .all(parentId, ...params);
}

function passing(db: Db, ids: readonly number[], { sql, params }: NodeFilter): Set<number> {
  const rows = db
    .prepare<{ id: number }, (string | number)[]>(
      `SELECT id FROM node WHERE id IN (SELECT value FROM json_each(?)) AND (${sql})`,
    )
    .all(JSON.stringify(ids), ...params);
  return new Set(rows.map(({ id }) => id));
}

const everything: NodeFilter = { sql: "1", params: [] };

function page(db: Db, folderId: number, options: PageOptions): { rows: NodeRow[]; total: number } {
  const direction = options.descending === true ? "DESC" : "ASC";
  const order = orderBy[options.sort ?? "name"];
  const { sql: condition, params } = options.filter ?? everything;
  const rows = db
    .prepare<NodeRow, (string | number)[]>(
      `SELECT ${columns} FROM node WHERE parent_id = ? AND (${condition}) ORDER BY kind DESC, ${order} ${direction}, fold, name LIMIT ? OFFSET ?`,
    )
    .all(folderId, ...params, options.limit ?? 1000, options.offset ?? 0);
  const total = db
    .prepare<{ total: number }, (string | number)[]>(
      `SELECT count(*) AS total FROM node WHERE parent_id = ? AND (${condition})`,
    )
    .get(folderId, ...params);
  return { rows, total: total?.total ?? 0 };
}
