import { Database } from "bun:sqlite";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort, startOwned } from "../kit/processes.ts";

const waitMs = 10;
const longestMs = 2 * 60_000;

/** Debian's DLNA server, from its start until its database has all songs of a folder; the moment at which it had. */
export async function minidlna(folder: string, count: number): Promise<number> {
  const own = mkdtempSync(join(folder, "..", "minidlna-"));
  const config = join(own, "minidlna.conf");
  writeFileSync(
    config,
    `port=${await freePort()}\nmedia_dir=A,${folder}\ndb_dir=${own}\nlog_dir=${own}\ninotify=no\nnetwork_interface=lo\n`,
  );
  const owned = startOwned("minidlna", ["minidlnad", "-d", "-f", config, "-P", join(own, "pid")]);
  try {
    const until = performance.now() + longestMs;
    while (performance.now() < until) {
      if ((await Promise.race([owned.exited, Bun.sleep(0)])) !== undefined)
        throw new Error(`minidlna: ${owned.output()}`);
      if (songsIn(join(own, "files.db")) >= count) return performance.now();
      await Bun.sleep(waitMs);
    }
    throw new Error("minidlna did not take in all files");
  } finally {
    await owned.stop();
    rmSync(own, { recursive: true, force: true });
  }
}

function songsIn(path: string): number {
  try {
    const db = new Database(path, { readonly: true });
    try {
      const row = db.query<{ count: number }, []>("SELECT count(*) AS count FROM DETAILS WHERE MIME LIKE 'audio/%'");
      return row.get()?.count ?? 0;
    } finally {
      db.close();
    }
  } catch {
    // Not made yet, or being written.
    return 0;
  }
}
