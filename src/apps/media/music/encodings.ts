import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import type { Item } from "#apps/media/library";
import type { Clock } from "#platform/clock";
import { AppError } from "#platform/errors";
import type { Exec } from "#platform/exec";
import { bounds } from "#platform/ffmpeg";
import type { Logger } from "#platform/log";
import type { Storage } from "#storage/primary";
import { encodeArguments, encodeKey, type EncodeOptions, type SourceSound } from "./encode.ts";
import { createEncoding, type Encoding, keptEncoding } from "./encoding.ts";

export interface EncodingsDeps {
  /** Of their own; made when missing. */
  readonly folder: string;
  readonly budgetBytes: number;
  readonly exec: Exec;
  readonly storage: Pick<Storage, "open">;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface Encodings {
  /** The song in another form: kept from before, under way for somebody else, or begun now. */
  get(item: Item, contentKey: string, options: EncodeOptions, source: SourceSound): Promise<Encoding>;
  /** Whether anybody waits for ffmpeg. */
  isBusy(): boolean;
  /** Removes what a killed run left half written. */
  start(): void;
  stop(): Promise<void>;
}

const atOnce = 3;
const maxWaiting = 30;
const slotWaitMs = 30_000;
/** A book of a day at two hundred times the speed. */
const timeoutMs = 15 * 60_000;
const niceness = 3;
const touchEveryMs = 60 * 60_000;
const fillAfterEviction = 0.9;

/** Converted songs as files under a byte budget. Losing them costs time. */
export function createEncodings(deps: EncodingsDeps): Encodings {
  const running = new Map<string, Encoding>();
  const starting = new Map<string, Promise<Encoding>>();
  const slots = createSlots();
  const shelf = createShelf(deps);

  const begin = async (item: Item, name: string, options: EncodeOptions, sound: SourceSound): Promise<Encoding> => {
    await slots.enter();
    try {
      shelf.prepare();
      const file = deps.storage.open(item.nodeId);
      try {
        const argv = encodeArguments(file.fd, options, sound);
        const run = { timeoutMs, niceness, maxOutputBytes: deps.budgetBytes, limits: bounds.make };
        const source = deps.exec.stream(argv, run);
        const encoding = createEncoding(shelf.partOf(name), source, (failed) => {
          file.close();
          slots.leave();
          running.delete(name);
          return shelf.finish(name, failed);
        });
        running.set(name, encoding);
        return encoding;
      } catch (thrown) {
        file.close();
        throw thrown;
      }
    } catch (thrown) {
      if (!running.has(name)) slots.leave();
      throw thrown;
    }
  };
  return {
    get: (item, contentKey, options, sound) => {
      const name = new Bun.CryptoHasher("sha256").update(encodeKey(contentKey, options)).digest("hex");
      const known = running.get(name) ?? shelf.kept(name);
      if (known !== undefined) return Promise.resolve(known);
      let start = starting.get(name);
      if (start === undefined) {
        start = begin(item, name, options, sound).finally(() => starting.delete(name));
        starting.set(name, start);
      }
      return start;
    },
    isBusy: () => running.size > 0,
    start: shelf.clean,
    stop: async () => {
      await Promise.allSettled([...running.values()].map((encoding) => encoding.done()));
    },
  };
}

/** So many at once; whoever waits for too long is told. */
function createSlots() {
  let used = 0;
  const waiting: (() => void)[] = [];
  const busy = () => new AppError("unavailable", "Too many songs are being converted just now. Try again in a moment.");
  return {
    enter: async (): Promise<void> => {
      if (used < atOnce) {
        used += 1;
        return;
      }
      if (waiting.length >= maxWaiting) throw busy();
      await new Promise<void>((resolve, reject) => {
        const wake = () => {
          clearTimeout(timer);
          resolve();
        };
        const timer = setTimeout(() => {
          waiting.splice(waiting.indexOf(wake), 1);
          reject(busy());
        }, slotWaitMs);
        waiting.push(wake);
      });
    },
    /** The slot goes to whoever waits longest. */
    leave: () => {
      const next = waiting.shift();
      if (next === undefined) used -= 1;
      else next();
    },
  };
}

const partEnding = ".part";

function createShelf({ folder, budgetBytes, clock, log }: EncodingsDeps) {
  let count = 0;
  const pathOf = (name: string) => join(folder, name);
  const parts = new Map<string, string>();

  /** What was used longest ago goes until the budget holds. */
  const keepBudget = (): void => {
    const files = readdirSync(folder)
      .filter((name) => !name.endsWith(partEnding))
      .map((name) => {
        const { size, mtimeMs } = statSync(pathOf(name));
        return { name, size, mtimeMs };
      });
    let sum = files.reduce((bytes, { size }) => bytes + size, 0);
    if (sum <= budgetBytes) return;
    for (const { name, size } of files.toSorted((a, b) => a.mtimeMs - b.mtimeMs)) {
      if (sum <= budgetBytes * fillAfterEviction) break;
      rmSync(pathOf(name), { force: true });
      sum -= size;
    }
  };
  return {
    prepare: (): void => void mkdirSync(folder, { recursive: true, mode: 0o700 }),
    /** Nobody writes what is half written yet: the data folder belongs to this program alone. */
    clean: (): void => {
      if (!existsSync(folder)) return;
      for (const name of readdirSync(folder)) if (name.endsWith(partEnding)) rmSync(pathOf(name), { force: true });
    },
    partOf: (name: string): string => {
      const path = `${pathOf(name)}.${(count += 1)}${partEnding}`;
      parts.set(name, path);
      return path;
    },
    finish: (name: string, failed: boolean): string => {
      const part = parts.get(name) ?? pathOf(name);
      parts.delete(name);
      try {
        if (failed) {
          rmSync(part, { force: true });
          return part;
        }
        renameSync(part, pathOf(name));
        keepBudget();
      } catch (cause) {
        log.warn("a converted song could not be kept", { folder, cause });
      }
      return pathOf(name);
    },
    kept: (name: string): Encoding | undefined => {
      const found = statSync(pathOf(name), { throwIfNoEntry: false });
      if (found === undefined) return undefined;
      const now = clock.now();
      if (now - found.mtimeMs > touchEveryMs) utimesSync(pathOf(name), now / 1000, now / 1000);
      return keptEncoding(pathOf(name), found.size);
    },
  };
}
