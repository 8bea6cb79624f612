import type { Clock } from "#platform/clock";
import type { Logger } from "#platform/log";
import { decodeRecord, encodeRecord } from "./record.ts";
import { createStore } from "./store.ts";

export interface DerivedCacheDeps {
  /** Folder of its own; made when missing. */
  readonly folder: string;
  readonly budgetBytes: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Files computed from other files, kept on disk under a byte budget. Losing them costs time, never correctness. */
export interface DerivedCache {
  /**
   * The bytes under `key`, produced once for all who ask at the same time. A producer that answers null is remembered as
   * "there is none" under this key; one that throws is not remembered, and all who wait are told.
   */
  get(key: string, produce: () => Promise<Uint8Array | null>): Promise<Uint8Array | null>;
}

/** After an eviction this share of the budget is filled, so that not every write evicts. */
const fillAfterEviction = 0.9;
/** What even an empty file takes on disk. */
const overheadBytes = 512;

export function createDerivedCache({ folder, budgetBytes, clock, log }: DerivedCacheDeps): DerivedCache {
  const store = createStore(folder, clock);
  const inFlight = new Map<string, Promise<Uint8Array | null>>();
  /** At least what is on disk; unknown before the first count. */
  let totalBytes: number | undefined;
  let addedWhileCounting = 0;
  let counting: Promise<void> | undefined;

  /** Counts what is there and removes what was used longest ago until the budget holds. */
  const keepBudget = async (): Promise<void> => {
    addedWhileCounting = 0;
    const files = (await store.scan()).toSorted((a, b) => a.usedAtMs - b.usedAtMs);
    let sum = files.reduce((bytes, file) => bytes + file.sizeBytes + overheadBytes, 0);
    const goal = sum > budgetBytes ? budgetBytes * fillAfterEviction : budgetBytes;
    for (const file of files) {
      if (sum <= goal) break;
      await store.remove(file.path);
      sum -= file.sizeBytes + overheadBytes;
    }
    totalBytes = sum + addedWhileCounting;
  };
  const count = (): Promise<void> => {
    counting ??= keepBudget()
      .catch((cause: unknown) => log.warn("the derived files could not be counted", { folder, cause }))
      .finally(() => {
        counting = undefined;
      });
    return counting;
  };

  const remember = async (name: string, value: Uint8Array | null): Promise<void> => {
    const record = encodeRecord(value);
    try {
      await store.write(name, record);
      const bytes = record.byteLength + overheadBytes;
      addedWhileCounting += bytes;
      // Nobody waits for the first count after a start, which looks at every file.
      if (totalBytes === undefined) void count();
      else totalBytes += bytes;
      if (totalBytes !== undefined && totalBytes > budgetBytes) await count();
    } catch (cause) {
      log.warn("a derived file could not be kept", { folder, cause });
    }
  };

  const fetch = async (name: string, produce: () => Promise<Uint8Array | null>): Promise<Uint8Array | null> => {
    const record = await store.read(name);
    const known = record === undefined ? undefined : decodeRecord(record);
    if (known !== undefined) return known;
    const value = await produce();
    await remember(name, value);
    return value;
  };

  return {
    get: (key, produce) => {
      const name = new Bun.CryptoHasher("sha256").update(key).digest("hex");
      let flight = inFlight.get(name);
      if (flight === undefined) {
        flight = fetch(name, produce).finally(() => inFlight.delete(name));
        inFlight.set(name, flight);
      }
      return flight;
    },
  };
}
