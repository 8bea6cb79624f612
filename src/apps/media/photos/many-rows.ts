import type { Db } from "#platform/db";
import { ratioChar } from "./columns.ts";
import { dayOf } from "./moment.ts";
import { cellOf } from "./place.ts";

interface ManyRows {
  readonly spaceId: number;
  /** Of the folder that is the library. */
  readonly folderId: number;
  readonly libraryId: number;
  readonly count: number;
  /** The newest of them. */
  readonly lastMs: number;
}

const portion = 500;
const firstNodeId = 10_000_000;
const shapes = [
  [4032, 3024],
  [3024, 4032],
  [1920, 1080],
  [1000, 1000],
] as const;

/** Rows of so many made-up pictures over ten years, without any files: for tests of how the timeline bears large numbers. */
export function fillManyRows(db: Db, { spaceId, folderId, libraryId, count, lastMs }: ManyRows): void {
  const node = db.prepare<never, (string | number)[]>(
    `INSERT INTO node (id, space_id, parent_id, name, fold, kind, size_bytes, count, mtime_us, btime_us, ino, etag)
     VALUES (?, ?, ?, ?, ?, 0, 3000000, 0, 0, 0, ?, ?)`,
  );
  const item = db.prepare<never, (string | number)[]>(
    `INSERT INTO media_item (id, library_id, node_id, space_id, folder_id, kind, path, size_bytes, modified_at_ms, etag, node_etag,
       content_key, state, added_at_ms) VALUES (?, ?, ?, ?, ?, 'image', ?, 3000000, 0, ?, 0, ?, 'ready', ?)`,
  );
  const photo = db.prepare<never, (string | number | null | Uint8Array)[]>(
    `INSERT INTO media_photo (item_id, read_of, kind, taken_local_ms, taken_from, day, file_local_ms, file_from, width, height, ratio,
       thumbhash, hash64, latitude, longitude, cell_x, cell_y, stack_key, stack_rank, is_shown, stack_id, words)
     VALUES (?, 'made up', ?, ?, 'camera', ?, ?, 'camera', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 1, ?, ?)`,
  );
  const stepMs = (10 * 365 * 24 * 60 * 60_000) / count;
  for (let from = 0; from < count; from += portion) {
    db.transaction(() => {
      for (let index = from; index < Math.min(count, from + portion); index += 1) {
        const id = firstNodeId + index;
        const localMs = Math.round(lastMs - index * stepMs);
        const name = `MADE_${String(index).padStart(6, "0")}.jpg`;
        const [width, height] = shapes[index % shapes.length] ?? shapes[0];
        const seed = Math.imul(index + 1, 0x9e37_79b1) >>> 0;
        const bytes = Uint8Array.from({ length: 8 }, (_, at) => (Math.imul(seed, at * 2 + 3) >>> 13) & 255);
        const hash = Uint8Array.from({ length: 23 }, (_, at) => (Math.imul(seed, at + 7) >>> 11) & 255);
        hash.set([0xd8, 0xf7, 0x0d, 0x1e, 0x86]);
        const hasPlace = index % 3 === 0;
        const latitude = 35 + (seed % 2000) / 100;
        const longitude = -10 + ((seed >>> 8) % 4000) / 100;
        const cell = cellOf(latitude, longitude);
        node.run(id, spaceId, folderId, name, name.toLowerCase(), id, id);
        item.run(id, libraryId, id, spaceId, folderId, name, String(id), `made up ${id}`, localMs);
        photo.run(
          ...[id, index % 20 === 0 ? "video" : "still", localMs, dayOf(localMs), localMs, width, height],
          ...[ratioChar(width, height), hash, bytes, hasPlace ? latitude : null, hasPlace ? longitude : null],
          ...[hasPlace ? cell.x : null, hasPlace ? cell.y : null, `${folderId}/${name}`, id, name.toLowerCase()],
        );
      }
    });
  }
}
