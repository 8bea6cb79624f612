import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drawPicture } from "./media-picture.ts";
import { type ClipName, type ClipRecipe, longClip, recipes } from "./media-recipes.ts";
import { type Chirp, makeSound } from "./media-sound.ts";
import { assText, type Cue, pgsBytes, srtText } from "./media-subtitles.ts";

export { type ClipName, longClip, recipes };

/** A generated film, and what is to be seen and heard in it. All times count from its first picture. */
export interface Clip {
  readonly name: ClipName;
  readonly recipe: ClipRecipe;
  readonly path: string;
  readonly pictures: number;
  /** When picture n begins, as it was given to the encoder; containers round it to their clock. */
  secondsOf(picture: number): number;
  /** Pictures with a flash, each the first of a second; the chirp of every sound track begins with them. */
  readonly flashes: readonly number[];
  readonly cues: readonly Cue[];
}

const clockHz = 90_000;
const makeTimeoutMs = 180_000;
/** More of it for each second of a film, on a busy machine. */
const makeMsPerSecond = 200;
/** The sound of a long film is made for as long as its flashes need to come to whole seconds again, and repeated. */
const repeatedAfterSeconds = 60;

/** Ticks of 1/90000 s: each picture somewhat early or late, and two pictures missing in every sixty. */
function irregularTicks(picture: number): number {
  return picture * 3000 + ((picture * 7919) % 1201) + Math.floor(picture / 60) * 6000;
}

function secondsOf(recipe: ClipRecipe, picture: number): number {
  return recipe.isIrregular
    ? (irregularTicks(picture) - irregularTicks(0)) / clockHz
    : (picture * recipe.rate[1]) / recipe.rate[0];
}

function describe(name: ClipName, path: string): Clip {
  const recipe: ClipRecipe = recipes[name];
  const regular = Math.round((recipe.seconds * recipe.rate[0]) / recipe.rate[1]);
  const pictures = Array.from({ length: regular }, (_, picture) => picture).filter(
    (picture) => secondsOf(recipe, picture) < recipe.seconds - 1e-6,
  ).length;
  const secondOf = (picture: number) => Math.floor(secondsOf(recipe, picture) + 1e-9);
  const flashes = Array.from({ length: pictures }, (_, picture) => picture).filter(
    (picture) => picture > 0 && secondOf(picture) > secondOf(picture - 1),
  );
  const cues = flashes.map((picture) => {
    const startSeconds = secondsOf(recipe, picture);
    return { startSeconds, endSeconds: startSeconds + 0.5, text: `picture ${picture}` };
  });
  return { name, recipe, path, pictures, secondsOf: (picture) => secondsOf(recipe, picture), flashes, cues };
}

/** Grey pictures, one after the other, to the encoder's input. */
async function sendPictures(clip: Clip, sink: Bun.FileSink): Promise<void> {
  const { width, height } = clip.recipe;
  const flashing = new Set(clip.flashes.flatMap((picture) => [picture, picture + 1]));
  const perWrite = Math.max(1, Math.floor(1_000_000 / (width * height)));
  for (let first = 0; first < clip.pictures; first += perWrite) {
    const count = Math.min(perWrite, clip.pictures - first);
    const bytes = new Uint8Array(count * width * height);
    for (let index = 0; index < count; index++) {
      const target = bytes.subarray(index * width * height, (index + 1) * width * height);
      drawPicture(target, width, height, first + index, flashing.has(first + index));
    }
    await sink.write(bytes);
    await sink.flush();
  }
  await sink.end();
}

function soundFile(clip: Clip, chirp: Chirp, folder: string): string[] {
  const path = join(folder, `${chirp}.wav`);
  const isRepeated = clip.recipe.seconds > repeatedAfterSeconds;
  const seconds = isRepeated ? clip.recipe.rate[1] : clip.recipe.seconds;
  const flashes = clip.flashes.map((picture) => clip.secondsOf(picture));
  const beeps = isRepeated ? [0, ...flashes.filter((at) => at < seconds - 1e-6)] : flashes;
  writeFileSync(path, makeSound(seconds, beeps, chirp));
  return [...(isRepeated ? ["-stream_loop", "-1"] : []), "-i", path];
}

function subtitleFiles(clip: Clip, folder: string): string[] {
  if (!clip.recipe.hasSubtitles) return [];
  const files = {
    "text.srt": srtText(clip.cues),
    "text.ass": assText(clip.cues),
    "image.sup": pgsBytes(clip.cues, clip.recipe),
  };
  return Object.entries(files).flatMap(([name, content]) => {
    writeFileSync(join(folder, name), content);
    return ["-i", join(folder, name)];
  });
}

function chapterFile(clip: Clip, folder: string): string[] {
  if (!clip.recipe.hasChapters) return [];
  const path = join(folder, "chapters.txt");
  const chapters = [0, 5, 12].map((start, index, all) => {
    const end = all[index + 1] ?? clip.recipe.seconds;
    return `[CHAPTER]\nTIMEBASE=1/1000\nSTART=${start * 1000}\nEND=${end * 1000}\ntitle=Part ${index + 1}\n`;
  });
  writeFileSync(path, `;FFMETADATA1\n${chapters.join("")}`);
  return ["-f", "ffmetadata", "-i", path];
}

