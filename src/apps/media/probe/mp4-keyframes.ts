import { type FileWindow, Unreadable } from "./file-window.ts";
import { createKeyframeBuilder } from "./keyframe-builder.ts";
import { boxIn, contentOf, type FileBox, fileBoxes } from "./mp4-boxes.ts";
import { addFragments, isFragmented } from "./mp4-fragments.ts";
import { samplesOf, shownDuration, tracksOf } from "./mp4-samples.ts";
import type { KeyframeIndex } from "./types.ts";

/** Key frames of a stream of an mp4 file from its tables. Throws Unreadable for what this reader cannot tell exactly. */
export function mp4Keyframes(file: FileWindow, streamIndex: number): KeyframeIndex | null {
  const { moov, moofs } = partsOf(file);
  const track = tracksOf(moov).find(({ index }) => index === streamIndex);
  if (track === undefined || track.shift === null) throw new Unreadable("an edit list that cuts");
  const samples = samplesOf(moov, track);
  if (isFragmented(moov)) addFragments(file, moov, moofs, track, samples);
  const { times, durations, sizes, isKey } = samples;
  requireUncut(moov, track, samples);
  const builder = createKeyframeBuilder(streamIndex, [1, track.timeScale]);
  for (const [index, time] of times.entries()) {
    builder.add({
      pts: time - track.shift,
      duration: durations[index] ?? 0,
      sizeBytes: sizes[index] ?? 0,
      isKey: isKey[index] === true,
    });
  }
  return builder.build();
}

export function partsOf(file: FileWindow, { withFragments = true } = {}): { moov: Buffer; moofs: FileBox[] } {
  let moov: Buffer | undefined;
  const moofs: FileBox[] = [];
  for (const box of fileBoxes(file)) {
    if (box.type === "moov" && moov === undefined) moov = contentOf(file, box);
    if (moov !== undefined && !withFragments) break;
    // The last one may be cut short, as of a recording that was interrupted.
    if (box.type === "moof" && box.offset + box.sizeBytes <= file.sizeBytes) moofs.push(box);
  }
  if (moov === undefined) throw new Unreadable("no index");
  return { moov, moofs };
}

/** The one part that is shown begins with the first picture and ends with the last. */
function requireUncut(
  moov: Buffer,
  track: ReturnType<typeof tracksOf>[number],
  samples: ReturnType<typeof samplesOf>,
): void {
  const mvhd = boxIn(moov, { start: 0, end: moov.length }, "mvhd");
  const movieScale = mvhd === undefined ? 0 : moov.readUInt32BE(mvhd.start + (moov[mvhd.start] === 1 ? 20 : 12));
  const shown = isFragmented(moov) ? undefined : shownDuration(moov, track, movieScale);
  if (shown === undefined) return;
  let [first, end] = [Infinity, -Infinity];
  for (const [index, time] of samples.times.entries()) {
    first = Math.min(first, time);
    end = Math.max(end, time + (samples.durations[index] ?? 0));
  }
  // The movie's own clock is coarser: a millisecond, or the length of the last picture, is no cut.
  const slack = Math.max(samples.durations.at(-1) ?? 0, Math.ceil(track.timeScale / Math.max(1, movieScale))) + 1;
  if (shown < end - first - slack) throw new Unreadable("an edit list that cuts");
}
