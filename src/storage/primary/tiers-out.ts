import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { randomToken } from "#platform/clock";
import { AppError } from "#platform/errors";
import type { IsOpenForWriting } from "#platform/lease";
import { type Core, spaceOf } from "./core.ts";
import { discard, stagePath, syncWithName } from "./stage.ts";
import { exchange, openSeen, type Seen } from "./tiers-exchange.ts";
import { markVolume } from "./tiers-hooks.ts";
import { smallestTieredBytes, writePlaceholder } from "./tiers-placeholder.ts";
import type { TierRows } from "./tiers-repository.ts";
import type { ContentStore } from "./tiers-stores.ts";
import type { MoveOptions } from "./tiers-types.ts";

const chunkBytes = 1024 * 1024;

export interface MoverDeps {
  readonly core: Core;
  readonly rows: TierRows;
  readonly isOpenForWriting: IsOpenForWriting;
  /** Objects that are being sent right now. */
  readonly inFlight: Set<string>;
  /** Waits a little while people are reading. */
  readonly yieldToReaders: () => Promise<void>;
}

/**
 * Copies content to a store, reads it back, and only then exchanges the file for its placeholder: at every moment at least one whole
 * copy has a name that survives a power cut. The object is noted before its first byte and again when it is whole.
 */
export async function moveOut(
  deps: MoverDeps,
  store: ContentStore,
  nodeId: number,
  options: MoveOptions,
): Promise<void> {
  const seen = openSeen(deps.core, nodeId);
  try {
    refuseUnfit(deps, seen);
    const kept = await keepIn(deps, store, seen, options);
    try {
      await putPlaceholder(deps, store, seen, kept, options);
    } catch (error) {
      await forgetObject(deps, store, kept.objectId);
      throw error;
    }
  } finally {
    seen.close();
  }
}

function refuseUnfit({ core, isOpenForWriting }: MoverDeps, { row, fd, facts }: Seen): void {
  const refuse = (why: string) => new AppError("conflict", `"${row.name}" stays: ${why}.`);
  if (facts.sizeBytes < smallestTieredBytes) throw refuse("it is too small to be worth it");
  if (facts.mtimeUs < 0) throw refuse("its time cannot be kept");
  if (fstatSync(fd).nlink > 1) throw refuse("it has another name on the disk, which would not be freed");
  if (core.tiers.placeholderOf(row, fd) !== undefined) throw refuse("its content is elsewhere already");
  if (isOpenForWriting(fd)) throw refuse("another program is writing to it");
  const isLogged = core.db
    .prepare<{ id: number }, [number]>("SELECT id FROM redo WHERE ino = ? LIMIT 1")
    .get(facts.ino);
  if (isLogged !== null) throw refuse("it was changed a moment ago");
}

interface Kept {
  readonly objectId: string;
  readonly sha256: string;
}

/** Whole and checked in the store when it resolves; the index knows of it. */
export async function keepIn(deps: MoverDeps, store: ContentStore, seen: Seen, options: MoveOptions): Promise<Kept> {
  const { core, rows } = deps;
  const { row, fd, facts } = seen;
  const { sizeBytes } = facts;
  const reason = store.offlineReason();
  if (reason !== null) throw new AppError("unavailable", reason);
  const free = store.freeBytes();
  if (free !== null && free < sizeBytes + chunkBytes) throw new AppError("disk-full", `"${store.name}" is full.`);
  const objectId = randomToken(core.random, 160);
  deps.inFlight.add(objectId);
  await core.committer.submit(() => rows.addArriving(objectId, store.name, sizeBytes));
  const sums = { sha256: new Bun.CryptoHasher("sha256"), sha1: new Bun.CryptoHasher("sha1") };
  try {
    const stream = () =>
      streamOf(fd, sizeBytes, async (chunk) => {
        sums.sha256.update(chunk);
        sums.sha1.update(chunk);
        options.onBytes?.(chunk.byteLength);
        await deps.yieldToReaders();
      });
    await store.put(objectId, { sizeBytes, signal: options.signal, stream });
    const sha256 = sums.sha256.digest("hex");
    if (row.sha1 !== null && !Buffer.from(row.sha1).equals(sums.sha1.digest())) {
      core.log.error("a file is not what was written once; the disk may be failing", { nodeId: row.id });
      throw new AppError("conflict", `"${row.name}" is not what was written once; the disk may be failing. It stays.`);
    }
    if (store.readBack) await readBack(store, objectId, { sizeBytes, sha256 }, options.signal);
    await core.committer.submit(() => rows.keep(objectId, sha256));
    return { objectId, sha256 };
  } catch (error) {
    await forgetObject(deps, store, objectId);
    throw error;
  } finally {
    deps.inFlight.delete(objectId);
  }
}

async function readBack(
  store: ContentStore,
  objectId: string,
  { sizeBytes, sha256 }: { sizeBytes: number; sha256: string },
  signal: AbortSignal,
): Promise<void> {
  const hash = new Bun.CryptoHasher("sha256");
  let bytes = 0;
  for await (const chunk of store.read(objectId, 0, sizeBytes)) {
    signal.throwIfAborted();
    hash.update(chunk);
    bytes += chunk.byteLength;
  }
  if (bytes !== sizeBytes || hash.digest("hex") !== sha256) {
    throw new AppError("unavailable", `"${store.name}" gave back something else than it was sent.`);
  }
}

async function putPlaceholder(
  deps: MoverDeps,
  store: ContentStore,
  seen: Seen,
  { objectId, sha256 }: Kept,
  { guard, signal }: MoveOptions,
): Promise<void> {
  const { core, rows, isOpenForWriting } = deps;
  const { row, facts } = seen;
  const { volume } = spaceOf(core, row);
  const path = stagePath(volume);
  const aside = stagePath(volume);
  const placeholder = { tier: store.name, objectId, sizeBytes: facts.sizeBytes, sha256, mtimeUs: facts.mtimeUs };
  markVolume(volume);
  try {
    const staged = writePlaceholder(path, placeholder, { fd: seen.fd, mtimeUs: facts.mtimeUs });
    const fd = openSync(path, "r");
    try {
      await syncWithName(fd, volume.stagePath);
    } finally {
      closeSync(fd);
    }
    await core.committer.submit((batch) => {
      signal.throwIfAborted();
      guard?.();
      if (isOpenForWriting(seen.fd)) throw new AppError("conflict", `"${row.name}" is being written to.`);
      exchange(core, batch, seen, { path, facts: staged }, aside);
      rows.name(row.id, 0, placeholder);
    });
  } finally {
    discard(aside);
    discard(path);
  }
}

/** An object that nothing stands for. When the store is away now the sweep removes it later. */
async function forgetObject({ core, rows }: MoverDeps, store: ContentStore, objectId: string): Promise<void> {
  try {
    await store.remove(objectId);
    await core.committer.submit(() => rows.dropObject(objectId));
  } catch (cause) {
    core.log.warn("content that was not needed could not be removed yet", { tier: store.name, cause });
  }
}

/** The bytes of an open file, read as they are asked for. */
function streamOf(
  fd: number,
  sizeBytes: number,
  onChunk: (chunk: Uint8Array) => Promise<void>,
): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const chunk = new Uint8Array(Math.min(chunkBytes, sizeBytes - at));
        const count = chunk.byteLength === 0 ? 0 : readSync(fd, chunk, 0, chunk.byteLength, at);
        if (count === 0) return controller.close();
        at += count;
        const read = chunk.subarray(0, count);
        await onChunk(read);
        controller.enqueue(read);
      },
    },
    { highWaterMark: 0 },
  );
}
