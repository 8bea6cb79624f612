import type { LibraryEvents, LibraryReader } from "#apps/media/library";
import type { Events } from "#platform/events";
import type { Logger } from "#platform/log";
import type { NamesStore } from "./names-store.ts";
import { hasWorks } from "./regroup.ts";

interface WatcherDeps {
  readonly library: LibraryReader & { readonly events: Events<LibraryEvents> };
  readonly names: NamesStore;
  readonly log: Logger;
  readonly regroup: (libraryId: number, itemIds: readonly number[]) => Promise<void>;
  /** Works of this library may be others now. */
  readonly done: (libraryId: number) => void;
  /** Items are forgotten: works without any file are to go. */
  readonly sweep: (libraryId: number) => void;
}

/** Files of one round: some milliseconds of work. */
const roundSize = 200;
/** What comes together is grouped together. */
const gatherMs = 50;
const againMs = 30_000;

/** Groups what the libraries tell of, a round at a time; what a stop or a crash left is found at the next start. */
export function createWatcher({ library, names, log, regroup, done, sweep }: WatcherDeps) {
  const waiting = new Map<number, Set<number>>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let working: Promise<void> | undefined;
  let isStopped = false;

  const add = (libraryId: number, itemIds: readonly number[]) => {
    const ids = waiting.get(libraryId) ?? new Set<number>();
    waiting.set(libraryId, ids);
    for (const id of itemIds) ids.add(id);
    if (!isStopped) timer ??= setTimeout(wake, gatherMs);
  };
  const wake = () => {
    timer = undefined;
    work().catch((cause: unknown) => {
      log.warn("works could not be grouped", { cause });
      if (!isStopped) timer ??= setTimeout(wake, againMs);
    });
  };
  const work = (): Promise<void> => (working ??= drain().finally(() => (working = undefined)));
  const drain = async (): Promise<void> => {
    for (let [next] = waiting; next !== undefined && !isStopped; [next] = waiting) {
      const [libraryId, ids] = next;
      const round = [...ids].slice(0, roundSize);
      await regroup(libraryId, round);
      for (const id of round) ids.delete(id);
      if (ids.size === 0) waiting.delete(libraryId);
      done(libraryId);
      await new Promise((resume) => void setImmediate(resume));
    }
  };
  /** What was not grouped as it is now. */
  const findStale = async (): Promise<void> => {
    const libraryIds = library.libraries().flatMap((one) => (hasWorks(one) ? [one.id] : []));
    for (let after = 0; !isStopped;) {
      const rows = names.staleAfter(libraryIds, after, roundSize);
      const last = rows.at(-1);
      if (last === undefined) return;
      after = last.id;
      for (const { id, libraryId } of rows) add(libraryId, [id]);
      await new Promise((resume) => void setImmediate(resume));
    }
  };
  const ends = [
    library.events.subscribe("itemsChanged", ({ libraryId, itemIds }) => add(libraryId, itemIds)),
    library.events.subscribe("itemsProbed", ({ libraryId, itemIds }) => add(libraryId, itemIds)),
    library.events.subscribe("itemsForgotten", ({ libraryId }) => sweep(libraryId)),
  ];
  return {
    start: () => void findStale().catch((cause: unknown) => log.warn("works could not be compared", { cause })),
    /** Resolves when everything known so far is grouped. */
    settled: async () => {
      await findStale();
      await working;
      await work();
    },
    stop: async () => {
      isStopped = true;
      clearTimeout(timer);
      for (const end of ends) end();
      await working?.catch(() => undefined);
    },
  };
}
