import { Database } from "bun:sqlite";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { diskTree } from "../../system/support.ts";
import type { SyncClient } from "../nextcloud-support.ts";

/** What the client renames a file to when two people changed it. */
export const isConflict = (path: string) => path.includes("conflicted copy");

/**
 * Hashes of what a run took from the client's folder though the server may never have been sent it: version 3.7 removes a conflict file
 * with the folder that another one removed, and a new file in a folder that another one renamed and removed a part of ("this should
 * not happen", says its log). No server can keep what it does not get.
 */
export function lostByClient(
  output: string,
  before: ReadonlyMap<string, string | null>,
  after: ReadonlyMap<string, string | null>,
): string[] {
  const left = new Set(after.values());
  const isConfused = output.includes("Job within a removed directory?  This should not happen!");
  const removesFolders = /INSTRUCTION_REMOVE OCC::SyncFileItem::Down CSyncEnums::ItemTypeDirectory/.test(output);
  return [...before].flatMap(([path, hash]) =>
    hash !== null && !left.has(hash) && (isConfused || (removesFolders && isConflict(path))) ? [hash] : [],
  );
}

/** Of the client's log: what it fetched and what it changed, with paths below the home. */
export function requestsIn(output: string): { method: string; path: string }[] {
  const changed = /(PUT|MKCOL|MOVE|DELETE|PROPPATCH)"? (?:of|for) (?:QUrl\()?"[^"]*?\/dav\/files\/[^/]*\/([^"]*)"/g;
  const fetched = /(GET)FileJob created for "[^"]*" \+ "\/([^"]*)"/g;
  return [...output.matchAll(changed), ...output.matchAll(fetched)].map(([, method = "", path = ""]) => ({
    method,
    path: method === "GET" ? path : decodeURIComponent(path),
  }));
}

/** A person presses "sync again": what failed is not put off for 25 seconds. */
export function retrySoon(client: SyncClient): void {
  withJournal(client, (journal) => journal.run("DELETE FROM blacklist"));
}

/** The client's own memory of what it has; undefined before its first run. */
function withJournal<T>(client: SyncClient, work: (journal: Database) => T): T | undefined {
  const name = readdirSync(client.dir).find((one) => /^\.sync_[0-9a-f]+\.db$/.test(one));
  if (name === undefined) return undefined;
  const journal = new Database(join(client.dir, name));
  try {
    return work(journal);
  } finally {
    journal.close();
  }
}

/** Everything but what the client keeps for itself. */
function shared(root: string): Map<string, string | null> {
  const own = /(^|\/)\.(sync_|nextcloudsync|owncloudsync)/;
  return new Map([...diskTree(root)].filter(([path]) => !isConflict(path) && !own.test(path)));
}

/**
 * Where the client's tree is not that of the server. A folder that is gone from the server stays where it holds a conflict file. When
 * a folder was renamed, version 3.7 can write down that it has the new state before it has removed what is gone from it, and never
 * comes back after it was interrupted: what its log says was gone is counted as its defect.
 */
export function compareTrees(
  serverRoot: string,
  client: SyncClient,
): { missing: string[]; tooMany: string[]; clientDefects: number } {
  const [expected, found] = [shared(serverRoot), shared(client.dir)];
  const conflicts = [...diskTree(client.dir).keys()].filter(isConflict);
  const extra = [...found.keys()].filter(
    (path) => !expected.has(path) && !conflicts.some((one) => one.startsWith(`${path}/`)),
  );
  const tops = extra.filter((path) => !extra.some((other) => path.startsWith(`${other}/`)));
  const left = tops.filter((path) => sawThatItIsGone(client, path));
  return {
    missing: [...expected].filter(([path, hash]) => found.get(path) !== hash).map(([path]) => path),
    tooMany: tops.filter((path) => !left.includes(path)),
    clientDefects: left.length,
  };
}

function sawThatItIsGone(client: SyncClient, path: string): boolean {
  const query = "SELECT fileid FROM metadata WHERE path = ?";
  const row = withJournal(client, (journal) => journal.query<{ fileid: string }, [string]>(query).get(path));
  if (row === undefined || row === null) return false;
  const gone = new RegExp(`valid: true/true/false .*fileid: "${row.fileid}"`);
  const folder = join(client.dir, "..");
  return readdirSync(folder).some(
    (name) => name.endsWith(".log") && gone.test(readFileSync(join(folder, name), "utf8")),
  );
}
