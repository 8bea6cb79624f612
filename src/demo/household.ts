import { mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Exec } from "#platform/exec";
import type { Logger } from "#platform/log";
import type { Scene } from "./film-texts.ts";
import { makeFilms } from "./films.ts";
import { makeMusic, recordSong } from "./music.ts";
import { renderPdf } from "./pdf.ts";
import { makeMotionPhoto, makePhotos } from "./photos.ts";
import { clipOf, makeScene, sceneS } from "./scenes.ts";
import { createWorkshop, type Workshop } from "./workshop.ts";

export const people = [
  { name: "anna", displayName: "Anna", role: "owner" },
  { name: "ben", displayName: "Ben", role: "member" },
  { name: "clara", displayName: "Clara", role: "member" },
  { name: "opa", displayName: "Opa Karl", role: "guest" },
] as const;

/** The same for everybody: the household lives in a temporary folder on this machine only. */
export const demoPassword = "hearth-demo";
export const sharedSpace = "Family";

const dayMs = 86_400_000;

const texts: Readonly<Record<string, string>> = {
  "home/anna/Documents/Readme.md":
    "# Welcome\n\nThis household is made up. Try things:\n\n- drag a folder onto the page\n- share a file by a link\n- delete something and press **Undo**\n\n```sh\ncurl -u anna -T photo.jpg http://localhost:8420/dav/home/\n```\n",
  "home/anna/Documents/House/Insurance.txt": "Policy 4711-08\nHousehold contents, renewed every March.\n",
  "home/anna/Documents/House/Meter readings.csv":
    "date,electricity kWh,water m3\n2026-01-01,10231,412\n2026-07-01,11920,451\n",
  "home/anna/Documents/Recipes/Plum cake.md":
    "# Plum cake\n\n500 g plums, 200 g flour, 120 g butter, 2 eggs.\n\n1. Mix.\n2. Bake for 40 minutes at 180 °C.\n",
  "home/ben/School/Essay.md": "# The river\n\nFirst draft, do not read yet.\n",
  "home/clara/Notes/Garden.txt": "Tomatoes: sow in March, outside in May.\n",
  "spaces/Family/Shopping list.md": "- [ ] bread\n- [ ] apples\n- [x] light bulbs\n",
  "spaces/Family/Holiday/Packing.txt": "Passports, charger, sun hat, cards.\n",
};

export interface Place {
  /** Where the files of the household are. */
  readonly volume: string;
  /** On the same file system, outside of the volume. */
  readonly scratch: string;
  readonly nowMs: number;
  readonly exec: Exec;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Journeys whose pictures are there from the start; the others follow. */
const firstJourneys = 2;

/** Writes the first files of the household into a volume as any program would; the index finds them by itself. */
export async function furnish(place: Place): Promise<void> {
  let age = 1;
  for (const [path, text] of Object.entries(texts)) write(place, path, text, place.nowMs - age++ * dayMs);
  const manual = renderPdf("Heating manual", "Turn the left valve slowly.");
  write(place, "home/anna/Documents/House/Heating manual.pdf", manual, place.nowMs - 400 * dayMs);
  await Promise.all([takePhotos(place, 0, firstJourneys), record(place)]);
}

/** What takes longer: films, a series, music and the other pictures. Each is put into the volume when it is whole. */
export async function furnishMedia(place: Place): Promise<void> {
  const { nowMs } = place;
  write(place, "spaces/Family/Videos/Wedding tape 1998.avi", brokenTape(), nowMs - 300 * dayMs);
  const inHouse = async () => {
    await takePhotos(place, firstJourneys);
    if (hasFfmpeg(place)) await makeMusic(workshopOf(place, "music", 60));
  };
  const films = async () => {
    if (hasFfmpeg(place)) await makeFilms(workshopOf(place, "films", 40), nowMs);
  };
  await Promise.all([inHouse(), films()]);
}

function write({ volume }: Place, path: string, content: string | Uint8Array, atMs: number): void {
  const target = join(volume, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, content);
  utimesSync(target, atMs / 1000, atMs / 1000);
}

async function takePhotos(place: Place, from: number, to?: number): Promise<void> {
  for await (const { path, content, atMs } of makePhotos(place.nowMs, from, to)) {
    place.signal.throwIfAborted();
    write(place, path, content, atMs);
  }
}

function workshopOf({ volume, scratch, nowMs, exec, signal }: Place, name: string, ageDays: number): Workshop {
  return createWorkshop({ volume, folder: join(scratch, name), atMs: nowMs - ageDays * dayMs, exec, signal });
}

const hasFfmpeg = ({ exec }: Place) => exec.which("ffmpeg") !== null;

/** Two short videos, a song and a picture with its moment: they need ffmpeg. */
async function record(place: Place): Promise<void> {
  if (!hasFfmpeg(place)) {
    place.log.warn("ffmpeg is missing, so the demo has no films and no music");
    return;
  }
  const workshop = workshopOf(place, "first", 120);
  for (const [name, scene] of Object.entries(clips)) {
    const file = await makeScene(workshop, "clip", scene);
    if (name === "Waves") {
      const moment = readFileSync(await clipOf(workshop, file, "moment", 2.5));
      const { path, content, atMs } = await makeMotionPhoto(place.nowMs, scene, moment);
      write(place, path, content, atMs);
    }
    workshop.place(`spaces/Family/Videos/${name}.mp4`, { scratch: await clipOf(workshop, file, "whole", sceneS) });
  }
  await recordSong(workshop, "spaces/Family/Holiday/Song of the sea.mp3");
}

const clips: Readonly<Record<string, Scene>> = {
  Waves: { seed: 251, ground: "coast", palette: "dawn" },
  Fjord: { seed: 252, ground: "lake", palette: "dusk" },
};

/** Begins like a film and is none: the page says so and goes on. */
const brokenTape = () => Buffer.concat([Buffer.from("RIFF\0\0\0\0AVI LIST"), Buffer.alloc(40_000, 0x5a)]);
