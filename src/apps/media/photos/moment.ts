import type { TakenSource } from "./schemas.ts";

/** When a picture was taken. */
export interface Taken {
  /** The clock on the wall, as if it were UTC. */
  readonly localMs: number;
  readonly offsetMinutes: number | null;
  readonly from: TakenSource;
}

/** What a file says of its time, each part as it is written there. */
export interface TimeWords {
  /** XMP beside the file. */
  readonly sidecar: string | null;
  /** EXIF DateTimeOriginal, else DateTimeDigitized, in the clock of the camera. */
  readonly camera: string | null;
  /** EXIF OffsetTimeOriginal, as `+02:00`. */
  readonly zone: string | null;
  /** XMP inside the file, IPTC, PNG, or QuickTime: date, time, zone if it has one. */
  readonly embedded: string | null;
  /** UTC. */
  readonly gps: string | null;
  /** A moment in UTC, as films have it. */
  readonly utc: string | null;
  /** EXIF DateTime: when it was changed last. */
  readonly changed: string | null;
  /** Of the file's name: local, `2024-01-31` or with a time. */
  readonly name: string | null;
}

export const noWords: TimeWords = {
  ...{ sidecar: null, camera: null, zone: null, embedded: null, gps: null, utc: null, changed: null, name: null },
};

interface Surroundings {
  readonly fileMs: number;
  readonly nowMs: number;
  /** Minutes east of UTC at a moment, where the household lives. */
  readonly homeOffset: (atMs: number) => number;
}

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const maxOffset = 15 * 60;
const earliestMs = Date.UTC(1826, 0, 1);

interface Written {
  readonly localMs: number;
  readonly offsetMinutes: number | null;
  readonly hasTime: boolean;
}

const pattern =
  /^\s*(\d{4})[-:./](\d{1,2})[-:./](\d{1,2})(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,3})\d*)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?/;

/** Reads `2024:01:31 12:30:05`, `2024-01-31T12:30:05.12+01:00` and their like; null for anything that is no date. */
export function readMoment(text: string | null): Written | null {
  const found = text === null ? null : pattern.exec(text);
  if (found === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const thousandth = Number((found[7] ?? "0").padEnd(3, "0"));
  const localMs = Date.UTC(year, month - 1, day, hour, minute, second, thousandth);
  const date = new Date(localMs);
  if (year < 1826 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || hour > 23 || minute > 59)
    return null;
  return { localMs, offsetMinutes: readOffset(found[8] ?? null), hasTime: found[4] !== undefined };
}

/** Minutes east of UTC of `+02:00`, `-0330` or `Z`; null for anything else. */
function readOffset(text: string | null): number | null {
  if (text === null) return null;
  if (text.trim() === "Z") return 0;
  const found = /^\s*([+-])(\d{2}):?(\d{2})/.exec(text);
  if (found === null) return null;
  const minutes = Number(found[2]) * 60 + Number(found[3]);
  return minutes > maxOffset ? null : found[1] === "-" ? -minutes : minutes;
}

/** The time of a picture from the surest that it says. Always answers: at last by the time of the file. */
export function takenOf(words: TimeWords, around: Surroundings): Taken {
  const isSound = ({ localMs }: Written) => localMs >= earliestMs && localMs <= around.nowMs + 2 * dayMs;
  const sound = (text: string | null) => {
    const written = readMoment(text);
    return written !== null && isSound(written) ? written : null;
  };
  const gps = sound(words.gps);
  const named = sound(words.name);
  const zonedBy = (written: Written, zone: number | null, plain: TakenSource): Taken => {
    const offset = written.offsetMinutes ?? zone ?? offsetBetween(written.localMs, gps?.localMs);
    return {
      localMs: written.localMs,
      offsetMinutes: offset,
      from: offset !== null && plain === "camera" ? "zoned" : plain,
    };
  };
  const beside = sound(words.sidecar);
  if (beside?.hasTime === true) return zonedBy(beside, null, "sidecar");
  const camera = sound(words.camera);
  if (camera !== null) return zonedBy(camera, readOffset(words.zone), "camera");
  const embedded = sound(words.embedded);
  if (embedded?.hasTime === true) return zonedBy(embedded, null, "camera");
  const utc = sound(words.utc);
  if (utc !== null) return inClockOf(utc.localMs, named, around, "camera");
  if (gps !== null) return inClockOf(gps.localMs, named, around, "gps");
  if (named !== null) return { localMs: named.localMs + atNoon(named), offsetMinutes: null, from: "name" };
  if (embedded !== null) return { localMs: embedded.localMs + atNoon(embedded), offsetMinutes: null, from: "camera" };
  const changed = sound(words.changed);
  if (changed !== null) return zonedBy(changed, null, "camera");
  const fileMs = Math.min(Math.max(around.fileMs, earliestMs), around.nowMs + 2 * dayMs);
  return { ...atHome(fileMs, around), from: "file" };
}

/** A day without a time is shown in its middle. */
const atNoon = ({ hasTime }: Written) => (hasTime ? 0 : dayMs / 2);

/** What a camera's clock was ahead of UTC, when its picture also has the time of the satellites; zones are whole quarters of an hour. */
function offsetBetween(localMs: number, utcMs: number | undefined): number | null {
  if (utcMs === undefined) return null;
  const minutes = Math.round((localMs - utcMs) / minuteMs / 15) * 15;
  const isNear = Math.abs((localMs - utcMs) / minuteMs - minutes) <= 3;
  return isNear && Math.abs(minutes) <= maxOffset ? minutes : null;
}

/** A moment in UTC on the clock of the file's name when that fits, else of the household. */
function inClockOf(utcMs: number, named: Written | null, around: Surroundings, from: TakenSource): Taken {
  const offset = named?.hasTime === true ? offsetBetween(named.localMs, utcMs) : null;
  if (named !== null && offset !== null) return { localMs: named.localMs, offsetMinutes: offset, from: "zoned" };
  return { ...atHome(utcMs, around), from };
}

function atHome(utcMs: number, { homeOffset }: Surroundings) {
  const offsetMinutes = homeOffset(utcMs);
  return { localMs: utcMs + offsetMinutes * minuteMs, offsetMinutes };
}

/** 20240131 of a time on the wall. */
export function dayOf(localMs: number): number {
  const date = new Date(localMs);
  return date.getUTCFullYear() * 10_000 + (date.getUTCMonth() + 1) * 100 + date.getUTCDate();
}

/** Months since the year 0 of such a day. */
export function monthOf(day: number): number {
  return Math.floor(day / 10_000) * 12 + (Math.floor(day / 100) % 100) - 1;
}
