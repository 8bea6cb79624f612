import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { MediaFacts } from "#apps/media/probe";
import type { Exec } from "#platform/exec";
import { vttTime } from "./cue.ts";
import type { ExtraFiles } from "./files.ts";
import type { ExtraValues } from "./repository.ts";
import { type MakeOptions, runFfmpeg, type Source, Unmakeable } from "./run-ffmpeg.ts";

export const trickplayIntervalMs = 10_000;
export const columns = 10;
export const rows = 10;
const width = 320;
/** More sheets than a day has. */
const maxSheets = 100;

/** Height of a picture so wide, as players show the film; even. */
export function heightOf({ video: [track] }: MediaFacts): number {
  if (track === undefined) return 0;
  const [across, down] = track.pixelAspect;
  const shown = (track.width * across) / down;
  const [w, h] = track.rotation % 180 === 0 ? [shown, track.height] : [track.height, shown];
  return Math.min(1024, Math.max(16, Math.round((width * h) / Math.max(1, w) / 2) * 2));
}

/** Small pictures every ten seconds from the key frames alone, a hundred to a sheet. */
export async function makeTrickplay(
  exec: Exec,
  files: ExtraFiles,
  contentKey: string,
  source: Source,
  facts: MediaFacts,
  options: MakeOptions,
): Promise<ExtraValues["trickplay"]> {
  const height = heightOf(facts);
  const index = facts.video[0]?.index;
  const count = Math.ceil(source.durationMs / trickplayIntervalMs);
  if (index === undefined || count < 1 || height === 0) throw new Unmakeable("damaged", "no film");
  return files.make(contentKey, async (folder) => {
    // The last key frame stays until the end of the film, which comes after it.
    const rate = `fps=1/${trickplayIntervalMs / 1000}:start_time=0`;
    const pictures = `tpad=stop=-1:stop_mode=clone,${rate},trim=end_frame=${count}`;
    const sheet = `scale=${width}:${height},setsar=1,tile=${columns}x${rows}`;
    const after = [
      ...["-map", `0:${index}`, "-an", "-sn", "-dn", "-vf", `${pictures},${sheet}`, "-frames:v", String(maxSheets)],
      ...[
        "-c:v",
        "mjpeg",
        "-q:v",
        "5",
        "-pix_fmt",
        "yuvj420p",
        "-f",
        "image2",
        "-start_number",
        "0",
        join(folder, "t%d.jpg"),
      ],
    ];
    await runFfmpeg(exec, source, { before: ["-skip_frame", "nokey"], after }, options);
    const made = (await readdir(folder)).filter((name) => /^t\d+\.jpg$/.test(name));
    if (made.length !== Math.min(maxSheets, Math.ceil(count / (columns * rows))))
      throw new Unmakeable("damaged", "sheets are missing");
    const value = { width, height, count: Math.min(count, maxSheets * columns * rows), sheets: made.length };
    return { files: made, value };
  });
}

/** The same for players that read WebVTT with media fragments. */
export function trickplayVtt(
  { width: w, height: h, count }: ExtraValues["trickplay"],
  sheetUrl: (sheet: number) => string,
): string {
  const cues = Array.from({ length: count }, (_, picture) => {
    const place = picture % (columns * rows);
    const [x, y] = [(place % columns) * w, Math.floor(place / columns) * h];
    const [from, to] = [picture * trickplayIntervalMs, (picture + 1) * trickplayIntervalMs];
    return `${vttTime(from)} --> ${vttTime(to)}\n${sheetUrl(Math.floor(picture / (columns * rows)))}#xywh=${x},${y},${w},${h}`;
  });
  return `WEBVTT\n\n${cues.join("\n\n")}\n`;
}
