import { Database } from "bun:sqlite";
import { join } from "node:path";
import { AppError, errnoOf } from "#platform/errors";

/** A handle that nobody refers to is collected and closed, and its lock would go with it. */
const held = new Set<Database>();

/**
 * Makes this process the only one that works on a data folder, until `release` or its end, however it ends: the kernel
 * drops the lock with the process. Throws AppError `conflict` when another holds it.
 */
export function lockFolder(folder: string): { release(): void } {
  const sqlite = new Database(join(folder, "hearth.lock"), { create: true });
  try {
    sqlite.run("PRAGMA busy_timeout = 0");
    sqlite.run("BEGIN EXCLUSIVE");
  } catch (cause) {
    sqlite.close();
    if (errnoOf(cause)?.startsWith("SQLITE_BUSY") !== true) throw cause;
    throw new AppError("conflict", `Another Hearth is running on ${folder}. Stop it, or choose another folder.`, {
      cause,
    });
  }
  held.add(sqlite);
  return {
    release: () => {
      held.delete(sqlite);
      sqlite.close();
    },
  };
}
