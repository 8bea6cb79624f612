import { readFileSync } from "node:fs";
import type { Clip } from "./media-clips.ts";
import { copyingPlayer, type MediaHouse, plainPlayer } from "./media-house.ts";
import { proveSeek, type Shown, show, trackOf } from "./media-prove.ts";
import type { LoadedRendition } from "./media-title.ts";
import { checkLength, checkPictures, checkSound, checkTimeline, type Findings } from "./media-verify.ts";

/** So much is decoded at once: what comes out of two hours does not fit into the memory. */
const segmentsAtOnce = 100;
const windowSeconds = 300;
const sampleMs = 200;
const places = ["start", "middle", "end"] as const;

/** Memory that the process keeps for itself, in MB (proc(5)). */
function residentMb(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kilobytes) / 1024;
}

const rangeOf = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

/** Every picture, piece by piece; each piece begins in a segment that stands for itself. */
async function everyPicture(video: LoadedRendition, { truth, origin }: Shown): Promise<Findings> {
  const findings: Findings = [];
  const count = video.playlist.segments.length;
  for (let from = 0; from < count; from += segmentsAtOnce) {
    const indexes = rangeOf(from, Math.min(count, from + segmentsAtOnce));
    const check = await checkPictures(video, indexes, truth, origin);
    findings.push(...check.findings, ...check.warnings.map((line) => `${video.name}: ${line}`));
  }
  return findings;
}

/** How far the sound is from the picture in five minutes at each of three places. */
async function driftOf(audio: LoadedRendition, { clip, truth, origin }: Shown, say: (line: string) => void) {
  const findings: Findings = [];
  const middles: string[] = [];
  for (const [order, place] of places.entries()) {
    const from = ((truth.endSeconds - windowSeconds) * order) / (places.length - 1);
    const [first, last] = [
      audio.segmentAt(from),
      audio.segmentAt(Math.min(from + windowSeconds, truth.endSeconds - 1)),
    ];
    const check = await checkSound(audio, rangeOf(first, last + 1), clip, truth, origin, trackOf(audio));
    findings.push(...check.findings, ...check.warnings);
    const sorted = check.offsetsSeconds.map((seconds) => seconds * 1000).toSorted((a, b) => a - b);
    const most = Math.max(Math.abs(sorted[0] ?? Number.NaN), Math.abs(sorted.at(-1) ?? Number.NaN));
    const middle = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
    middles.push(`${place} ${middle.toFixed(2)} (most ${most.toFixed(2)}, ${sorted.length} chirps)`);
  }
  say(`${audio.name}, ms from the picture: ${middles.join(", ")}`);
  return findings;
}

/** Every rung of a title begins its segments at the same moments. */
function sameGrid(shown: Shown, other: string): { findings: Findings; grid: string } {
  const grids = shown.title.video.map(({ playlist }) =>
    playlist.segments.map(({ durationSeconds }) => durationSeconds).join(),
  );
  const isSame = grids.every((grid) => grid === grids[0]) && (other === "" || grids[0] === other);
  return { findings: isSame ? [] : ["the rungs have different grids"], grid: grids[0] ?? "" };
}

/**
 * A film of two hours: probe and index, playlists to the picture, every segment of every rendition, every picture, sound against picture
 * far from the start, seeks at random, and the memory of the server meanwhile.
 */
export async function proveLong(
  house: MediaHouse,
  clip: Clip,
  { seeks, pick, say }: { seeks: number; pick: (count: number) => number; say: (line: string) => void },
): Promise<Findings> {
  const { pid } = house.hearth;
  const itemId = await house.itemOf(clip);
  const probeBegan = performance.now();
  await house.call("probe.again", { itemId });
  say(`read anew in ${(performance.now() - probeBegan).toFixed(0)} ms`);
  const before = residentMb(pid);
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, residentMb(pid))), sampleMs);
  const findings: Findings = [];
  let grid = "";
  try {
    for (const player of [copyingPlayer, plainPlayer]) {
      const began = performance.now();
      const session = await house.begin(clip, player);
      say(`begun in ${(performance.now() - began).toFixed(0)} ms`);
      const shown = await show(session, house.hearth.url, clip);
      const own = sameGrid(shown, grid);
      grid = own.grid;
      findings.push(...own.findings);
      const { video, audio } = shown.title;
      const worked = performance.now();
      for (let done = 0; done < seeks / 2; done++) {
        findings.push(...(await proveSeek(shown, pick(clip.pictures), pick)).findings);
      }
      say(
        `${Math.ceil(seeks / 2)} seeks over ${video.length} rungs in ${((performance.now() - worked) / 1000).toFixed(0)} s`,
      );
      for (const rendition of video) {
        findings.push(...(await checkTimeline(rendition, true)), ...checkLength(rendition, shown.truth));
        findings.push(...(await everyPicture(rendition, shown)));
        const sum = rendition.playlist.segments.reduce((total, { durationSeconds }) => total + durationSeconds, 0);
        say(
          `${rendition.name}: ${rendition.playlist.segments.length} segments, ${sum.toFixed(6)} s, ${findings.length} findings so far`,
        );
      }
      for (const rendition of audio) {
        findings.push(...(await checkTimeline(rendition, false)), ...(await driftOf(rendition, shown, say)));
      }
      await house.end(session);
    }
  } finally {
    clearInterval(timer);
  }
  say(
    `memory of the server: ${before.toFixed(0)} MB before, ${most.toFixed(0)} MB at most, ${residentMb(pid).toFixed(0)} MB after`,
  );
  return findings;
}
