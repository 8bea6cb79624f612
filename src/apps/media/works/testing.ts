import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createLibrary, libraryForget, libraryKeys, libraryScan } from "#apps/media/library";
import type { MediaFacts } from "#apps/media/probe";
import type { Clock, Random } from "#platform/clock";
import type { Db } from "#platform/db";
import { createJobs } from "#platform/jobs";
import type { Exec } from "#platform/exec";
import type { Logger } from "#platform/log";
import { type Actor, createRunner } from "#platform/usecase";
import type { Access } from "#security/access";
import type { SpaceInfo, Storage } from "#storage/primary";
import { createWorks, type WorksDeps } from "./service.ts";

/** What a test cloud gives. */
interface Cloud {
  readonly deps: {
    readonly db: Db;
    readonly clock: Clock;
    readonly random: Random;
    readonly log: Logger;
    readonly exec: Exec;
  };
  readonly storage: Storage;
  readonly access: Access;
  actor(name: string): Actor;
  homePath(name: string): string;
  homeOf(name: string): SpaceInfo;
}

/** Libraries and works over the real storage of a test cloud. Facts are what a test says, by path. */
export function openTestWorks(cloud: Cloud, more: Partial<WorksDeps> = {}) {
  const { deps, storage, access } = cloud;
  const facts = new Map<string, MediaFacts>();
  const library = createLibrary({
    ...deps,
    storage,
    access,
    jobs: () => jobs,
    playing: () => false,
    personNamed: () => undefined,
  });
  const jobs = createJobs({
    ...deps,
    kinds: [libraryScan, libraryKeys, libraryForget],
    handlers: library.jobHandlers,
    isAlone: true,
  });
  // Kept nowhere: a test looks at what is made.
  const cache = { get: (_key: string, produce: () => Promise<Uint8Array | null>) => produce() };
  const works = createWorks({
    ...deps,
    cache,
    storage,
    access,
    library,
    facts: ({ path }) => facts.get(path),
    ...more,
  });
  jobs.start();
  works.start();
  const implementations = [...library.implementations, ...works.implementations];
  const runner = createRunner({ implementations, log: deps.log, clock: deps.clock, audit: () => undefined });
  const openJobs = () => jobs.list(100).filter(({ state }) => state === "queued" || state === "running");
  const caller = (name: string) => ({
    ...{ actor: cloud.actor(name), requestId: "test", address: "192.0.2.1", userAgent: "test", secure: false },
    replyHeaders: new Headers(),
  });
  const seeAll = (nodeId: number): void => {
    const { kind } = storage.refresh(nodeId);
    if (kind === "folder") for (const child of storage.children(nodeId)) seeAll(child.id);
  };
  return {
    library,
    works,
    facts,
    /** The answer of an operation, or `{ code }` of its refusal. */
    // oxlint-disable-next-line typescript/no-explicit-any -- a test says itself what it expects
    call: async (name: string, operation: string, input: unknown): Promise<any> => {
      try {
        return await runner.run(operation, input, caller(name));
      } catch (error) {
        const { code, detail, message } = error as { code?: string; detail?: string; message: string };
        return { code, detail, message };
      }
    },
    /** Writes files below a home behind the back of the index, which is then made to see them. */
    write: (person: string, paths: readonly string[], bytesOf: (path: string) => string = (path) => path) => {
      for (const path of paths) {
        const target = join(cloud.homePath(person), path);
        mkdirSync(dirname(target), { recursive: true });
        writeFileSync(target, bytesOf(path));
      }
      seeAll(cloud.homeOf(person).rootId);
    },
    seeAll: (person: string) => seeAll(cloud.homeOf(person).rootId),
    /** Resolves when everything is taken in and grouped. */
    settled: async () => {
      await library.followed();
      for (let tries = 0; openJobs().length > 0 && tries < 2_000; tries += 1) {
        jobs.wake();
        await Bun.sleep(5);
      }
      await works.settled();
    },
    close: async () => {
      await jobs.stop();
      await works.stop();
      await library.stop();
    },
  };
}
