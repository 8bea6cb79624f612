import { mkdirSync } from "node:fs";
import { join } from "node:path";

export type ScannedKind = "audio" | "video";

function ffmpeg(...argv: string[]): void {
  const { exitCode, stderr } = Bun.spawnSync(["ffmpeg", "-v", "error", "-nostdin", "-y", ...argv], {
    timeout: 120_000,
  });
  if (exitCode !== 0) throw new Error(stderr.toString());
}

const endings: Readonly<Record<ScannedKind, readonly string[]>> = {
  audio: ["mp3", "flac", "ogg", "m4a"],
  video: ["mkv", "mp4"],
};
/** Written by one ffmpeg. */
const atOnce = 50;

/** Different files of one kind: one encode for each ending, and copies of it with other tags. */
export function makeFiles(folder: string, kind: ScannedKind, count: number): void {
  mkdirSync(folder, { recursive: true });
  const sound = ["-f", "lavfi", "-i", "sine=d=30"];
  const picture = ["-f", "lavfi", "-i", "testsrc2=s=640x360:r=24000/1001:d=30"];
  for (const [place, ending] of endings[kind].entries()) {
    const path = (number: number) => join(folder, `${kind} ${number}.${ending}`);
    const numbers = Array.from({ length: count }, (_, number) => number).filter(
      (number) => number % endings[kind].length === place,
    );
    const [first = 0, ...rest] = numbers;
    const film = ["-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-c:a", "aac"];
    if (kind === "audio") ffmpeg(...sound, ...tagsOf(first), path(first));
    else ffmpeg(...picture, ...sound, ...film, ...tagsOf(first), path(first));
    for (let at = 0; at < rest.length; at += atOnce) {
      const outputs = rest
        .slice(at, at + atOnce)
        .flatMap((number) => ["-map", "0", "-c", "copy", ...tagsOf(number), path(number)]);
      ffmpeg("-i", path(first), ...outputs);
    }
  }
}

function tagsOf(number: number): string[] {
  return [
    `title=Number ${number}`,
    `album=Album ${number % 12}`,
    "artist=Somebody",
    `track=${(number % 12) + 1}/12`,
  ].flatMap((tag) => ["-metadata", tag]);
}
