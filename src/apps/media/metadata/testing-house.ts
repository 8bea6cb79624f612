import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createLibrary, libraryForget, libraryKeys, libraryScan } from "#apps/media/library";
import { createWorks } from "#apps/media/works";
import { createDerivedCache } from "#cache/derived";
import type { Clock, Random } from "#platform/clock";
import type { Db } from "#platform/db";
import type { Exec } from "#platform/exec";
import { createJobs } from "#platform/jobs";
import type { RequestContext } from "#platform/http";
import type { Logger } from "#platform/log";
import { type Actor, createRunner } from "#platform/usecase";
import type { Access } from "#security/access";
import type { SpaceInfo, Storage } from "#storage/primary";
import { metadataAsk } from "./asking.ts";
import { nfoWriteAll } from "./nfo-job.ts";
import { createMetadata } from "./service.ts";
import type { openCatalogues } from "./testing.ts";

/** What a test cloud gives. */
interface Cloud {
  readonly deps: {
    readonly db: Db;
    readonly clock: Clock;
    readonly random: Random;
    readonly log: Logger;
    readonly exec: Exec;
  };
  readonly dir: string;
  readonly storage: Storage;
  readonly access: Access;
  actor(name: string): Actor;
  homePath(name: string): string;
  homeOf(name: string): SpaceInfo;
}

type Catalogues = ReturnType<typeof openCatalogues>;

/** Libraries, works and metadata over the real storage, with a catalogue that answers from recordings. */
export function openHouse(cloud: Cloud, catalogues: Catalogues) {
  let laterMs = 0;
  const { storage, access } = cloud;
  const clock = { now: () => cloud.deps.clock.now() + laterMs };
  const deps = {
    ...cloud.deps,
    clock,
    storage,
    access,
    log: { ...cloud.deps.log, warn: () => undefined, info: () => undefined },
  };
  const cache = createDerivedCache({ ...deps, folder: join(cloud.dir, "pictures"), budgetBytes: 1e7 });
  const library = createLibrary({ ...deps, jobs: () => jobs, playing: () => false, personNamed: () => undefined });
  const metadata = createMetadata({
    ...deps,
    library,
    cache,
    jobs: () => ({
      ...jobs,
      enqueue: (kind, payload, options) => jobs.enqueue(kind, payload, { ...options, delayMs: 0 }),
    }),
    nfo: () => works.nfo,
    actorOf: (userId) => [cloud.actor("anna"), cloud.actor("ben")].find((one) => one.userId === userId),
    providers: [catalogues.tmdb()],
    changed: (itemId) => {
      const libraryId = library.item(itemId)?.libraryId ?? 0;
      library.events.publish("itemsProbed", { libraryId, itemIds: [itemId] });
    },
  });
  const kinds = [libraryScan, libraryKeys, libraryForget, metadataAsk, nfoWriteAll];
  const handlers = [...library.jobHandlers, ...metadata.jobHandlers];
  const jobs = createJobs({ ...deps, kinds, handlers, isAlone: true });
  const works = createWorks({ ...deps, library, cache, facts: () => undefined, ...metadata });
  jobs.start();
  works.start();
  const implementations = [...library.implementations, ...works.implementations, ...metadata.implementations];
  const runner = createRunner({ implementations, log: deps.log, clock, audit: () => undefined });
  const caller = (name: string) => ({
    ...{ actor: cloud.actor(name), requestId: "test", address: "192.0.2.1", userAgent: "test", secure: false },
    replyHeaders: new Headers(),
  });
  const seeAll = (nodeId: number): void => {
    if (storage.refresh(nodeId).kind === "folder") for (const { id } of storage.children(nodeId)) seeAll(id);
  };
  const settled = async () => {
    for (let round = 0; round < 3; round += 1) {
      await library.followed();
      for (let tries = 0; tries < 2_000; tries += 1) {
        jobs.wake();
        await works.settled();
        if (!jobs.list(100).some(({ state }) => state === "queued" || state === "running")) break;
        await Bun.sleep(5);
      }
      await works.settled();
    }
  };
  return {
    settled,
    /** Lets time pass. */
    pass: (ms: number) => void (laterMs += ms),
    pictures: metadata.pictures,
    picture: async (person: string, address: string): Promise<Response | string> => {
      const url = new URL(address, "http://house.example");
      const context = { path: url.pathname, actor: () => cloud.actor(person) } as unknown as RequestContext;
      const [route] = metadata.routes;
      try {
        return (await route?.handle(new Request(url), context)) ?? "no route";
      } catch (error) {
        return (error as { code: string }).code;
      }
    },
    enqueue: () => jobs.enqueue(metadataAsk, {}),
    // oxlint-disable-next-line typescript/no-explicit-any -- a test says itself what it expects
    call: (operation: string, input: unknown, person = "anna"): Promise<any> =>
      runner.run(operation, input, caller(person)),
    write: async (files: Readonly<Record<string, string>>) => {
      for (const [path, text] of Object.entries(files)) {
        const target = join(cloud.homePath("anna"), path);
        mkdirSync(dirname(target), { recursive: true });
        writeFileSync(target, text);
      }
      seeAll(cloud.homeOf("anna").rootId);
      await settled();
    },
    work: async (title: string) => {
      const { works: all } = (await runner.run("works.list", { types: ["film"], limit: 100 }, caller("anna"))) as {
        works: { id: number; title: string }[];
      };
      return runner.run(
        "works.get",
        { workId: all.find((one) => one.title === title)?.id ?? 0 },
        caller("anna"),
      ) as Promise<{
        overview: string | null;
        work: { id: number; libraryId: number; title: string; year: number | null; certification: string | null };
        sources: Record<string, string>;
        lockedFields: string[];
        tagline: string | null;
        originalTitle: string | null;
        externalIds: Record<string, string | null>;
      }>;
    },
    close: async () => {
      await jobs.stop();
      await works.stop();
      await library.stop();
    },
  };
}
