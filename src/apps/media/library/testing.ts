import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Clock, Random } from "#platform/clock";
import type { Db } from "#platform/db";
import { createJobs } from "#platform/jobs";
import type { Logger } from "#platform/log";
import { type Actor, createRunner } from "#platform/usecase";
import type { Access } from "#security/access";
import type { Storage } from "#storage/primary";
import { libraryForget, libraryKeys, libraryScan } from "./jobs.ts";
import { createLibrary } from "./service.ts";

/** What a test cloud gives. */
interface Cloud {
  readonly deps: { readonly db: Db; readonly clock: Clock; readonly random: Random; readonly log: Logger };
  readonly storage: Storage;
  readonly access: Access;
  actor(name: string): Actor;
  homePath(name: string): string;
}

/** Libraries over the real storage of a test cloud, with their jobs running. */
export function openTestLibrary(cloud: Cloud, kept: readonly string[] = []) {
  const { deps, storage, access } = cloud;
  let isPlaying = false;
  const library = createLibrary({
    ...deps,
    storage,
    access,
    jobs: () => jobs,
    playing: () => isPlaying,
    personNamed: (name) => ({ displayName: name.toUpperCase() }),
    kept,
  });
  const kinds = [libraryScan, libraryKeys, libraryForget];
  const jobs = createJobs({ ...deps, kinds, handlers: library.jobHandlers, isAlone: true });
  jobs.start();
  const { implementations } = library;
  const runner = createRunner({ implementations, log: deps.log, clock: deps.clock, audit: () => undefined });
  const events: [string, unknown][] = [];
  for (const name of ["itemsChanged", "itemsProbed", "itemsForgotten"] as const) {
    library.events.subscribe(name, (payload) => void events.push([name, payload]));
  }
  const openJobs = () => jobs.list(100).filter(({ state }) => state === "queued" || state === "running");
  return {
    library,
    jobs,
    events,
    setPlaying: (value: boolean) => void (isPlaying = value),
    /** The answer of an operation, or `{ code }` of its refusal. */
    // oxlint-disable-next-line typescript/no-explicit-any -- a test says itself what it expects
    call: async (name: string, operation: string, input: unknown): Promise<any> => {
      try {
        return await runner.run(operation, input, callerOf(cloud, name));
      } catch (error) {
        return { code: (error as { code?: string }).code, detail: (error as { detail?: string }).detail };
      }
    },
    /** Resolves when everything is taken in and no job is left. */
    settled: async () => {
      await library.followed();
      for (let tries = 0; openJobs().length > 0 && tries < 2_000; tries += 1) {
        jobs.wake();
        await Bun.sleep(5);
      }
      if (openJobs().length > 0) throw new Error(`jobs did not end: ${JSON.stringify(openJobs())}`);
    },
    closeLibrary: async () => {
      await jobs.stop();
      await library.stop();
    },
    /** Writes below a home, behind the back of the index. */
    write: (person: string, path: string, bytes: string | Uint8Array) => {
      const target = join(cloud.homePath(person), path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, bytes);
    },
  };
}

function callerOf(cloud: Cloud, name: string) {
  return {
    actor: cloud.actor(name),
    requestId: "test",
    address: "192.0.2.1",
    userAgent: "test",
    secure: false,
    replyHeaders: new Headers(),
  };
}
