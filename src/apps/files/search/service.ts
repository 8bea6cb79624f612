import { statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, inTime } from "#platform/clock";
import { AppError, errnoOf } from "#platform/errors";
import type { Exec } from "#platform/exec";
import { handleJob, type JobHandler, type Jobs } from "#platform/jobs";
import type { Logger } from "#platform/log";
import type { Implementation } from "#platform/usecase";
import type { Access } from "#security/access";
import type { Storage } from "#storage/primary";
import { createFinder, type Finder } from "./find.ts";
import { createFollower } from "./follower.ts";
import { searchTexts } from "./jobs.ts";
import { searchOperations } from "./operations.ts";
import { createProgress, type Progress, textCounts } from "./progress.ts";
import type { IndexCalls, QueryCalls } from "./protocol.ts";
import type { ReadableOptions } from "./readable.ts";
import { createLull } from "./lull.ts";
import { createTexts } from "./texts.ts";
import { type Calls, createThread, type Thread } from "#platform/thread";

export interface SearchDeps {
  readonly storage: Storage;
  readonly access: Access;
  readonly exec: Exec;
  readonly clock: Clock;
  readonly log: Logger;
  readonly dataDir: string;
  readonly options: ReadableOptions;
  /** Which of these nodes have a share link. */
  readonly linkedNodeIds: (nodeIds: readonly number[]) => ReadonlySet<number>;
  readonly enqueue: Jobs["enqueue"];
}

