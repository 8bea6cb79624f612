import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Exec } from "#platform/exec";
import type { Logger } from "#platform/log";
import { makeFilm, makePhoto, makeSong } from "./media.ts";
import { renderPdf } from "./pdf.ts";

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
const photoCount = 36;

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

/** Writes the household's files into a volume as any program would; the index finds them by itself. */
export async function furnish(volumePath: string, nowMs: number, exec: Exec, log: Logger): Promise<void> {
  const write = (path: string, content: string | Uint8Array, ageDays: number) => {
    const target = join(volumePath, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
    const seconds = (nowMs - ageDays * dayMs) / 1000;
    utimesSync(target, seconds, seconds);
  };
  let age = 1;
  for (const [path, text] of Object.entries(texts)) write(path, text, age++);
  write(
    "home/anna/Documents/House/Heating manual.pdf",
    renderPdf("Heating manual", "Turn the left valve slowly."),
    400,
  );
  for (let index = 0; index < photoCount; index++) {
    const ageDays = index * 11;
    const date = new Date(nowMs - ageDays * dayMs);
    const folder = `${date.getUTCFullYear()}/${String(date.getUTCMonth() + 1).padStart(2, "0")}`;
    const owner = index % 3 === 2 ? "spaces/Family/Photos" : "home/anna/Photos";
    write(`${owner}/${folder}/IMG_${2000 + index}.jpg`, await makePhoto(index), ageDays);
  }
  await furnishMedia(exec, log, (path, content) => write(path, content, 30));
}

/** Films and music need ffmpeg; without it the household has none. */
async function furnishMedia(
  exec: Exec,
  log: Logger,
  write: (path: string, content: Uint8Array) => void,
): Promise<void> {
  if (exec.which("ffmpeg") === null) {
    log.warn("ffmpeg is missing, so the demo has no films and no music");
    return;
  }
  write("spaces/Family/Films/Colour bars (2024).mp4", await makeFilm(exec, "smptehdbars"));
  write("spaces/Family/Films/Moving square (2025).mp4", await makeFilm(exec, "testsrc2"));
  write("home/anna/Music/Sine/01 A.mp3", await makeSong(exec, 440));
  write("home/anna/Music/Sine/02 E.mp3", await makeSong(exec, 659));
}
