import { closeSync, constants, existsSync, ftruncateSync, openSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { randomToken } from "#platform/clock";
import { AppError } from "#platform/errors";
import { placeStaged } from "./acts.ts";
import { type Core, requireNode, spaceOf } from "./core.ts";
import { factsOfFd } from "./disk.ts";
import { acceptName } from "./names.ts";
import { discard, pour, setTime, type Staged, stageStream, syncWithName } from "./stage.ts";
import type { Place, PutOptions, Upload, Written } from "./types.ts";

interface UploadRow {
  readonly id: string;
  readonly user_id: number;
  readonly volume: string;
  readonly parent_id: number;
  readonly name: string;
  readonly size_bytes: number;
  readonly modified_at_ms: number | null;
  readonly expires_at_ms: number;
  readonly note: string;
}

/** An upload that nobody continues is removed after so long. */
const lifeMs = 24 * 3600_000;

/** Hash of an upload that came in one go; lost with the process, which costs only the checksum in the index. */
interface RunningHash {
  readonly hasher: Bun.CryptoHasher;
  bytes: number;
}

export function createUploads(core: Core) {
  const { db } = core;
  const hashes = new Map<string, RunningHash>();
  const { busy, exclusively, together } = createTurns();
  const find = (id: string) =>
    db.prepare<UploadRow, [string]>("SELECT * FROM upload WHERE id = ?").get(id) ?? undefined;
  const ofVolume = db.prepare<UploadRow, [string]>("SELECT * FROM upload WHERE volume = ?");
  const require = (id: string): UploadRow => {
    const row = find(id);
    if (row === undefined || row.expires_at_ms < core.clock.now())
      throw new AppError("not-found", "There is no such upload.");
    return row;
  };
  const volumeOf = (row: UploadRow) => {
    const volume = core.volumes.get(row.volume);
    if (volume === undefined) throw new AppError("storage-offline");
    volume.requireOnline();
    return volume;
  };
  const pathOf = (row: UploadRow) => join(volumeOf(row).uploadsPath, row.id);
  const toUpload = (row: UploadRow): Upload => ({
    id: row.id,
    userId: row.user_id,
    place: { parentId: row.parent_id, name: row.name },
    sizeBytes: row.size_bytes,
    receivedBytes: statSync(pathOf(row), { throwIfNoEntry: false })?.size ?? 0,
    modifiedAtMs: row.modified_at_ms,
    expiresAtMs: row.expires_at_ms,
    note: row.note,
  });
  const drop = (row: UploadRow) => {
    db.prepare<never, [string]>("DELETE FROM upload WHERE id = ?").run(row.id);
    hashes.delete(row.id);
    discard(pathOf(row));
  };

  const receive = async (row: UploadRow, offset: number, body: Part, isNext: boolean): Promise<Received> => {
    // Made again when a power cut took the empty file but not its row.
    const fd = openSync(pathOf(row), constants.O_RDWR | constants.O_CREAT, 0o644);
    try {
      const received = factsOfFd(fd).sizeBytes;
      if (isNext && offset !== received)
        throw new AppError("conflict", `The upload stands at ${received} bytes, not at ${offset}.`);
      const hash = hashAt(hashes, row.id, offset);
      const stream = body instanceof Uint8Array ? streamOf(body) : body;
      const partBytes = await pour(stream, fd, offset, {
        maxBytes: row.size_bytes - offset,
        strict: core.durability === "strict",
        onChunk: (chunk) => {
          if (hash === undefined) return;
          hash.hasher.update(chunk);
          hash.bytes += chunk.byteLength;
        },
      });
      if (core.durability === "strict") await syncWithName(fd, volumeOf(row).uploadsPath);
      return { partBytes, sizeBytes: factsOfFd(fd).sizeBytes };
    } finally {
      closeSync(fd);
      const expiresAtMs = core.clock.now() + lifeMs;
      db.prepare<never, [number, string]>("UPDATE upload SET expires_at_ms = ? WHERE id = ?").run(expiresAtMs, row.id);
    }
  };

  return {
    create: async (options: {
      place: Place;
      sizeBytes: number;
      modifiedAtMs: number | null;
      userId: number;
      note: string;
    }) => {
      const { volume } = spaceOf(core, requireNode(core, options.place.parentId));
      volume.requireOnline();
      const row: UploadRow = {
        id: randomToken(core.random, 128),
        user_id: options.userId,
        volume: volume.name,
        parent_id: options.place.parentId,
        name: acceptName(options.place.name),
        size_bytes: options.sizeBytes,
        modified_at_ms: options.modifiedAtMs,
        expires_at_ms: core.clock.now() + lifeMs,
        note: options.note,
      };
      closeSync(openSync(pathOf(row), "wx", 0o644));
      await core.committer.submit(() => {
        db.prepare<never, [string, number, string, number, string, number, number | null, number, string]>(
          "INSERT INTO upload VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        ).run(
          row.id,
          row.user_id,
          row.volume,
          row.parent_id,
          row.name,
          row.size_bytes,
          row.modified_at_ms,
          row.expires_at_ms,
          row.note,
        );
      });
      return toUpload(row);
    },
    get: (id: string): Upload | undefined => {
      const row = find(id);
      return row === undefined || row.expires_at_ms < core.clock.now() ? undefined : toUpload(row);
    },
    write: (id: string, offset: number, body: Part): Promise<number> =>
      exclusively(id, async () => (await receive(require(id), offset, body, true)).sizeBytes),
    writeAt: (id: string, offset: number, body: Part): Promise<number> =>
      together(id, async () => (await receive(require(id), offset, body, false)).partBytes),
    finish: (id: string, place: Place, options: PutOptions): Promise<Written> =>
      exclusively(id, async () => {
        const row = require(id);
        const path = pathOf(row);
        const fd = openSync(path, "r+");
        try {
          const expected = options.sizeBytes ?? row.size_bytes;
          // A part that was sent again and is shorter now has left bytes behind the end.
          if (factsOfFd(fd).sizeBytes > expected) ftruncateSync(fd, expected);
          const size = factsOfFd(fd).sizeBytes;
          if (size !== expected) throw new AppError("length-mismatch", `${size} of ${expected} bytes are here.`);
          const modifiedAtMs = options.modifiedAtMs ?? row.modified_at_ms ?? undefined;
          if (modifiedAtMs !== undefined) setTime(fd, modifiedAtMs);
          const hash = hashes.get(id);
          const known = hash?.bytes === size ? hash.hasher.copy().digest() : null;
          const sha1 = await verifySums(path, known, options);
          const facts = factsOfFd(fd);
          const { volume } = spaceOf(core, requireNode(core, place.parentId));
          const isElsewhere = volume !== volumeOf(row);
          const staged: Staged = isElsewhere
            ? await stageStream(volume, Bun.file(path).stream(), { modifiedAtMs }, core.durability === "strict")
            : { path, facts, sha1, content: null };
          const forget = () => void db.prepare<never, [string]>("DELETE FROM upload WHERE id = ?").run(id);
          const keep = { keepOnFailure: !isElsewhere, onPlaced: forget };
          const written = await placeStaged(core, place, staged, options, keep);
          if (isElsewhere) discard(path);
          hashes.delete(id);
          return written;
        } finally {
          closeSync(fd);
        }
      }),
    remove: (id: string): Promise<void> =>
      exclusively(id, async () => {
        drop(require(id));
        await db.sync();
      }),
    /** Removes what has expired, and files that no row knows. Returns how many went. */
    sweep: (): number => {
      const expired = db
        .prepare<UploadRow, [number]>("SELECT * FROM upload WHERE expires_at_ms < ?")
        .all(core.clock.now());
      for (const row of expired)
        if (!busy.has(row.id) && core.volumes.get(row.volume)?.state().online === true) drop(row);
      let strays = 0;
      for (const volume of core.volumes.values()) {
        if (!volume.state().online) continue;
        for (const row of ofVolume.all(volume.name)) {
          // Killed between the rename into place and the commit: the file is complete and found by the index.
          if (!busy.has(row.id) && !existsSync(pathOf(row))) drop(row);
        }
        for (const name of readdirSync(volume.uploadsPath)) {
          if (find(name) !== undefined) continue;
          discard(join(volume.uploadsPath, name));
          strays++;
        }
      }
      return expired.length + strays;
    },
  };
}

type Part = ReadableStream<Uint8Array> | Uint8Array;

interface Received {
  readonly partBytes: number;
  /** Of the upload so far. */
  readonly sizeBytes: number;
}

/** Who writes to which upload now: what goes on at its end is alone, parts at offsets of their own may come together. */
function createTurns() {
  const parts = new Map<string, number>();
  const alone = new Set<string>();
  const locked = () => new AppError("locked", "This upload is being written by another request.");
  return {
    busy: { has: (id: string) => alone.has(id) || parts.has(id) },
    exclusively: async <T>(id: string, work: () => Promise<T>): Promise<T> => {
      if (alone.has(id) || parts.has(id)) throw locked();
      alone.add(id);
      try {
        return await work();
      } finally {
        alone.delete(id);
      }
    },
    together: async <T>(id: string, work: () => Promise<T>): Promise<T> => {
      if (alone.has(id)) throw locked();
      parts.set(id, (parts.get(id) ?? 0) + 1);
      try {
        return await work();
      } finally {
        const left = (parts.get(id) ?? 1) - 1;
        if (left === 0) parts.delete(id);
        else parts.set(id, left);
      }
    },
  };
}

/** The hash that goes on at this offset; undefined once the bytes did not come in order. */
function hashAt(hashes: Map<string, RunningHash>, id: string, offset: number): RunningHash | undefined {
  if (offset === 0) hashes.set(id, { hasher: new Bun.CryptoHasher("sha1"), bytes: 0 });
  const hash = hashes.get(id);
  if (hash?.bytes === offset) return hash;
  hashes.delete(id);
  return undefined;
}

/** Checks what was announced, and reads the file for it only when the hash did not run along. The SHA-1, if it is known now. */
async function verifySums(
  path: string,
  known: Uint8Array | null,
  { sha1, md5 }: PutOptions,
): Promise<Uint8Array | null> {
  const mustRead = md5 !== undefined || (sha1 !== undefined && known === null);
  const hashers = { sha1: new Bun.CryptoHasher("sha1"), md5: new Bun.CryptoHasher("md5") };
  if (mustRead) {
    for await (const chunk of Bun.file(path).stream()) {
      hashers.sha1.update(chunk);
      if (md5 !== undefined) hashers.md5.update(chunk);
    }
  }
  const digest = mustRead ? hashers.sha1.digest() : known;
  const isSame =
    (sha1 === undefined || sha1.toLowerCase() === Buffer.from(digest ?? []).toString("hex")) &&
    (md5 === undefined || md5.toLowerCase() === hashers.md5.digest("hex"));
  if (!isSame) throw new AppError("checksum-mismatch");
  return digest;
}

function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => {
      if (bytes.byteLength > 0) controller.enqueue(bytes);
      controller.close();
    },
  });
}
