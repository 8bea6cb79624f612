import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { AppError } from "#platform/errors";

/** One name a line. Who can write into the data folder has the machine, and with it everything. */
const pathIn = (dataDir: string) => join(dataDir, "security", "reset-factors");

/**
 * Asks for the factors of an account to be taken off at the next start: the way in for an owner who lost them all. Throws
 * `not-found` without a data folder.
 */
export function requestFactorReset(dataDir: string, name: string): void {
  if (!existsSync(dataDir)) throw new AppError("not-found", `There is no data folder ${dataDir}. Name it with --data.`);
  const path = pathIn(dataDir);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, `${name}\n`, { flag: "a", mode: 0o600 });
}

/** The names asked for; the file goes when what is done for them is on disk, with the function given. */
export function readFactorResets(dataDir: string): { readonly names: readonly string[]; done(): void } {
  const path = pathIn(dataDir);
  if (!existsSync(path)) return { names: [], done: () => undefined };
  const lines = readFileSync(path, "utf8").split("\n");
  return {
    names: [...new Set(lines.map((line) => line.trim().toLowerCase()).filter((line) => line !== ""))],
    done: () => rmSync(path, { force: true }),
  };
}
