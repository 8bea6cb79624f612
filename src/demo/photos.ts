import sharp from "sharp";
import { AppError } from "#platform/errors";
import { type Chance, createChance } from "./chance.ts";
import { type Journey, journeys } from "./journeys.ts";
import type { Scene } from "./film-texts.ts";
import { drawLandscape } from "./landscape.ts";
import { motionPhoto } from "./motion.ts";
import { sceneSize } from "./scenes.ts";

export interface MadeFile {
  /** Below the volume. */
  readonly path: string;
  readonly content: Uint8Array;
  readonly atMs: number;
}

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const long = 1600;
const quality = 80;

/** How wide the long side is in relation to the short one, upright ones with the second number first. */
const shapes = [
  [4, 3],
  [3, 2],
  [3, 4],
  [16, 9],
  [4, 3],
] as const;

interface Shot {
  readonly journey: Journey;
  readonly seed: number;
  readonly atMs: number;
  readonly width: number;
  readonly height: number;
  readonly latitude: number;
  readonly longitude: number;
}

/** Pictures of the journeys from one to another, the latest journey first; each is drawn when it is asked for. */
export async function* makePhotos(nowMs: number, from = 0, to = journeys.length): AsyncGenerator<MadeFile> {
  for (const [index, journey] of journeys.entries()) {
    if (index < from || index >= to) continue;
    const shots = shotsOf(journey, index, nowMs);
    for (const shot of shots) yield await photoOf(shot);
    const [first] = shots;
    if (first !== undefined && index < 3) yield await lookAlike(first);
    if (first !== undefined && index === 0) yield* burst(first);
  }
}

/** Pictures of a journey at sensible hours of its days, within a few kilometres. */
function shotsOf(journey: Journey, at: number, nowMs: number): Shot[] {
  const chance = createChance(500 + at);
  const beginMs = Math.floor(nowMs / dayMs - journey.daysAgo) * dayMs;
  return Array.from({ length: journey.count }, (_, index) => {
    const [across, down] = shapes[(index * 3 + at) % shapes.length] ?? shapes[0];
    const scale = long / Math.max(across, down);
    return {
      journey,
      seed: 1000 + at * 100 + index,
      atMs: beginMs + hourOf(chance, journey, index),
      width: Math.round(across * scale),
      height: Math.round(down * scale),
      latitude: journey.latitude + chance.between(-0.06, 0.06),
      longitude: journey.longitude + chance.between(-0.09, 0.09),
    };
  });
}

function hourOf(chance: Chance, { days, count, offsetHours }: Journey, index: number): number {
  const day = Math.floor((index / count) * days);
  return day * dayMs + (chance.between(7, 20) - offsetHours) * hourMs;
}

async function photoOf(shot: Shot): Promise<MadeFile> {
  return { path: pathOf(shot, ""), content: await render(shot, shot.width, quality), atMs: shot.atMs };
}

/** A picture whose moment, a few seconds of MP4, is behind it; both show the same place. */
export async function makeMotionPhoto(nowMs: number, scene: Scene, moment: Uint8Array): Promise<MadeFile> {
  const journey = journeys[1] ?? journeys[0];
  const [shot] = journey === undefined ? [] : shotsOf(journey, 1, nowMs);
  if (shot === undefined) throw new AppError("internal", "There is no journey to take a picture on.");
  const taken = { ...shot, width: 1280, height: 720, atMs: shot.atMs + hourMs / 2 };
  const still = await sharp(Buffer.from(drawLandscape({ ...scene, ...sceneSize })))
    .extract({ left: 0, top: 0, width: taken.width, height: taken.height })
    .withExif(exifOf(taken, createChance(scene.seed)))
    .jpeg({ quality })
    .toBuffer();
  return { path: pathOf(taken, ".MP"), content: motionPhoto(still, moment), atMs: taken.atMs };
}

/** What a messenger leaves of a picture: smaller, and with another name. */
async function lookAlike(shot: Shot): Promise<MadeFile> {
  const content = await render(shot, Math.round(shot.width * 0.55), 62);
  return { path: pathOf(shot, "", " (copy)"), content, atMs: shot.atMs };
}

async function* burst(shot: Shot): AsyncGenerator<MadeFile> {
  for (let index = 0; index < 4; index++) {
    const one = { ...shot, atMs: shot.atMs + hourMs + index * 200, seed: shot.seed + 40 };
    const suffix = `_BURST00${index + 1}${index === 1 ? "_COVER" : ""}`;
    const at = { ...one, atMs: shot.atMs + hourMs };
    yield { path: pathOf(at, suffix), content: await render(one, one.width, quality, index * 9), atMs: one.atMs };
  }
}

function pathOf({ journey, atMs }: Shot, suffix: string, ending = ""): string {
  const local = new Date(atMs + journey.offsetHours * hourMs).toISOString();
  const name = `IMG_${local.slice(0, 10).replaceAll("-", "")}_${local.slice(11, 19).replaceAll(":", "")}`;
  const root = journey.isShared ? "spaces/Family/Photos" : "home/anna/Photos";
  return `${root}/${local.slice(0, 4)}/${journey.name}/${name}${suffix}${ending}.jpg`;
}

/** `shiftPx`: the camera was moved by so much. */
async function render(shot: Shot, width: number, level: number, shiftPx = 0): Promise<Uint8Array> {
  const { journey, seed } = shot;
  const chance = createChance(seed);
  const svg = drawLandscape({
    ...{ seed, width: shot.width + 40, height: shot.height },
    ground: chance.pick(journey.grounds),
    palette: chance.pick(journey.palettes),
  });
  return sharp(Buffer.from(svg))
    .extract({ left: shiftPx, top: 0, width: shot.width, height: shot.height })
    .resize(width)
    .withExif(exifOf(shot, chance))
    .jpeg({ quality: level, mozjpeg: false })
    .toBuffer();
}

function exifOf({ journey, atMs, latitude, longitude }: Shot, chance: Chance) {
  const { camera, offsetHours, name } = journey;
  const local = new Date(atMs + offsetHours * hourMs).toISOString();
  const taken = `${local.slice(0, 10).replaceAll("-", ":")} ${local.slice(11, 19)}`;
  const zone = `+${String(offsetHours).padStart(2, "0")}:00`;
  return {
    IFD0: { Make: camera.make, Model: camera.model, ImageDescription: name, Orientation: "1", DateTime: taken },
    IFD2: {
      ...{ DateTimeOriginal: taken, OffsetTimeOriginal: zone, FNumber: chance.pick(["18/10", "28/10", "8/1"]) },
      ...{ ExposureTime: chance.pick(["1/250", "1/60", "1/1000"]), ISOSpeedRatings: chance.pick(["64", "200", "800"]) },
      FocalLength: chance.pick(["24/1", "35/1", "69/10"]),
    },
    IFD3: {
      ...{ GPSLatitudeRef: latitude < 0 ? "S" : "N", GPSLatitude: degrees(latitude) },
      ...{ GPSLongitudeRef: longitude < 0 ? "W" : "E", GPSLongitude: degrees(longitude) },
    },
  };
}

/** Degrees, minutes and hundredths of seconds as EXIF writes them. */
function degrees(value: number): string {
  const hundredths = Math.round(Math.abs(value) * 360_000);
  return `${Math.floor(hundredths / 360_000)}/1 ${Math.floor(hundredths / 6000) % 60}/1 ${hundredths % 6000}/100`;
}
