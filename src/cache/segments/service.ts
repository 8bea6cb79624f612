import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "#platform/clock";
import { errnoOf } from "#platform/errors";
import type { Logger } from "#platform/log";
import { diskSpace, listPieces, type Piece, writeWhole } from "./files.ts";

export interface SegmentCacheDeps {
  /** Folder of its own; made when missing. */
  readonly folder: string;
  /** Null: ten gigabytes, or a twentieth of what is free when it begins, whichever is less. */
  readonly budgetBytes: number | null;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The pieces of one rendition. */
export interface Shelf {
  /** The piece, if it is there; asking counts as using it. */
  get(name: string): Piece | undefined;
  has(name: string): boolean;
  /** Kept on the disk, else in memory for a while; never fails. */
  put(name: string, parts: readonly Uint8Array[]): Promise<Piece>;
  /** It is gone from the disk behind our back. */
  forget(name: string): void;
  /** What somebody is about to fetch: it stays, also above the budget. */
  pinned: (name: string) => boolean;
}

export interface SegmentCache {
  /** `key` says all that the bytes depend on. The same shelf for all who open it. */
  open(key: string): Promise<Shelf>;
  usedBytes(): number;
  budgetBytes(): number;
  /** Counts what earlier runs left; nobody has to wait for it. */
  start(): Promise<void>;
}

interface Entry {
  sizeBytes: number;
  usedAtMs: number;
  content?: Uint8Array<ArrayBuffer>;
}
interface OpenShelf extends Shelf {
  readonly folder: string;
  readonly entries: Map<string, Entry>;
}

const defaultBudgetBytes = 10_000_000_000;
const defaultShareOfFree = 0.05;
/** After an eviction this share of the budget is filled, so that not every write evicts. */
const fillAfterEviction = 0.9;
const maxMemoryBytes = 96 * 1024 * 1024;
/** So often the disk is asked how full it is. */
const spaceCheckBytes = 64 * 1024 * 1024;
/** A disk with less free is for other things than this cache. */
const nearlyFullBytes = 256 * 1024 * 1024;

export function createSegmentCache({ folder, budgetBytes, clock, log }: SegmentCacheDeps): SegmentCache {
  const shelves = new Map<string, Promise<OpenShelf>>();
  const opened = new Set<OpenShelf>();
  /** Shelves of earlier runs that nobody has opened. */
  const closed = new Map<string, { sizeBytes: number; usedAtMs: number }>();
  let budget = budgetBytes ?? defaultBudgetBytes;
  let usedBytes = 0;
  let memoryBytes = 0;
  let uncheckedBytes = spaceCheckBytes;
  let counter = 0;
  let evicting: Promise<void> | undefined;

  const drop = (shelf: OpenShelf, name: string): Entry | undefined => {
    const entry = shelf.entries.get(name);
    if (entry === undefined) return undefined;
    shelf.entries.delete(name);
    if (entry.content === undefined) usedBytes -= entry.sizeBytes;
    else memoryBytes -= entry.sizeBytes;
    return entry;
  };

  /** Removes what was used longest ago until no more than the goal is left; what somebody is about to fetch stays in any case. */
  const evictTo = async (goalBytes: number): Promise<void> => {
    const candidates: { usedAtMs: number; remove: () => Promise<void> }[] = [];
    for (const [path, { sizeBytes, usedAtMs }] of closed) {
      const remove = async () => {
        if (!closed.delete(path)) return;
        usedBytes -= sizeBytes;
        await rm(path, { recursive: true, force: true });
      };
      candidates.push({ usedAtMs, remove });
    }
    for (const shelf of opened) {
      for (const [name, entry] of shelf.entries) {
        if (entry.content !== undefined || shelf.pinned(name)) continue;
        const remove = async () => {
          if (shelf.entries.get(name) !== entry) return;
          drop(shelf, name);
          await rm(join(shelf.folder, name), { force: true });
        };
        candidates.push({ usedAtMs: entry.usedAtMs, remove });
      }
    }
    candidates.sort((a, b) => a.usedAtMs - b.usedAtMs);
    for (const { remove } of candidates) {
      if (usedBytes <= goalBytes) return;
      await remove();
    }
  };
  const evict = (goalBytes: number): Promise<void> => {
    evicting ??= evictTo(goalBytes)
      .catch((cause: unknown) => log.warn("pieces of films could not be removed", { folder, cause }))
      .finally(() => {
        evicting = undefined;
      });
    return evicting;
  };
  const checkSpace = async (): Promise<void> => {
    uncheckedBytes = 0;
    const space = await diskSpace(folder).catch(() => undefined);
    if (space !== undefined && space.freeBytes < nearlyFullBytes) {
      log.warn("the disk is nearly full: pieces of films are removed", { folder, freeBytes: space.freeBytes });
      await evict(0);
    }
  };
  const keepInMemory = (shelf: OpenShelf, name: string, parts: readonly Uint8Array[], sizeBytes: number): Piece => {
    const content = new Uint8Array(sizeBytes);
    let at = 0;
    for (const part of parts) {
      content.set(part, at);
      at += part.byteLength;
    }
    drop(shelf, name);
    shelf.entries.set(name, { sizeBytes, usedAtMs: clock.now(), content });
    memoryBytes += sizeBytes;
    for (const other of opened) {
      for (const [oldName, entry] of other.entries) {
        if (memoryBytes <= maxMemoryBytes) break;
        if (entry.content !== undefined && entry.content !== content) drop(other, oldName);
      }
    }
    return { content, sizeBytes };
  };

  const put = async (shelf: OpenShelf, name: string, parts: readonly Uint8Array[]): Promise<Piece> => {
    const sizeBytes = parts.reduce((sum, part) => sum + part.byteLength, 0);
    const write = () => writeWhole(shelf.folder, name, `${name}.${(counter += 1)}.tmp`, parts);
    try {
      await write().catch(async (thrown: unknown) => {
        if (errnoOf(thrown) !== "ENOSPC" && errnoOf(thrown) !== "EDQUOT") throw thrown;
        await evict(0);
        await write();
      });
    } catch (cause) {
      log.warn("a piece of a film could not be kept on the disk", { folder: shelf.folder, cause });
      return keepInMemory(shelf, name, parts, sizeBytes);
    }
    drop(shelf, name);
    shelf.entries.set(name, { sizeBytes, usedAtMs: clock.now() });
    usedBytes += sizeBytes;
    uncheckedBytes += sizeBytes;
    if (usedBytes > budget) await evict(budget * fillAfterEviction);
    if (uncheckedBytes > spaceCheckBytes) await checkSpace();
    return { path: join(shelf.folder, name), sizeBytes };
  };

  const openShelf = async (path: string): Promise<OpenShelf> => {
    const entries: Map<string, Entry> = await listPieces(path);
    const known = closed.get(path);
    closed.delete(path);
    const sizeBytes = [...entries.values()].reduce((sum, entry) => sum + entry.sizeBytes, 0);
    usedBytes += sizeBytes - (known?.sizeBytes ?? 0);
    const shelf: OpenShelf = {
      folder: path,
      entries,
      pinned: () => false,
      has: (name) => entries.has(name),
      get: (name) => {
        const entry = entries.get(name);
        if (entry === undefined) return undefined;
        entry.usedAtMs = clock.now();
        const { content, sizeBytes: bytes } = entry;
        return content === undefined ? { path: join(path, name), sizeBytes: bytes } : { content, sizeBytes: bytes };
      },
      put: (name, parts) => put(shelf, name, parts),
      forget: (name) => void drop(shelf, name),
    };
    opened.add(shelf);
    return shelf;
  };

  return {
    open: (key) => {
      const path = join(folder, new Bun.CryptoHasher("sha256").update(key).digest("hex").slice(0, 32));
      let shelf = shelves.get(path);
      if (shelf === undefined) {
        shelf = openShelf(path);
        shelves.set(path, shelf);
      }
      return shelf;
    },
    usedBytes: () => usedBytes,
    budgetBytes: () => budget,
    start: async () => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const space = await diskSpace(folder);
      for (const name of await readdir(folder)) {
        const path = join(folder, name);
        if (shelves.has(path)) continue;
        const pieces = [...(await listPieces(path)).values()];
        if (shelves.has(path)) continue;
        const sizeBytes = pieces.reduce((sum, piece) => sum + piece.sizeBytes, 0);
        closed.set(path, { sizeBytes, usedAtMs: Math.max(0, ...pieces.map(({ usedAtMs }) => usedAtMs)) });
        usedBytes += sizeBytes;
      }
      budget = budgetBytes ?? Math.min(defaultBudgetBytes, (space.freeBytes + usedBytes) * defaultShareOfFree);
      if (usedBytes > budget) await evict(budget * fillAfterEviction);
    },
  };
}
