import type { LibraryEvents, LibraryReader } from "#apps/media/library";
import type { Clock } from "#platform/clock";
import type { Events } from "#platform/events";
import type { Logger } from "#platform/log";
import { createCatalogue } from "./catalogue.ts";
import type { Db } from "#platform/db";
import type { Intake } from "./intake.ts";

interface FollowingDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly library: Pick<LibraryReader, "libraries"> & { readonly events: Events<LibraryEvents> };
  readonly intake: Intake;
  readonly changed: (libraryIds: readonly number[]) => void;
}

/** Items in one transaction: others write between. */
const pieceSize = 40;
/** Ids looked through at once for what is due. */
const rangeSize = 2_000;
const pauseMs = 2;

/** Takes up what the library tells, one piece after the other, and after a start what was not taken up before its end. */
export function createFollowing({ db, clock, log, library, intake, changed }: FollowingDeps) {
  const { sweep } = createCatalogue(db);
  const waiting = new Set<number>();
  const told = new Set<number>();
  const ends: (() => void)[] = [];
  let kinds = "";
  let lookFrom: number | undefined;
  let hasStrangers = false;
  let working: Promise<void> | undefined;
  let isStopped = false;
  let changedAtMs = clock.now();

  const step = (): boolean => {
    const [...piece] = waiting.values().take(pieceSize);
    if (piece.length > 0) {
      for (const id of piece) waiting.delete(id);
      if (intake.take(piece)) changedAtMs = clock.now();
      return true;
    }
    if (hasStrangers) {
      hasStrangers = intake.dropStrangers() > 0;
      return true;
    }
    if (lookFrom === undefined) return false;
    const last = intake.lastItemId();
    for (const id of intake.due(lookFrom, lookFrom + rangeSize)) waiting.add(id);
    lookFrom = lookFrom + rangeSize >= last ? undefined : lookFrom + rangeSize;
    return true;
  };
  const work = async (): Promise<void> => {
    let failures = 0;
    while (!isStopped && failures < 100) {
      try {
        if (!step()) break;
      } catch (cause) {
        failures += 1;
        log.error("songs could not be taken up", { cause });
      }
      await Bun.sleep(pauseMs);
    }
    if (!isStopped) db.transaction(() => sweep.names());
  };
  const wake = () => {
    if (isStopped) return;
    working ??= work()
      .catch((cause: unknown) => log.error("songs could not be taken up", { cause }))
      .finally(() => {
        working = undefined;
        changed([...told]);
        told.clear();
        if (waiting.size > 0 || hasStrangers || lookFrom !== undefined) wake();
      });
  };
  const take = ({ libraryId, itemIds }: LibraryEvents["itemsChanged"]) => {
    for (const id of itemIds) waiting.add(id);
    told.add(libraryId);
    wake();
  };
  /** Another kind of a library makes songs of its files, or none. */
  const look = () => {
    const now = JSON.stringify(library.libraries().map(({ id, kind }) => [id, kind]));
    if (now === kinds) return;
    kinds = now;
    hasStrangers = true;
    lookFrom = 0;
    wake();
  };
  return {
    start: () => {
      ends.push(
        library.events.subscribe("itemsChanged", take),
        library.events.subscribe("itemsProbed", take),
        library.events.subscribe("itemsForgotten", take),
        library.events.subscribe("librariesChanged", look),
      );
      look();
    },
    /** Makes songs of a library anew at once: more is known of them. */
    again: (libraryId: number, itemIds: readonly number[]): void => {
      if (itemIds.length > 0) intake.take(itemIds);
      changedAtMs = clock.now();
      changed([libraryId]);
    },
    changedAtMs: () => changedAtMs,
    settled: async () => {
      while (working !== undefined) await working;
    },
    stop: async () => {
      isStopped = true;
      for (const end of ends) end();
      await working;
    },
  };
}