/** Which input is which: pictures, one sound file a track, three of subtitles, chapters. */
function outputArguments({ recipe }: Clip): string[] {
  const texts = recipe.sound.length + 1;
  const subtitles = recipe.hasSubtitles ? [0, 1, 2] : [];
  const languages = ["eng", "ger", "eng"];
  return [
    ...["-map", "0:v", ...recipe.sound.flatMap((_, index) => ["-map", `${index + 1}:a`])],
    ...subtitles.flatMap((index) => ["-map", `${texts + index}:s`]),
    ...(recipe.hasChapters ? ["-map_chapters", String(texts + subtitles.length)] : []),
    ...(recipe.isIrregular
      ? ["-vf", "settb=1/90000,setpts=N*3000+mod(N*7919\\,1201)+floor(N/60)*6000", "-fps_mode", "passthrough"]
      : []),
    ...(recipe.isIrregular ? ["-enc_time_base", "1:90000"] : []),
    ...(recipe.video.includes("-pix_fmt") ? [] : ["-pix_fmt", "yuv420p"]),
    ...recipe.video,
    ...recipe.sound.flatMap((track, index) => [
      ...[
        `-c:a:${index}`,
        track.codec[0] ?? "",
        ...track.codec.slice(1).map((word) => (word === "-b:a" ? `-b:a:${index}` : word)),
      ],
      ...[`-ac:a:${index}`, String(track.channels ?? 2)],
      ...(track.language === undefined ? [] : [`-metadata:s:a:${index}`, `language=${track.language}`]),
      ...(track.title === undefined ? [] : [`-metadata:s:a:${index}`, `title=${track.title}`]),
    ]),
    ...subtitles.flatMap((index) => [`-metadata:s:s:${index}`, `language=${languages[index]}`]),
    ...(recipe.hasSubtitles ? ["-c:s", "copy"] : []),
    ...["-t", String(recipe.seconds), ...(recipe.muxer ?? [])],
  ];
}

async function runFfmpeg(
  argv: readonly string[],
  seconds: number,
  feed?: (sink: Bun.FileSink) => Promise<void>,
): Promise<void> {
  const child = Bun.spawn(["ffmpeg", "-nostdin", "-v", "error", "-y", ...argv], {
    stdin: feed === undefined ? "ignore" : "pipe",
    stdout: "ignore",
    stderr: "pipe",
    timeout: makeTimeoutMs + seconds * makeMsPerSecond,
  });
  const errors = new Response(child.stderr).text();
  // A write fails when ffmpeg ends early: what it said tells more.
  if (feed !== undefined && child.stdin !== undefined) await feed(child.stdin).catch(() => undefined);
  const code = await child.exited;
  if (code !== 0) throw new Error(`ffmpeg ${argv.join(" ")}: ${code} ${await errors}`);
}

async function make(clip: Clip, folder: string): Promise<void> {
  const { recipe } = clip;
  const target = join(folder, recipe.file);
  const isTurned = recipe.rotation !== undefined;
  const plain = isTurned ? join(folder, "plain.mp4") : target;
  const source = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", `${recipe.width}x${recipe.height}`];
  const sounds = recipe.sound.flatMap(({ chirp }) => soundFile(clip, chirp, folder));
  const output = outputArguments(clip);
  // Stored lying down, as the sensor does, and stood up by whoever plays it.
  if (isTurned) output[output.indexOf("-vf") + 1] += ",transpose=cclock";
  await runFfmpeg(
    [
      ...[...source, "-framerate", recipe.rate.join("/"), "-i", "pipe:0", ...sounds],
      ...[...subtitleFiles(clip, folder), ...chapterFile(clip, folder), ...output, plain],
    ],
    recipe.seconds,
    (sink) => sendPictures(clip, sink),
  );
  if (isTurned) {
    const turn = ["-metadata:s:v:0", `rotate=${360 - recipe.rotation}`, "-video_track_timescale", String(clockHz)];
    await runFfmpeg(["-i", plain, "-c", "copy", ...turn, target], recipe.seconds);
  }
}

/** Changes when anything does that decides what the clips are. */
function cacheFolder(): string {
  const parts = ["clips", "picture", "recipes", "sound", "subtitles"];
  const hash = createHash("sha1");
  for (const part of parts) hash.update(readFileSync(join(import.meta.dir, `media-${part}.ts`)));
  return join(tmpdir(), `hearth-media-clips-${process.getuid?.() ?? 0}-${hash.digest("hex").slice(0, 12)}`);
}

/**
 * The clip, made at the first call with this recipe on this machine and kept in the folder for temporary files: several test files and
 * runs share it. Nobody writes to it.
 */
export async function mediaClip(name: ClipName): Promise<Clip> {
  const folder = cacheFolder();
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const clip = describe(name, join(folder, name, recipes[name].file));
  if (existsSync(clip.path) && statSync(clip.path).size > 0) return clip;
  const work = mkdtempSync(join(folder, "making-"));
  try {
    await make(clip, work);
    const done = join(work, "done");
    mkdirSync(done);
    renameSync(join(work, clip.recipe.file), join(done, clip.recipe.file));
    // Another process may have been quicker; its clip is as good.
    if (!existsSync(clip.path)) renameSync(done, join(folder, name));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return clip;
}
