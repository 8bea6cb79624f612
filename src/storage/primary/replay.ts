import {
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { Logger } from "#platform/log";
import { factsAt } from "./disk.ts";
import type { DiskFacts } from "./nodes.ts";
import { type Covered, planOf, type RedoRow, type Thing } from "./replay-plan.ts";
import type { Volume } from "./volumes.ts";

/** Files change within so long after they were logged without anybody having written to them: clocks are coarse. */
const clockSlackMs = 50;

/**
 * After a power cut: brings every file and folder of the log to the place where it stood after the last acknowledged act. What the
 * disk kept is moved, what it lost is made again from the log, what was replaced is removed. Where the disk shows a change later
 * than the log, the disk wins. Can be interrupted and begun again. Returns how many things had to be put right.
 */
export function replay(volume: Volume, rows: readonly RedoRow[], log: Logger): number {
  const { things, covered } = planOf(rows);
  const disk = createDisk(volume, log);
  const found = new Map(things.map((thing) => [thing, disk.find(thing)]));
  const isHome = (thing: Thing) => thing.place !== undefined && found.get(thing) === join(volume.path, thing.place);
  const leaving = new Set(things.flatMap((thing) => (isHome(thing) ? [] : (found.get(thing) ?? []))));
  // What already has its path, inside a folder that goes away from there, would be carried along or removed with it.
  const misplaced = things.filter((thing) => {
    const at = found.get(thing);
    if (at === undefined || thing.place === undefined) return false;
    return !isHome(thing) || foldersAbove(at, volume.path).some((folder) => leaving.has(folder));
  });
  let repeated = 0;
  const attempt = (work: () => boolean) => {
    try {
      if (work()) repeated++;
    } catch (cause) {
      log.error("an act could not be repeated from the redo log", { volume: volume.name, cause });
    }
  };
  // The deepest first, so that nothing is carried along by its folder; then the highest first, so that folders wait for their files.
  const deepFirst = misplaced.toSorted((a, b) => depth(found.get(b)) - depth(found.get(a)));
  for (const thing of deepFirst) attempt(() => disk.park(thing, found.get(thing)));
  for (const thing of things) if (thing.place === undefined) attempt(() => disk.removeReplaced(thing));
  const living = things
    .filter((thing) => thing.place !== undefined)
    .toSorted((a, b) => depth(a.place) - depth(b.place));
  for (const thing of living) {
    attempt(() => (found.get(thing) === undefined ? disk.make(thing) : disk.place(thing)));
    attempt(() => disk.refill(thing));
  }
  const places = new Set(living.map((thing) => thing.place));
  for (const place of covered) if (!places.has(place.path)) attempt(() => disk.uncover(place, things));
  disk.end();
  return repeated;
}

function foldersAbove(path: string, top: string): string[] {
  const folders: string[] = [];
  for (let folder = dirname(path); folder.length > top.length; folder = dirname(folder)) folders.push(folder);
  return folders;
}

function depth(path: string | undefined): number {
  return path?.split("/").length ?? 0;
}

function createDisk(volume: Volume, log: Logger) {
  const parking = join(volume.path, ".hearth", "redo");
  const parkedPath = (thing: Thing) => join(parking, String(thing.id));
  const target = (thing: Thing) => join(volume.path, thing.place ?? "");
  const isAt = (thing: Thing, path: string) => isSame(thing, factsAt(path));
  /** What stands in the way was there before the act, or came by a hand that must be respected. */
  const clear = (thing: Thing, path: string): boolean => {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined || isOlderFile(stats, thing.atMs)) return true;
    log.warn("the disk shows something later than the redo log; it stays", { volume: volume.name, path });
    return false;
  };

  return {
    find: (thing: Thing): string | undefined =>
      [parkedPath(thing), ...thing.places.toReversed().map((place) => join(volume.path, place))].find((path) =>
        isAt(thing, path),
      ),
    park: (thing: Thing, from: string | undefined): boolean => {
      if (from === undefined || from === parkedPath(thing)) return false;
      mkdirSync(parking, { recursive: true, mode: 0o700 });
      renameSync(from, parkedPath(thing));
      return true;
    },
    /** From the parking place to where it belongs; beside it under another name when that is taken by something later. */
    place: (thing: Thing): boolean => {
      if (!isAt(thing, parkedPath(thing))) return false;
      const path = target(thing);
      mkdirSync(dirname(path), { recursive: true });
      renameSync(parkedPath(thing), clear(thing, path) ? path : join(dirname(path), `recovered-${thing.id}`));
      return false;
    },
    make: (thing: Thing): boolean => {
      const path = target(thing);
      if (thing.made === undefined || !clear(thing, path)) return false;
      mkdirSync(dirname(path), { recursive: true });
      if (thing.made.act === "folder") {
        rmSync(path, { force: true });
        mkdirSync(path);
      } else fill(volume, thing.made, path);
      return true;
    },
    /** A file whose name reached the disk and whose content did not. */
    refill: (thing: Thing): boolean => {
      const { made } = thing;
      const path = target(thing);
      if (made === undefined || made.content === null || made.mtime_us === null) return false;
      const facts = factsAt(path);
      if (facts === undefined || !isSame(thing, facts) || facts.mtimeUs > made.mtime_us + 1) return false;
      if (facts.sizeBytes === made.content.byteLength && readFileSync(path).equals(made.content)) return false;
      fill(volume, made, path);
      return true;
    },
    removeReplaced: (thing: Thing): boolean => {
      const path = thing.places.map((place) => join(volume.path, place)).find((at) => isAt(thing, at));
      if (path === undefined) return false;
      rmSync(path, { recursive: true, force: true });
      return true;
    },
    uncover: ({ path, atMs }: Covered, things: readonly Thing[]): boolean => {
      const at = join(volume.path, path);
      const stats = lstatSync(at, { throwIfNoEntry: false });
      if (stats === undefined || !isOlderFile(stats, atMs) || things.some((thing) => isAt(thing, at))) return false;
      unlinkSync(at);
      return true;
    },
    end: () => {
      if (factsAt(parking) !== undefined) rmdirSync(parking);
    },
  };
}

/** The time of the last change of any kind, which nobody can set, says whether it is older than the act. */
function isOlderFile(stats: Stats, atMs: number): boolean {
  return !stats.isDirectory() && stats.ctimeMs <= atMs + clockSlackMs;
}

function isSame(thing: Thing, facts: DiskFacts | undefined): boolean {
  return facts !== undefined && facts.ino === thing.ino && Math.abs(facts.btimeUs - thing.btimeUs) <= 1;
}

/** Writes the logged content, with its time, into a new file at `path`; whole or not at all. */
export function fill(volume: Volume, made: RedoRow, path: string): void {
  const temporary = join(volume.stagePath, `redo-${made.id}`);
  const seconds = (made.mtime_us ?? 0) / 1e6;
  writeFileSync(temporary, made.content ?? new Uint8Array(), { flush: true });
  utimesSync(temporary, seconds, seconds);
  renameSync(temporary, path);
}
