import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "#platform/clock";
import { errnoOf } from "#platform/errors";

interface StoredFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** Last use: the modification time, since many file systems keep no access time. */
  readonly usedAtMs: number;
}

const shardName = /^[0-9a-f]{2}$/;
const temporaryName = /\.tmp$/;
/** A use is written down at most so often. */
const touchEveryMs = 60 * 60_000;
const statsAtOnce = 32;

export interface Store {
  /** The file's bytes, or undefined when there is none that can be read. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** Appears whole or not at all. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  remove(path: string): Promise<void>;
  /** Every file; leftovers of a crash are removed on the way. */
  scan(): Promise<StoredFile[]>;
}

/** Files by name in 256 folders. Names are hexadecimal. */
export function createStore(folder: string, clock: Clock): Store {
  const shardOf = (name: string) => join(folder, name.slice(0, 2));
  // Of this run: a temporary file that is not named so was left by one that was killed, since the folder is one program's alone.
  const run = clock.now().toString(36);
  const isOurs = (path: string) => path.endsWith(`.${run}.tmp`);
  let counter = 0;

  const touch = async (path: string): Promise<void> => {
    const now = clock.now();
    const { mtimeMs } = await stat(path);
    if (now - mtimeMs > touchEveryMs) await utimes(path, now / 1000, now / 1000);
  };

  const look = async (path: string): Promise<StoredFile | undefined> => {
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile() !== true) return undefined;
    if (!temporaryName.test(path)) return { path, sizeBytes: found.size, usedAtMs: found.mtimeMs };
    if (!isOurs(path)) await rm(path, { force: true });
    return undefined;
  };

  return {
    read: async (name) => {
      const path = join(shardOf(name), name);
      try {
        const bytes = await readFile(path);
        await touch(path);
        return bytes;
      } catch {
        return undefined;
      }
    },
    write: async (name, bytes) => {
      const temporary = join(shardOf(name), `${name}.${(counter += 1)}.${run}.tmp`);
      try {
        await writeFile(temporary, bytes).catch(async (thrown: unknown) => {
          if (errnoOf(thrown) !== "ENOENT") throw thrown;
          await mkdir(shardOf(name), { recursive: true });
          await writeFile(temporary, bytes);
        });
        await rename(temporary, join(shardOf(name), name));
      } catch (thrown) {
        await rm(temporary, { force: true });
        throw thrown;
      }
    },
    remove: (path) => rm(path, { force: true }),
    scan: async () => {
      const files: StoredFile[] = [];
      const shards = (await readdir(folder).catch(() => [])).filter((name) => shardName.test(name));
      for (const shard of shards) {
        const names = await readdir(join(folder, shard)).catch(() => []);
        for (let start = 0; start < names.length; start += statsAtOnce) {
          const some = names.slice(start, start + statsAtOnce);
          const found = await Promise.all(some.map((name) => look(join(folder, shard, name))));
          files.push(...found.filter((file) => file !== undefined));
        }
      }
      return files;
    },
  };
}
