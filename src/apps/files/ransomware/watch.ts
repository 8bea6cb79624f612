import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import type { Logger } from "#platform/log";
import type { Storage } from "#storage/primary";
import { createTally, type Profile, type Tally, thresholdAt } from "./detector.ts";
import { isDisk } from "./devices.ts";
import { dayMs, type Evidence, hourMs } from "./facts.ts";
import { factOf, type GatherDeps, type Step, stepsOf } from "./gather.ts";
import type { Repository } from "./repository.ts";
import { createSpared, type Spared } from "./spared.ts";

export interface WatchDeps {
  readonly db: Db;
  readonly storage: Storage;
  readonly clock: Clock;
  readonly log: Logger;
  readonly repository: Repository;
  readonly isCanary: GatherDeps["isCanary"];
  /** A device has reached its threshold. */
  readonly onAttack: (device: string, tally: Tally, profile: Profile) => void;
}

export interface Watch {
  start(): void;
  stop(): Promise<void>;
  /** Looks at everything that is in the log by now. */
  catchUp(): Promise<void>;
  /** Somebody has judged what a device did. */
  forget(device: string): void;
  state(): { readonly lastLookAtMs: number | null; readonly waiting: number };
}

/** How soon after a commit it is looked at, and while files are only added; commits of that time are looked at together. */
const lookAfterMs = 15;
const lookAtNewAfterMs = 300;
/** A pause so long ends a time in which files were only added. */
const goingOnMs = 1_000;
/** Entries taken from the log at a time. */
const pageSize = 64;
/** Contents read at the same time. */
const readers = 4;
/** Beyond it "very many" is all that one needs to know. */
const mostCounted = 1_000;
const maxPauseMs = 10;
const saveCursorEveryMs = 2_000;
const keepHours = 14 * 24;
const tidyEveryMs = hourMs;
/** Devices, and folders each has made lately, that are kept in memory. */
const maxDevices = 1_000;
const maxNewFolders = 20_000;
/** So long after it was made a folder is part of what is being unpacked or copied. */
const newForMs = hourMs;
/** Overwrites of a device in an hour whose whole content is compared; after that one in eight. */
const deepEachHour = 300;
/** Numbers of a space that the look may lag behind before it reads one in `every` contents: a tree of 50,000 files unpacked at once. */
const sampling = [
  { behind: 150_000, create: 64, other: 8 },
  { behind: 30_000, create: 8, other: 2 },
] as const;

interface Watched {
  readonly tally: Tally;
  /** Folder → when the device made it. */
  readonly newFolders: Map<number, number>;
  hour: number;
  changes: number;
  risky: number;
  overwrites: number;
  /** Risky ones of this hour, whatever was saved of them. */
  riskyThisHour: number;
  readonly spared: Spared;
}

/** A step whose content is to be looked at, or not. */
interface Due {
  readonly step: Step;
  readonly one: Watched;
  readonly look: Parameters<typeof factOf>[2];
}

/**
 * Reads the change log behind the commits, never in their way: what waits to be looked at is the log itself, so a burst costs no
 * memory and a restart goes on where it was.
 */
