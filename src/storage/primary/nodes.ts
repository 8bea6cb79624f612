import type { Carried, NodeInfo } from "./types.ts";

/** A row of the index. Times in microseconds since 1970, which a double holds exactly. */
export interface NodeRow {
  readonly id: number;
  readonly space_id: number;
  readonly parent_id: number | null;
  readonly name: string;
  readonly fold: string;
  readonly kind: number;
  readonly size_bytes: number;
  readonly count: number;
  readonly mtime_us: number;
  readonly btime_us: number;
  readonly ino: number;
  readonly etag: number;
  readonly sha1: Uint8Array | null;
  /** Of a file that was taken over and has not changed since: its etag there. */
  readonly carried_etag: string | null;
}

export const fileKind = 0;
export const folderKind = 1;

/** What the disk says of an entry. */
export interface DiskFacts {
  readonly kind: number;
  readonly sizeBytes: number;
  readonly mtimeUs: number;
  readonly btimeUs: number;
  readonly ino: number;
}

export type NewNode = DiskFacts & {
  readonly spaceId: number;
  readonly parentId: number | null;
  readonly name: string;
  readonly etag: number;
  readonly sha1: Uint8Array | null;
  readonly carried?: Carried | undefined;
};

/** The outside form of a row; `epoch` is the prefix of the space's etags. */
export function toNodeInfo(row: NodeRow, epoch: string): NodeInfo {
  return {
    id: row.id,
    spaceId: row.space_id,
    parentId: row.parent_id,
    name: row.name,
    kind: row.kind === folderKind ? "folder" : "file",
    sizeBytes: row.size_bytes,
    count: row.count,
    modifiedAtMs: Math.floor(row.mtime_us / 1000),
    createdAtMs: Math.floor((row.btime_us > 0 ? Math.min(row.btime_us, row.mtime_us) : row.mtime_us) / 1000),
    etag: row.carried_etag ?? epoch + row.etag.toString(36),
    sha1: row.sha1 === null ? null : Buffer.from(row.sha1).toString("hex"),
  };
}
