import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { MediaFacts, SubtitleTrack } from "#apps/media/probe";
import type { Exec } from "#platform/exec";
import type { Converter } from "./converter.ts";
import type { ExtraFiles } from "./files.ts";
import { readPosition } from "./read-position.ts";
import type { ExtraValues } from "./repository.ts";
import { type MakeOptions, runFfmpeg, type Source } from "./run-ffmpeg.ts";

interface Form {
  readonly ending: string;
  readonly arguments: readonly string[];
}

const maxTextBytes = 24 * 2 ** 20;

/** How a track is taken out of the file: as it is where that says more. Null for what has no form of its own outside. */
function formOf({ codec, form }: SubtitleTrack): Form | null {
  if (codec === "hdmv_pgs_subtitle") return { ending: "sup", arguments: ["-c", "copy", "-f", "sup"] };
  if (form === "image") return null;
  if (codec === "ass" || codec === "ssa") return { ending: "ass", arguments: ["-c", "copy", "-f", "ass"] };
  if (codec === "webvtt") return { ending: "source.vtt", arguments: ["-c", "copy", "-f", "webvtt"] };
  return { ending: "srt", arguments: ["-c", "srt", "-f", "srt"] };
}

export const isTakenOut = (track: SubtitleTrack): boolean => formOf(track) !== null;

/** Takes all subtitles out of a file in one pass, and makes WebVTT of those that are text; times are those of the file's own clock. */
export async function makeSubtitles(
  { exec, converter }: { readonly exec: Exec; readonly converter: Pick<Converter, "webVtt"> },
  files: ExtraFiles,
  contentKey: string,
  source: Source,
  facts: MediaFacts,
  options: MakeOptions,
): Promise<ExtraValues["subtitles"]> {
  const wanted = facts.subtitles.flatMap((track) => {
    const form = formOf(track);
    return form === null ? [] : { track, form, name: `s${track.index}.${form.ending}` };
  });
  if (wanted.length === 0) return [];
  return files.make(contentKey, async (folder) => {
    const outputs = wanted.flatMap(({ track, form, name }) => [
      ...["-map", `0:${track.index}`, "-map_metadata", "-1", ...form.arguments, join(folder, name)],
    ]);
    options.onReading?.(() => readPosition(source.fd, folder));
    await runFfmpeg(exec, source, { before: ["-copyts"], after: outputs }, options);
    const made: string[] = [];
    const value: { index: number; file: string }[] = [];
    for (const { track, name } of wanted) {
      const { size } = await stat(join(folder, name)).catch(() => ({ size: 0 }));
      if (size === 0) continue;
      value.push({ index: track.index, file: name });
      made.push(name);
      if (name.endsWith(".sup") || size > maxTextBytes) continue;
      const text = await toWebVtt(converter, await readFile(join(folder, name)), facts);
      // That there is nothing is not kept: it may have taken too long on a busy day.
      if (text === null) continue;
      await writeFile(join(folder, `s${track.index}.vtt`), text);
      made.push(`s${track.index}.vtt`);
    }
    return { files: made, value };
  });
}

/** WebVTT of a track of text that was taken out without; nothing when there is still nothing to show in it. */
export async function convertTaken(
  { files, converter }: { readonly files: ExtraFiles; readonly converter: Pick<Converter, "webVtt"> },
  contentKey: string,
  { index, file }: { readonly index: number; readonly file: string },
  facts: MediaFacts,
): Promise<void> {
  if (file.endsWith(".sup")) return;
  const bytes = await files.read(contentKey, file);
  if (bytes === undefined || bytes.length > maxTextBytes) return;
  const text = await toWebVtt(converter, bytes, facts);
  if (text === null) return;
  await files.make(contentKey, async (folder) => {
    await writeFile(join(folder, `s${index}.vtt`), text);
    return { files: [`s${index}.vtt`], value: undefined };
  });
}

const toWebVtt = (converter: Pick<Converter, "webVtt">, bytes: Uint8Array, facts: MediaFacts) =>
  converter.webVtt({ bytes, language: null, shiftMs: 0, framesPerSecond: rateOf(facts) });

export function rateOf({ video: [track] }: MediaFacts): number | null {
  return track?.frameRate == null ? null : track.frameRate[0] / track.frameRate[1];
}