export function createWatch(deps: WatchDeps): Watch {
  const { db, storage, clock, log, repository } = deps;
  const cursors = new Map<number, { seq: number; savedSeq: number }>();
  const devices = new Map<string, Watched>();
  const pending = new Set<number>();
  let stored = new Map<string, Evidence[]>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let tidyTimer: ReturnType<typeof setInterval> | undefined;
  let working: Promise<void> | undefined;
  let stopped = true;
  let lastLookAtMs: number | null = null;
  /** As the last look found it. */
  let isOnlyAdding = false;
  let dueAt = 0;
  let savedAtMs = 0;

  const watched = (device: string): Watched => {
    let one = devices.get(device);
    if (one !== undefined) return one;
    const counts = { hour: 0, changes: 0, risky: 0, overwrites: 0, riskyThisHour: 0 };
    one = { tally: createTally(), newFolders: new Map(), spared: createSpared(), ...counts };
    one.tally.restore(stored.get(device) ?? []);
    devices.set(device, one);
    const [oldest] = devices.keys();
    if (devices.size > maxDevices && oldest !== undefined) {
      saveHour(oldest, devices.get(oldest));
      devices.delete(oldest);
    }
    return one;
  };
  const saveHour = (device: string, one: Watched | undefined): void => {
    if (one === undefined || one.changes === 0) return;
    repository.countHour(device, one.hour, one.changes, one.risky);
    one.changes = 0;
    one.risky = 0;
  };
  const count = (step: Step): Watched => {
    const one = watched(step.device);
    const hour = Math.floor(step.change.atMs / hourMs);
    if (one.hour !== hour) {
      saveHour(step.device, one);
      one.hour = hour;
      one.overwrites = 0;
      one.riskyThisHour = 0;
      one.spared.newHour(step.change.atMs);
    }
    one.changes += 1;
    if (isRisky(step)) {
      one.risky += 1;
      one.riskyThisHour += 1;
    }
    if (step.kind === "overwrite") one.overwrites += 1;
    const makesFolder = step.node.kind === "folder" && (step.kind === "create" || step.change.act === "copy");
    if (makesFolder) rememberFolder(one.newFolders, step.node.id, step.change.atMs);
    return one;
  };
  const gather: GatherDeps = {
    storage,
    nowMs: clock.now,
    isCanary: deps.isCanary,
    isNewFolder: (device, folderId, atMs) => {
      const madeAtMs = devices.get(device)?.newFolders.get(folderId);
      return madeAtMs !== undefined && atMs - madeAtMs < newForMs;
    },
  };

  const profileOf = (device: string): Profile => ({
    threshold: thresholdAt(repository.lesson(device), clock.now()),
    riskyUsually: repository.busiest(device, Math.floor(clock.now() / hourMs)),
    isDisk: isDisk(device),
  });

  const weigh = (device: string, one: Watched, found: readonly Evidence[]): void => {
    if (found.length === 0) return;
    for (const evidence of found) repository.addEvidence(device, evidence);
    const profile = profileOf(device);
    if (one.tally.verdict(profile, clock.now()).isAttack) deps.onAttack(device, one.tally, profile);
  };

  /** True when there is more. */
  const lookAtPage = async (spaceId: number): Promise<boolean> => {
    const cursor = cursorOf(spaceId);
    const changes = storage.changes.after(spaceId, cursor.seq, pageSize);
    const last = changes.at(-1);
    if (last === undefined) return false;
    const behind = storage.changes.lastNumber(spaceId) - last.seq;
    const steps = stepsOf(storage, changes).filter(
      ({ kind, change }) => kind !== "other" || change.act === "copy" || change.act === "move",
    );
    const due = steps.flatMap((step) => dueOf(step, count(step), behind));
    isOnlyAdding = steps.length > 0 && due.length < steps.length / 2 && !steps.some(isRisky);
    for (let at = 0; at < due.length && !stopped; at += readers) {
      const portion = due.slice(at, at + readers);
      const facts = await Promise.all(portion.map(({ step, look }) => factOf(gather, step, look)));
      for (const [index, fact] of facts.entries()) {
        const { step, one } = portion[index] as Due;
        if (fact !== undefined) weigh(step.device, one, one.tally.add(fact));
      }
    }
    if (stopped) return false;
    for (const [device, group] of Map.groupBy(steps.filter(isRisky), ({ device }) => device)) {
      storage.pace.looked(device, group.length);
    }
    cursor.seq = last.seq;
    if (clock.now() - savedAtMs > saveCursorEveryMs) saveCursors();
    return changes.length === pageSize;
  };

  const cursorOf = (spaceId: number) => {
    let cursor = cursors.get(spaceId);
    if (cursor === undefined) {
      // A space that was never looked at begins now: what it held before is nobody's act.
      const seq = storage.changes.lastNumber(spaceId);
      cursor = { seq, savedSeq: -1 };
      cursors.set(spaceId, cursor);
    }
    return cursor;
  };
  const saveCursors = (): void => {
    savedAtMs = clock.now();
    db.transaction(() => {
      for (const [spaceId, cursor] of cursors) {
        if (cursor.savedSeq === cursor.seq) continue;
        repository.saveCursor(spaceId, cursor.seq);
        cursor.savedSeq = cursor.seq;
      }
      for (const [device, one] of devices) saveHour(device, one);
    });
  };

  const work = async (): Promise<void> => {
    while (pending.size > 0 && !stopped) {
      for (const spaceId of [...pending]) {
        const startedAt = performance.now();
        // Taken out before it is read: what comes while this page is weighed is looked at as well.
        pending.delete(spaceId);
        const more = await lookAtPage(spaceId);
        if (more) pending.add(spaceId);
        lastLookAtMs = clock.now();
        // Half of the time belongs to whoever waits for an answer.
        if (more) await Bun.sleep(Math.min(maxPauseMs, performance.now() - startedAt));
      }
    }
    storage.pace.caughtUp();
  };
  const run = (): Promise<void> => {
    working ??= work()
      .catch((cause: unknown) => {
        pending.clear();
        log.error("the change log could not be looked at", { cause });
      })
      .finally(() => {
        working = undefined;
        if (pending.size > 0 && !stopped) schedule();
      });
    return working;
  };
  const schedule = (): void => {
    if (working !== undefined || stopped) return;
    // After a pause it is a new matter.
    const isGoingOn = isOnlyAdding && clock.now() - (lastLookAtMs ?? 0) < goingOnMs;
    const afterMs = isGoingOn && !storage.pace.isAhead() ? lookAtNewAfterMs : lookAfterMs;
    const at = performance.now() + afterMs;
    if (timer !== undefined && dueAt <= at) return;
    clearTimeout(timer);
    dueAt = at;
    timer = setTimeout(() => {
      timer = undefined;
      void run();
    }, afterMs);
  };
  const tidy = (): void => {
    saveCursors();
    repository.forgetHoursBefore(Math.floor(clock.now() / hourMs) - keepHours);
    repository.forgetEvidenceBefore(clock.now() - dayMs);
  };

  storage.events.subscribe("changed", ({ spaceId }) => {
    pending.add(spaceId);
    schedule();
  });
  storage.events.subscribe("spaceCreated", ({ spaceId }) => void cursorOf(spaceId));

  return {
    start: () => {
      stopped = false;
      storage.pace.begin();
      for (const { space_id: spaceId, seq } of repository.cursors()) cursors.set(spaceId, { seq, savedSeq: seq });
      stored = repository.openEvidence(clock.now() - dayMs);
      for (const { id } of storage.spaces()) {
        cursorOf(id);
        pending.add(id);
      }
      tidyTimer = setInterval(tidy, tidyEveryMs);
      schedule();
    },
    stop: async () => {
      stopped = true;
      storage.pace.end();
      clearTimeout(timer);
      clearInterval(tidyTimer);
      await working;
      saveCursors();
    },
    catchUp: async () => {
      for (const { id } of storage.spaces()) pending.add(id);
      clearTimeout(timer);
      timer = undefined;
      await run();
    },
    forget: (device) => {
      devices.get(device)?.tally.clear();
      stored.delete(device);
    },
    state: () => ({
      lastLookAtMs,
      // Numbers also go to folders, whose entries tell nothing: only a part is changes.
      waiting: [...cursors].reduce((sum, [id, { seq }]) => sum + storage.changes.after(id, seq, mostCounted).length, 0),
    }),
  };
}

/** What can lose something, as the storage counts it too. */
const isRisky = ({ kind, change }: Step): boolean =>
  kind === "rename" || kind === "overwrite" || kind === "delete" || change.act === "move";

/** The step, if it is looked at at all, behind what it makes worth reading. */
function dueOf(step: Step, one: Watched, behind: number): Due[] {
  if (step.kind === "create" && step.node.kind === "file" && one.spared.spares(step, one.riskyThisHour)) return [];
  const before = one.spared.due(step).map((made) => ({ step: made, one, look: { read: true, deep: false } }));
  return [...before, { step, one, look: lookOf(step, one, behind) }];
}

function rememberFolder(folders: Map<number, number>, id: number, atMs: number): void {
  folders.set(id, atMs);
  const [oldest] = folders.keys();
  if (folders.size > maxNewFolders && oldest !== undefined) folders.delete(oldest);
}

function lookOf({ kind, node }: Step, { overwrites }: Watched, behind: number): { read: boolean; deep: boolean } {
  const rule = sampling.find((one) => behind > one.behind);
  const every = kind === "create" ? rule?.create : rule?.other;
  return {
    read: every === undefined || node.id % every === 0,
    deep: overwrites <= deepEachHour || node.id % 8 === 0,
  };
}
