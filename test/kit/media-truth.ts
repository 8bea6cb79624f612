import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import type { Clip } from "./media-clips.ts";
import { decodePictures, decodeSound } from "./media-decode.ts";
import { numberLimit } from "./media-picture.ts";
import { findBeep, sampleRate } from "./media-sound.ts";

/** What ffmpeg sees and hears in a clip itself: what streaming must give, too. */
export interface Truth {
  /** When picture n is shown, in seconds from picture 0. */
  readonly shownAt: readonly number[];
  /** End of the last picture. */
  readonly endSeconds: number;
  /** For each sound track, how much later than its flash a chirp begins, in seconds (priming that the container does not tell of). */
  readonly soundLate: readonly number[];
}

/** Long sound says the same all the time. */
const soundSeconds = 30;

async function soundLateness(clip: Clip, track: number, firstPictureSeconds: number): Promise<number> {
  const options = clip.recipe.seconds > soundSeconds ? ["-t", String(soundSeconds)] : [];
  const { value } = await decodeSound(clip.path, track, options);
  const late = clip.flashes.flatMap((picture) => {
    const expected = (firstPictureSeconds + clip.secondsOf(picture) - value.startSeconds) * sampleRate;
    const found = findBeep(value.samples, expected, clip.recipe.sound[track]?.chirp ?? "up");
    return found !== undefined && found.likeness > 0.7 ? [(found.sample - expected) / sampleRate] : [];
  });
  if (late.length === 0) throw new Error(`no chirp is heard in track ${track} of ${clip.path}`);
  return late.toSorted((a, b) => a - b)[Math.floor(late.length / 2)] ?? 0;
}

async function find(clip: Clip): Promise<Truth> {
  const { value: pictures } = await decodePictures(clip.path);
  const first = pictures[0]?.seconds ?? 0;
  const wrong = pictures.findIndex(({ number }, index) => number !== index % numberLimit);
  if (wrong !== -1 || pictures.length !== clip.pictures)
    throw new Error(`${clip.path}: picture ${wrong} is not itself`);
  const shownAt = pictures.map(({ seconds }) => seconds - first);
  const worst = shownAt.reduce(
    (most, seconds, picture) => Math.max(most, Math.abs(seconds - clip.secondsOf(picture))),
    0,
  );
  if (worst > 0.001) throw new Error(`${clip.path}: a picture is ${worst} s from where it was meant`);
  const soundLate: number[] = [];
  // Where a file holds no times, its first picture belongs to its start, whatever a decoder makes of the order.
  const origin = clip.recipe.hasNoTimes === true ? 0 : first;
  for (const track of clip.recipe.sound.keys()) soundLate.push(await soundLateness(clip, track, origin));
  const lastStep = clip.recipe.rate[1] / clip.recipe.rate[0];
  return { shownAt, endSeconds: (shownAt.at(-1) ?? 0) + lastStep, soundLate };
}

/** Found once and kept beside the clip. */
export async function truthOf(clip: Clip): Promise<Truth> {
  const path = `${clip.path}.truth.json`;
  if (existsSync(path)) return JSON.parse(readFileSync(path, "utf8")) as Truth;
  const truth = await find(clip);
  writeFileSync(`${path}.${process.pid}`, JSON.stringify(truth));
  renameSync(`${path}.${process.pid}`, path);
  return truth;
}
