import type { Item, LibraryEvents, LibraryReader } from "#apps/media/library";
import type { DerivedCache } from "#cache/derived";
import type { Db } from "#platform/db";
import type { Events } from "#platform/events";
import type { Exec } from "#platform/exec";
import type { JobHandler } from "#platform/jobs";
import type { Implementation } from "#platform/usecase";
import type { Access } from "#security/access";
import type { Storage } from "#storage/primary";
import type { Cover } from "./audio-protocol.ts";
import { createAudioReader } from "./audio-thread.ts";
import { createContainerReader } from "./container-thread.ts";
import { recipe } from "./facts.ts";
import { createKeyframes } from "./keyframes.ts";
import { probeUseCases } from "./operations.ts";
import { createProbeJob, keep, lookInto, type ProbedLibrary, type ProbeJobDeps } from "./probe-job.ts";
import { createFactsRows } from "./repository.ts";
import type { KeyframeIndex, MediaFacts } from "./types.ts";

/** What is known about the content of files. */
export interface Probe {
  /** Facts of what the file held when it was probed; undefined before that and for a broken one. One read of the database. */
  facts(item: Pick<Item, "contentKey">): MediaFacts | undefined;
  /**
   * Where the first video track can be entered. From the kept file, else made now: in a moment for mp4 and Matroska with an index,
   * by reading the whole file otherwise (bounded by time). Made once for all who ask at the same time. Null when there is no video
   * track or its times cannot be known. Throws AppError `unavailable` while the file's disk is away, `not-found` when the file is gone.
   */
  keyframes(item: Item): Promise<KeyframeIndex | null>;
  /** The front cover inside a song's file, as it is there; null when there is none. Throws as `storage.open`. */
  cover(item: Item): Promise<Cover | null>;
  readonly implementations: readonly Implementation[];
  readonly jobHandlers: readonly JobHandler[];
  start(): void;
  stop(): Promise<void>;
}

export interface ProbeServiceDeps extends Pick<ProbeJobDeps, "playing" | "enqueue"> {
  readonly db: Db;
  readonly storage: Storage;
  readonly exec: Exec;
  readonly cache: DerivedCache;
  readonly access: Access;
  readonly library: ProbedLibrary & Pick<LibraryReader, "seen"> & { readonly events: Events<LibraryEvents> };
}

export function createProbe(deps: ProbeServiceDeps): Probe {
  const { db, storage, library } = deps;
  const readers = { audio: createAudioReader(), containers: createContainerReader() };
  const { audio, containers } = readers;
  const rows = createFactsRows(db, recipe);
  const job = createProbeJob({ ...deps, ...readers, rows });
  const factsNow = async (item: Item) => {
    const known = facts(item);
    if (known !== undefined && item.contentKey !== null) return { contentKey: item.contentKey, facts: known };
    const result = await lookInto({ ...deps, ...readers, rows }, item);
    if (result === undefined || !("facts" in result.finding)) return undefined;
    keep({ ...deps, ...readers, rows }, [result]);
    return { contentKey: result.contentKey, facts: result.finding.facts };
  };
  const keyframes = createKeyframes({ ...deps, containers, factsNow });
  let unsubscribe = () => {};

  const facts = ({ contentKey }: Pick<Item, "contentKey">) =>
    contentKey === null ? undefined : rows.facts(contentKey);
  const again = async (item: Item): Promise<void> => {
    if (item.contentKey !== null) rows.forget(item.contentKey);
    const result = await lookInto({ ...deps, ...readers, rows }, item);
    if (result !== undefined) keep({ ...deps, ...readers, rows }, [result]);
  };

  return {
    facts,
    keyframes: keyframes.keyframes,
    cover: async (item) => {
      const file = storage.open(item.nodeId);
      try {
        return await audio.cover({ fd: file.fd, sizeBytes: file.sizeBytes, name: file.node.name });
      } finally {
        file.close();
      }
    },
    implementations: probeUseCases({ ...deps, facts, again }),
    jobHandlers: [job.handler],
    start: () => {
      unsubscribe = library.events.subscribe("itemsChanged", job.wake);
      if (job.hasWork()) job.wake();
    },
    stop: async () => {
      unsubscribe();
      await Promise.all([audio.stop(), containers.stop()]);
    },
  };
}