export interface Search {
  readonly implementations: readonly Implementation[];
  readonly jobHandlers: readonly JobHandler[];
  readonly find: Finder["find"];
  readonly look: Finder["look"];
  /** Begins to follow the storage. */
  start(): void;
  /** Resolves when names are as the storage has them now. */
  followed(): Promise<void>;
  /** Resolves when names and texts are as the storage has them now. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

const timeouts = { indexMs: 120_000, queryMs: 10_000 };
const idle = { indexMs: 30_000, queryMs: 10 * 60_000 };
/** Changes are taken in when none has followed for a moment. */
const quietMs = 1_000;
/** While changes go on they are taken in now and then only, many at a time: whoever writes needs the processor. */
const behindMs = 10_000;
/** After a failure. */
const againMs = 30_000;
/** What changed a moment ago is found too, if taking it in is soon done. */
const freshMs = 80;
/** Raised when texts are read in another way: all are read again. */
const recipe = 1;

/** Finding files by name and by the text of documents, over an index in a database of its own that follows the storage. */
export function createSearch(deps: SearchDeps): Search {
  const { storage, log, exec } = deps;
  const path = join(deps.dataDir, "search.db");
  const { index, queries } = createThreads(path, () => void rebuild("it is broken"));
  const follower = createFollower({ ...deps, index });
  const texts = createTexts({ ...deps, index });
  const progress = createProgress(index);
  const stopping = new AbortController();
  const dirty = new Set<number>();
  let beginning: Promise<void> | undefined;
  let catching: Promise<void> | undefined;
  const lull = createLull();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let firstAtMs = 0;
  let rebuilding: Promise<void> | undefined;

  const begin = (): Promise<void> =>
    (beginning ??= open().catch((error: unknown) => {
      beginning = undefined;
      throw error;
    }));
  const open = async () => {
    const programs = exec.which("pdftotext") === null ? "" : "pdftotext";
    const { seen } = await index.call("begin", { recipe: JSON.stringify([recipe, deps.options, programs]) });
    follower.begin(seen);
  };
  const enqueueTexts = async () => {
    const { tallies } = await index.call("tallies", null);
    if (!tallies.some(({ state, count }) => state === "wanted" && count > 0)) return;
    deps.enqueue(searchTexts, {}, { dedupeKey: "all" });
  };
  /** Takes in what has changed; whoever asks meanwhile waits for the same. */
  const catchUp = (): Promise<void> => (catching ??= follow().finally(() => (catching = undefined)));
  const follow = async (): Promise<void> => {
    await begin();
    for (let [spaceId] = dirty; spaceId !== undefined && !stopping.signal.aborted; [spaceId] = dirty) {
      // Nothing of the first walk through a space is in the change log.
      if (follower.isNew(spaceId)) await storage.settled();
      dirty.delete(spaceId);
      try {
        await follower.follow(spaceId, stopping.signal);
      } catch (error) {
        dirty.add(spaceId);
        throw error;
      }
    }
  };
  /** What cannot be done now is begun again later: nothing is lost, the numbers of the spaces tell where it was. */
  const keepUp = async (): Promise<void> => {
    try {
      await catchUp();
      await enqueueTexts();
    } catch (cause) {
      if (stopping.signal.aborted) return;
      log.warn("the search index could not follow", { cause });
      timer ??= setTimeout(() => {
        timer = undefined;
        void keepUp();
      }, againMs);
    }
  };
  /** Costs a change next to nothing: the first one of a while sets a timer. */
  const changed = (spaceId: number) => {
    dirty.add(spaceId);
    lull.changed();
    if (timer !== undefined) return;
    firstAtMs = performance.now();
    timer = setTimeout(takeUp, quietMs);
  };
  const takeUp = () => {
    const waitMs = Math.min(quietMs - lull.quietForMs(), firstAtMs + behindMs - performance.now());
    timer = waitMs > 0 ? setTimeout(takeUp, waitMs) : undefined;
    if (timer === undefined) void keepUp();
  };
  const everything = () => {
    for (const { id } of storage.spaces()) changed(id);
  };
  const rebuild = (why: string): Promise<void> => {
    rebuilding ??= (async () => {
      log.warn("the search index is made anew", { why });
      await Promise.all([index.stop(), queries.stop()]);
      for (const ending of ["", "-wal", "-shm"]) await rm(`${path}${ending}`, { force: true });
      beginning = undefined;
      everything();
    })().finally(() => (rebuilding = undefined));
    return rebuilding;
  };
  const freshen = async () => {
    await begin();
    if (dirty.size === 0) return;
    await inTime(catchUp(), freshMs, () => new Error("later")).catch(() => undefined);
  };
  const followed = () => {
    everything();
    return catchUp();
  };
  const readTexts = async (signal: AbortSignal, onRead: () => void, breathe?: () => Promise<void>) => {
    progress.begun();
    try {
      const onEach = () => {
        progress.read();
        onRead();
      };
      await texts.run(AbortSignal.any([signal, stopping.signal]), onEach, breathe);
    } finally {
      progress.ended();
    }
  };

  const { find, look } = createFinder({ ...deps, queries, freshen });
  const subscriptions = subscribe(storage, changed, everything);

  return {
    find,
    look,
    implementations: searchOperations({
      ...deps,
      find,
      index,
      progress,
      isTextOn: deps.options.text,
      indexBytes: () => sizeOf(path) + sizeOf(`${path}-wal`),
      isCatchingUp: () => catching !== undefined,
      rebuild: () => rebuild("somebody asked for it"),
    }),
    jobHandlers: [
      textsJob(progress, (signal, onRead) => {
        const either = AbortSignal.any([signal, stopping.signal]);
        return readTexts(either, onRead, () => lull.wait(either));
      }),
    ],
    start: everything,
    followed,
    settled: async () => {
      await storage.settled();
      await followed();
      await readTexts(stopping.signal, () => undefined);
    },
    stop: async () => {
      stopping.abort();
      clearTimeout(timer);
      for (const end of subscriptions) end();
      await catching?.catch(() => undefined);
      await Promise.all([index.stop(), queries.stop(), texts.stop()]);
    },
  };
}

function subscribe({ events }: Storage, changed: (spaceId: number) => void, everything: () => void) {
  return [
    events.subscribe("changed", ({ spaceId }) => changed(spaceId)),
    events.subscribe("spaceCreated", ({ spaceId }) => changed(spaceId)),
    events.subscribe("volumeState", ({ online }) => {
      if (online) everything();
    }),
  ];
}

function textsJob(
  progress: Progress,
  readTexts: (signal: AbortSignal, onRead: () => void) => Promise<void>,
): JobHandler {
  return handleJob(searchTexts, async ({ signal, progress: report }) => {
    let done = 0;
    const tell = async () => {
      const { tallies } = await progress.state();
      report(done, done + textCounts(tallies).wanted);
    };
    await readTexts(signal, () => {
      done += 1;
      tell().catch(() => undefined);
    });
  });
}

/** The thread that writes and the one that reads. A broken database is told, whoever of them meets it. */
function createThreads(path: string, onBroken: () => void) {
  const data = { path };
  const url = (name: string) => new URL(name, import.meta.url);
  const index = createThread<IndexCalls>({
    name: "the index of the search",
    url: url("./index-worker.ts"),
    data,
    timeoutMs: timeouts.indexMs,
    idleMs: idle.indexMs,
  });
  const queries = createThread<QueryCalls>({
    name: "searching",
    url: url("./query-worker.ts"),
    data,
    timeoutMs: timeouts.queryMs,
    idleMs: idle.queryMs,
  });
  const watched = <C extends Calls>(thread: Thread<C>): Thread<C> => ({
    ...thread,
    call: async (name, input) => {
      try {
        return await thread.call(name, input);
      } catch (error) {
        const code = errnoOf(error) ?? "";
        if (!code.startsWith("SQLITE_")) throw error;
        if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) onBroken();
        throw new AppError("unavailable", "The search index cannot be read right now. Try again in a moment.", {
          cause: error,
        });
      }
    },
  });
  return { index: watched(index), queries: watched(queries) };
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
