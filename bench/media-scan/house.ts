import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createLibrary, libraryForget, libraryKeys, libraryScan } from "#apps/media/library";
import { createProbe, mediaProbe } from "#apps/media/probe";
import { createDerivedCache } from "#cache/derived";
import { inTime } from "#platform/clock";
import { createJobs, type Jobs } from "#platform/jobs";
import { openTestCloud } from "../../test/kit/index.ts";
import type { ScannedKind } from "./files.ts";

const waitMs = 20;
const longestMs = 2 * 60_000;
const folders: Readonly<Record<ScannedKind, string>> = { audio: "Music", video: "Films" };

/** Libraries and the reader of media over real storage, with the jobs of the product. */
export async function openScanHouse(tempRoot: string) {
  const cloud = await openTestCloud();
  const { deps, storage, access } = cloud;
  const folder = mkdtempSync(join(tempRoot, "hearth-bench-cache-"));
  const playing = () => false;
  const enqueue: Jobs["enqueue"] = (...job) => jobs.enqueue(...job);
  const library = createLibrary({ ...deps, storage, access, playing, jobs: () => jobs, personNamed: () => undefined });
  const cache = createDerivedCache({ ...deps, folder, budgetBytes: 100_000_000 });
  const probe = createProbe({ ...deps, storage, access, cache, library, playing, enqueue });
  const kinds = [libraryScan, libraryKeys, libraryForget, mediaProbe];
  const handlers = [...library.jobHandlers, ...probe.jobHandlers];
  const jobs: Jobs = createJobs({ ...deps, kinds, handlers, isAlone: true });
  jobs.start();
  library.start();
  probe.start();
  const count = (state: string) =>
    deps.db.prepare<{ n: number }, [string]>("SELECT count(*) AS n FROM media_item WHERE state = ?").get(state)?.n ?? 0;
  const until = async (isDone: () => boolean) => {
    const end = performance.now() + longestMs;
    while (!isDone()) {
      if (performance.now() > end) throw new Error("the scan did not end");
      await Bun.sleep(waitMs);
    }
  };
  /** Told as soon as they are: looking every some milliseconds would count to the time. */
  const allReady = (total: number) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const unsubscribe = library.events.subscribe("itemsProbed", () => {
      if (count("ready") >= total) resolve();
    });
    return inTime(promise, longestMs, () => new Error("the scan did not end")).finally(unsubscribe);
  };
  const isIdle = () => !jobs.list(50).some(({ state }) => state === "queued" || state === "running");
  return {
    cloud,
    /** Copies files into a library, which is taken in. */
    take: async (files: string, kind: ScannedKind) => {
      const target = join(cloud.homePath("anna"), folders[kind]);
      mkdirSync(target, { recursive: true });
      const names = readdirSync(files);
      for (const name of names) copyFileSync(join(files, name), join(target, name));
      storage.refresh(cloud.homeOf("anna").rootId);
      await storage.settled();
      await library.followed();
      await until(() => isIdle() && count("ready") >= names.length);
    },
    /** Looks into all files again; their identity is known. */
    lookAgain: async () => {
      const total = count("ready");
      deps.db.transaction(() => {
        deps.db.prepare("DELETE FROM media_facts").run();
        deps.db.prepare("UPDATE media_item SET state = 'found', reason = NULL").run();
      });
      const done = allReady(total);
      jobs.enqueue(mediaProbe, {});
      await done;
    },
    /** Takes all files in as if they had never been seen: items, identity of their content, facts. */
    scanAnew: async () => {
      const total = count("ready");
      deps.db.transaction(() => {
        for (const table of ["media_facts", "media_item"]) deps.db.prepare(`DELETE FROM ${table}`).run();
      });
      const done = allReady(total);
      for (const { id: libraryId } of library.libraries()) jobs.enqueue(libraryScan, { libraryId });
      await done;
    },
    isIdle: () => until(isIdle),
    close: async () => {
      await jobs.stop();
      await probe.stop();
      await library.stop();
      await cloud.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
