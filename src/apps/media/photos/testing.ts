import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createLibrary, type ItemFilter, libraryForget, libraryKeys, libraryScan } from "#apps/media/library";
import type { MediaFacts } from "#apps/media/probe";
import { createHttp } from "#platform/http";
import { createJobs, type Jobs } from "#platform/jobs";
import type { Clock, Random } from "#platform/clock";
import type { Db } from "#platform/db";
import type { Logger } from "#platform/log";
import { type Actor, createRunner } from "#platform/usecase";
import type { Access } from "#security/access";
import type { Storage } from "#storage/primary";
import { photosRead } from "./jobs.ts";
import { createPhotos, type PhotosDeps } from "./service.ts";

/** What a test cloud gives. */
interface Cloud {
  readonly deps: { readonly db: Db; readonly clock: Clock; readonly random: Random; readonly log: Logger };
  readonly storage: Storage;
  readonly access: Access;
  readonly previews: { readonly look: PhotosDeps["look"]; readonly respond: PhotosDeps["respondWithPicture"] };
  readonly people: ReadonlyMap<string, Actor>;
  actor(name: string): Actor;
  homePath(name: string): string;
}

interface TestPhotosOptions {
  /** What the probe would say of films, by the name of the file. */
  readonly facts?: (path: string) => MediaFacts | undefined;
}

/** Pictures over the real storage of a test cloud, with their libraries, previews and jobs. */
export function openTestPhotos(cloud: Cloud, { facts = () => undefined }: TestPhotosOptions = {}) {
  const groups = new Map<number, number[]>();
  const limits = new Map<number, ItemFilter>();
  let limitsChanged = () => {};
  const onLimitsChanged = (listener: () => void) => {
    limitsChanged = listener;
    return () => undefined;
  };
  const { library, photos, jobs } = compose(cloud, { groups, limits, onLimitsChanged }, facts);
  const openJobs = () => jobs.list(100).filter(({ state }) => state === "queued" || state === "running");
  return {
    library,
    groups,
    /** What the household lets somebody watch; undefined: everything. */
    setLimits: (id: number, filter: ItemFilter | undefined) => {
      if (filter === undefined) limits.delete(id);
      else limits.set(id, filter);
      limitsChanged();
    },
    ...outside(cloud, photos),
    /** Writes below a home, behind the back of the index. */
    write: (person: string, path: string, bytes: string | Uint8Array) => {
      const target = join(cloud.homePath(person), path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, bytes);
    },
    /** Resolves when everything is taken in and no job is left. */
    settled: async () => {
      await library.followed();
      for (let tries = 0; openJobs().length > 0 && tries < 6_000; tries += 1) {
        jobs.wake();
        await Bun.sleep(10);
      }
      if (openJobs().length > 0) throw new Error(`jobs did not end: ${JSON.stringify(openJobs())}`);
    },
    close: async () => {
      await jobs.stop();
      await photos.stop();
      await library.stop();
    },
  };
}

interface Household {
  readonly groups: ReadonlyMap<number, number[]>;
  readonly limits: ReadonlyMap<number, ItemFilter>;
  readonly onLimitsChanged: PhotosDeps["onLimitsChanged"];
}

function compose(
  cloud: Cloud,
  { groups, limits, onLimitsChanged }: Household,
  facts: NonNullable<TestPhotosOptions["facts"]>,
) {
  const limitsOf = ({ userId }: Actor) => limits.get(userId);
  const { deps, storage, access, previews } = cloud;
  const library = createLibrary({
    ...deps,
    storage,
    access,
    jobs: () => jobs,
    playing: () => false,
    personNamed: (name) => ({ displayName: name.toUpperCase() }),
    limitsOf,
  });
  const photos = createPhotos({
    ...deps,
    storage,
    access,
    library,
    look: previews.look,
    respondWithPicture: previews.respond,
    facts: (item) => facts("path" in item && typeof item.path === "string" ? item.path : ""),
    personName: (id) => [...cloud.people.values()].find(({ userId }) => userId === id)?.name,
    actorOf: (id) => [...cloud.people.values()].find(({ userId }) => userId === id),
    groupsOf: (id) => groups.get(id) ?? [],
    limitsOf,
    onLimitsChanged,
    enqueue: (...job) => jobs.enqueue(...job),
    playing: () => false,
    onChanged: () => undefined,
  });
  const jobs: Jobs = createJobs({
    ...deps,
    kinds: [libraryScan, libraryKeys, libraryForget, photosRead],
    handlers: [...library.jobHandlers, ...photos.jobHandlers],
    isAlone: true,
  });
  jobs.start();
  photos.start();
  return { library, photos, jobs };
}

/** The ways in, as somebody of the test cloud. */
function outside(cloud: Cloud, { implementations, routes }: ReturnType<typeof createPhotos>) {
  const { log, clock } = cloud.deps;
  const runner = createRunner({ implementations, log, clock, audit: () => undefined });
  const http = createHttp({
    routes,
    authenticate: (request) => cloud.actor(request.headers.get("x-test-user") ?? ""),
    log,
    clock,
  });
  return {
    /** The answer of an operation, or `{ code }` of its refusal. */
    // oxlint-disable-next-line typescript/no-explicit-any -- a test says itself what it expects
    call: async (name: string, operation: string, input: unknown): Promise<any> => {
      const caller = { actor: cloud.actor(name), requestId: "test", address: "192.0.2.1", userAgent: "test" };
      try {
        return await runner.run(operation, input, { ...caller, secure: false, replyHeaders: new Headers() });
      } catch (error) {
        return { code: (error as { code?: string }).code, detail: (error as { detail?: string }).detail };
      }
    },
    fetchAs: async (name: string, path: string, init: RequestInit = {}): Promise<Response> => {
      const headers = new Headers(init.headers);
      headers.set("x-test-user", name);
      const request = new Request(`http://cloud.test${path}`, { ...init, headers });
      return http(request, { address: "192.0.2.1", setIdleTimeout: () => undefined });
    },
  };
}

export type TestPhotos = ReturnType<typeof openTestPhotos>;
