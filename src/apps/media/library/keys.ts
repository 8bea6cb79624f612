import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import { handleJob, type JobHandler } from "#platform/jobs";
import { libraryKeys } from "./jobs.ts";
import type { ContentKeys } from "./key-thread.ts";
import type { ItemRows, StoredItem } from "./repository.ts";
import type { Taking, Touched } from "./taking.ts";

interface KeysDeps {
  readonly db: Db;
  readonly contentKeys: Pick<ContentKeys, "read">;
  readonly items: ItemRows;
  readonly taking: Taking;
  /** Resolves when nobody watches anything, or the signal aborts. */
  readonly untilIdle: (signal: AbortSignal) => Promise<void>;
  readonly changed: (touched: Touched) => void;
}

const batchSize = 32;

/** Tells what the bytes of items are. */
export function createKeys({ db, contentKeys, items, taking, untilIdle, changed }: KeysDeps) {
  /** What could not be read, by item: not tried again before it changes, or its disk comes back. */
  const unreadable = new Map<number, string>();

  const keep = (read: readonly { readonly item: StoredItem; readonly key: string; readonly etag: string }[]): void => {
    if (read.length === 0) return;
    const touched: Touched = new Map();
    db.transaction(() => {
      for (const { item, key, etag } of read) if (items.setKey(item.id, etag, key)) taking.reunite(key, touched);
    });
    changed(touched);
  };
  const isDue = ({ id, etag, contentKey, state }: StoredItem) =>
    contentKey === null && state !== "gone" && unreadable.get(id) !== etag;
  /** By item: whoever asks for a key that is being read waits for it. */
  const underWay = new Map<number, Promise<void>>();
  const readNow = async (batch: readonly StoredItem[]): Promise<void> => {
    const found = await contentKeys.read(batch.map(({ nodeId }) => nodeId));
    const read = batch.flatMap((item) => {
      const one = found.get(item.nodeId);
      // Also a file that changed since it was seen: the change log tells of it.
      if (one?.etag === item.etag) return [{ item, ...one }];
      unreadable.set(item.id, item.etag);
      return [];
    });
    for (const { item } of read) unreadable.delete(item.id);
    keep(read);
  };
  /** Resolves when the keys of these are kept, as far as they can be read. */
  const readAll = async (batch: readonly StoredItem[]): Promise<void> => {
    const rest = batch.filter(({ id }) => !underWay.has(id));
    const others = new Set(batch.flatMap(({ id }) => underWay.get(id) ?? []));
    if (rest.length > 0) {
      const reading = readNow(rest).finally(() => {
        for (const { id } of rest) underWay.delete(id);
      });
      for (const { id } of rest) underWay.set(id, reading);
      others.add(reading);
    }
    await Promise.all(others);
  };

  const job = handleJob(libraryKeys, async ({ signal, progress }) => {
    let done = 0;
    const total = items.unkeyedCount();
    for (let after = 0; ;) {
      await untilIdle(signal);
      signal.throwIfAborted();
      const batch = items.unkeyedAfter(after, batchSize);
      const last = batch.at(-1);
      if (last === undefined) return;
      after = last.id;
      await readAll(batch.filter(isDue));
      done += batch.length;
      progress(Math.min(done, total), total);
    }
  });

  return {
    jobHandlers: [job] satisfies JobHandler[],
    /** Something that could not be read may be readable now. */
    tryAgain: () => unreadable.clear(),
    hasWork: () => items.hasUnkeyed(unreadable.size),
    /** Read now when it is not known yet. Throws `not-found`, and `unavailable` when the file cannot be read now. */
    keyOf: async (itemId: number): Promise<string> => {
      const item = items.get(itemId);
      if (item === undefined || item.state === "gone") throw new AppError("not-found");
      if (item.contentKey !== null) return item.contentKey;
      await readAll([item]);
      const key = items.get(itemId)?.contentKey ?? null;
      if (key === null) throw new AppError("unavailable", "The file cannot be read right now.");
      return key;
    },
    /** Reads those of these that are not known yet; what cannot be read now stays unknown. */
    readAhead: async (itemIds: readonly number[]): Promise<void> => {
      const all = itemIds.flatMap((id) => items.get(id) ?? []);
      await readAll(all.filter(isDue));
    },
  };
}
