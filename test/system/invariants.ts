import type { Database } from "bun:sqlite";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { hashOf } from "./crash/content.ts";
import { readIndex, type System } from "./support.ts";

interface Row {
  readonly id: number;
  readonly parent_id: number | null;
  readonly name: string;
  readonly kind: number;
  readonly size_bytes: number;
  readonly count: number;
  readonly sha1: Uint8Array | null;
}

const nodeColumns = "id, parent_id, name, kind, size_bytes, count, sha1";
const folder = 1;

/** Rows whose sum is not that of their entries, as lines. Trashed trees are summed like live ones. */
export function wrongSums(database: Database): string[] {
  const rows = database.query<Row, []>(`SELECT ${nodeColumns} FROM node`).all();
  const byParent = Map.groupBy(rows, (row) => row.parent_id ?? 0);
  return rows
    .filter((row) => row.kind === folder)
    .flatMap((row) => {
      const entries = byParent.get(row.id) ?? [];
      const sizeBytes = entries.reduce((sum, entry) => sum + entry.size_bytes, 0);
      const count = entries.reduce((sum, entry) => sum + entry.count + 1, 0);
      if (sizeBytes === row.size_bytes && count === row.count) return [];
      return [
        `${row.name} (${row.id}) says ${row.size_bytes} bytes in ${row.count}, its entries make ${sizeBytes} in ${count}`,
      ];
    });
}

/** Files whose hash in the index is not that of the disk. */
function wrongHashes(database: Database, volumePath: string): string[] {
  const rows = new Map(
    database
      .query<Row, []>(`SELECT ${nodeColumns} FROM node`)
      .all()
      .map((row) => [row.id, row]),
  );
  const spaces = database.query<{ root_id: number; folder: string }, []>("SELECT root_id, folder FROM space").all();
  const roots = new Map(spaces.map((space) => [space.root_id, space.folder]));
  const pathOf = (row: Row): string | undefined => {
    const root = roots.get(row.id);
    if (root !== undefined) return root;
    const parent = rows.get(row.parent_id ?? -1);
    const above = parent && pathOf(parent);
    return above && `${above}/${row.name}`;
  };
  const wrong: string[] = [];
  for (const row of rows.values()) {
    const path = row.sha1 === null ? undefined : pathOf(row);
    if (path === undefined || row.sha1 === null) continue;
    const found = existsSync(join(volumePath, path)) && hashOf(readFileSync(join(volumePath, path)));
    if (found !== Buffer.from(row.sha1).toString("hex")) wrong.push(`${path}: the index has another hash`);
  }
  return wrong;
}

interface TrashRow {
  readonly id: string;
  readonly size_bytes: number;
  readonly node_size: number | null;
}

/** Trash: a row for every entry on disk and an entry for every row, and the sizes are those of the nodes. */
function wrongTrash(database: Database, trashPath: string): string[] {
  const rows = database
    .query<TrashRow, []>(
      "SELECT trash.id AS id, trash.size_bytes AS size_bytes, node.size_bytes AS node_size FROM trash LEFT JOIN node ON node.id = trash.node_id",
    )
    .all();
  const known = new Set(rows.map(({ id }) => id));
  return [
    ...rows.filter(({ id }) => !existsSync(join(trashPath, id))).map(({ id }) => `trash ${id} has no content`),
    ...readdirSync(trashPath)
      .filter((name) => !known.has(name))
      .map((name) => `trash holds ${name}, which nobody knows`),
    ...rows
      .filter(({ size_bytes, node_size }) => size_bytes !== node_size)
      .map(({ id, size_bytes, node_size }) => `trash ${id} says ${size_bytes} bytes, its node ${node_size}`),
  ];
}

/** What a sweep has to remove. */
function leftovers(database: Database, own: string): string[] {
  const uploads = new Set(
    database
      .query<{ id: string }, []>("SELECT id FROM upload")
      .all()
      .map(({ id }) => id),
  );
  return [
    ...readdirSync(join(own, "stage")).map((name) => `left in the stage: ${name}`),
    ...readdirSync(join(own, "uploads"))
      .filter((name) => !uploads.has(name))
      .map((name) => `left upload: ${name}`),
  ];
}

/** A version that is listed reads back what it held. */
function wrongVersions(database: Database, versions: string): string[] {
  const rows = database
    .query<{ node_id: number; number: number; sha1: Uint8Array | null }, []>(
      "SELECT node_id, number, sha1 FROM version",
    )
    .all();
  return rows.flatMap(({ node_id: nodeId, number, sha1 }) => {
    const path = join(versions, String(nodeId), String(number));
    if (!existsSync(path)) return [`version ${number} of node ${nodeId} has no content`];
    if (sha1 === null || hashOf(readFileSync(path)) === Buffer.from(sha1).toString("hex")) return [];
    return [`version ${number} of node ${nodeId} is not what it was`];
  });
}

/** Everything that must hold while nobody writes; empty when it does. */
export function brokenInvariants(system: Pick<System, "dataDir" | "volumePath">): string[] {
  const own = join(system.volumePath, ".hearth");
  return readIndex(system.dataDir, (database) => [
    ...wrongSums(database),
    ...wrongHashes(database, system.volumePath),
    ...wrongTrash(database, join(own, "trash")),
    ...wrongVersions(database, join(own, "versions")),
    ...leftovers(database, own),
  ]);
}
