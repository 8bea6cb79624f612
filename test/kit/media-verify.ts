import type { Clip } from "./media-clips.ts";
import type { Sample } from "./media-boxes.ts";
import { decodePictures, decodeSound } from "./media-decode.ts";
import { numberLimit } from "./media-picture.ts";
import { parseVtt } from "./media-playlists.ts";
import { type Chirp, findBeep, type FoundBeep, quietestShare, sampleRate } from "./media-sound.ts";
import { fetchBytes, type LoadedRendition, type LoadedTitle } from "./media-title.ts";
import type { Truth } from "./media-truth.ts";

/** Each check gives what is wrong, one line each; nothing when all is well. */
export type Findings = string[];

const toleranceSeconds = 0.001;
/** 4608 samples at 48,000 a second. */
const flacPacketSeconds = 0.096;
const soundToleranceSeconds = 0.01;
const leastLikeness = 0.6;
const nearSeconds = 0.002;
/** Nothing but the chirp itself, at its very sample, is so much like it. */
const certainLikeness = 0.9;
const leastLevel = 0.4;

const all = (rendition: LoadedRendition) => rendition.playlist.segments.map((_, index) => index);

async function samplesOf(rendition: LoadedRendition, index: number): Promise<Sample[]> {
  return (await rendition.fragments(index)).flatMap(({ samples }) => [...samples]);
}

/** When the player's time line begins, in the clock of the media: the first picture of the first segment. */
export async function originOf(video: LoadedRendition): Promise<number> {
  const times = (await samplesOf(video, 0)).map(({ showTime }) => showTime);
  return Math.min(...times) / video.init.timescale;
}

/** What the playlist says against what the boxes say: every segment, every sample. */
export async function checkTimeline(rendition: LoadedRendition, isVideo: boolean): Promise<Findings> {
  const { playlist, init, name } = rendition;
  const findings: Findings = [];
  const say = (index: number, text: string) => findings.push(`${name} segment ${index}: ${text}`);
  const longest = Math.max(...playlist.segments.map(({ durationSeconds }) => durationSeconds));
  if (!playlist.isComplete) findings.push(`${name}: the playlist has no end`);
  if (playlist.targetSeconds < Math.round(longest))
    findings.push(`${name}: target ${playlist.targetSeconds}, longest ${longest}`);
  // How long packets of FLAC are is not known before they are read: its segments begin with the first behind the place.
  const latest = init.sampleEntry === "fLaC" ? flacPacketSeconds : 0;
  let next: number | undefined;
  const starts: number[] = [];
  let end = 0;
  for (const index of all(rendition)) {
    const fragments = await rendition.fragments(index);
    const samples = fragments.flatMap((fragment) => [...fragment.samples]);
    for (const { baseTime, samples: own, data, trackId } of fragments) {
      if (baseTime < 0) say(index, `negative tfdt ${baseTime}`);
      if (trackId !== init.trackId) say(index, `track ${trackId}, not ${init.trackId}`);
      if (next !== undefined && baseTime !== next) say(index, `tfdt ${baseTime} where ${next} follows`);
      const bytes = own.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      if (bytes !== data.length) say(index, `${bytes} bytes of samples in ${data.length} bytes of data`);
      const last = own.at(-1);
      next = last === undefined ? baseTime : last.decodeTime + last.duration;
    }
    const first = samples[0];
    if (first === undefined) say(index, "no sample");
    if (isVideo && first?.isSync === false) say(index, "does not begin with a key frame");
    if (samples.some(({ duration }) => duration <= 0)) say(index, "a sample without duration");
    // Pictures that are shown before their key frame belong to its segment.
    starts.push(Math.min(...samples.map(({ showTime }) => showTime)) / init.timescale);
    // A picture is shown until the next one is; durations are those of decoding, which fill the segment as a whole.
    end = (starts.at(-1) ?? 0) + samples.reduce((sum, { duration }) => sum + duration, 0) / init.timescale;
  }
  for (const [index, { durationSeconds, startSeconds }] of playlist.segments.entries()) {
    const start = starts[index] ?? 0;
    const real = (starts[index + 1] ?? end) - start;
    if (!(Math.abs(real - durationSeconds) < toleranceSeconds + latest))
      say(index, `EXTINF ${durationSeconds}, real ${real.toFixed(6)}`);
    const drift = start - (starts[0] ?? 0) - startSeconds;
    if (!(Math.abs(drift) < toleranceSeconds + latest))
      say(index, `begins ${(drift * 1000).toFixed(3)} ms from where the playlist says`);
  }
  return findings;
}

/** The sum of all durations against the length of the film itself. */
export function checkLength(rendition: LoadedRendition, truth: Truth): Findings {
  const sum = rendition.playlist.segments.reduce((total, { durationSeconds }) => total + durationSeconds, 0);
  // The last picture lasts as long as the container says; where it says nothing, as long as the one before.
  const frame = truth.endSeconds - (truth.shownAt.at(-1) ?? 0);
  const isExact = Math.abs(sum - truth.endSeconds) < frame / 2;
  return isExact ? [] : [`${rendition.name}: the playlist lasts ${sum} s, the film ${truth.endSeconds} s`];
}

export interface PictureCheck {
  readonly findings: Findings;
  /** How far the pictures were from their time, at most. */
  readonly worstSeconds: number;
  readonly warnings: readonly string[];
}

/** How far from its time a picture is that says this number; of several that say it the nearest is meant. */
function offOf(number: number, at: number, { shownAt }: Truth): number {
  let off = Number.POSITIVE_INFINITY;
  for (let picture = number; picture < shownAt.length; picture += numberLimit) {
    const own = at - (shownAt[picture] ?? Number.POSITIVE_INFINITY);
    if (Math.abs(own) < Math.abs(off)) off = own;
  }
  return off;
}

/** Decodes these segments after one another: each picture must be where the film has it, none missing, none twice. */
export async function checkPictures(
  rendition: LoadedRendition,
  indexes: readonly number[],
  truth: Truth,
  origin: number,
): Promise<PictureCheck> {
  const { value, warnings } = await decodePictures(await rendition.joined(indexes));
  const { segments } = rendition.playlist;
  const from = segments[indexes[0] ?? 0]?.startSeconds ?? 0;
  const last = segments[indexes.at(-1) ?? 0];
  const to = (last?.startSeconds ?? 0) + (last?.durationSeconds ?? 0);
  const findings: Findings = [];
  let worstSeconds = 0;
  // Pictures before the first key frame belong to the segment before; a player that begins here does not show them.
  const shown = value.filter(({ seconds }) => seconds - origin > from - toleranceSeconds);
  for (const { seconds, number } of shown) {
    const at = seconds - origin;
    const off = number === null ? Number.POSITIVE_INFINITY : offOf(number, at, truth);
    worstSeconds = Math.max(worstSeconds, Math.abs(off));
    if (!(Math.abs(off) < toleranceSeconds)) {
      findings.push(`${rendition.name}: at ${at.toFixed(4)} s picture ${number}, ${(off * 1000).toFixed(1)} ms off`);
    }
  }
  const expected = truth.shownAt.filter((at) => at > from - toleranceSeconds && at < to - toleranceSeconds).length;
  if (shown.length !== expected) {
    findings.push(
      `${rendition.name}: ${shown.length} pictures from ${from.toFixed(3)} to ${to.toFixed(3)} s, ${expected} expected`,
    );
  }
  return { findings: findings.slice(0, 6), worstSeconds, warnings };
}

/**
 * When the picture is shown in which a segment is entered, and whether others of it are shown before: those of an open group hang on the
 * segment before. In the clock of the media.
 */
export async function entryOf(
  rendition: LoadedRendition,
  index: number,
): Promise<{ readonly seconds: number; readonly isOpen: boolean }> {
  const samples = await samplesOf(rendition, index);
  const first = samples.reduce((least, { showTime }) => Math.min(least, showTime), Number.POSITIVE_INFINITY);
  const key = samples[0]?.showTime ?? first;
  return { seconds: key / rendition.init.timescale, isOpen: index > 0 && key > first };
}

/**
 * As a player does after a seek: only the segment that holds the moment is there, and what is shown then is the picture asked for. One that
 * hangs on the segment before is shown when that is there, too.
 */
export async function checkSeek(
  rendition: LoadedRendition,
  picture: number,
  truth: Truth,
  origin: number,
): Promise<Findings> {
  const begins = truth.shownAt[picture] ?? 0;
  const moment = (begins + (truth.shownAt[picture + 1] ?? truth.endSeconds)) / 2;
  const index = rendition.segmentAt(moment);
  const entry = await entryOf(rendition, index);
  const hangsOnBefore = entry.isOpen && origin + moment < entry.seconds;
  const { value } = await decodePictures(await rendition.joined(hangsOnBefore ? [index - 1, index] : [index]));
  const shown = value.filter(({ seconds }) => seconds - origin <= moment).at(-1);
  if (shown?.number === picture % numberLimit) return [];
  return [
    `${rendition.name}: a seek to ${moment.toFixed(4)} s (picture ${picture}, segment ${index}) shows ${shown?.number}`,
  ];
}

export interface SoundCheck {
  readonly findings: Findings;
  /** How far sound is from the picture, beyond what it is in the film itself; one for each chirp. */
  readonly offsetsSeconds: readonly number[];
  readonly warnings: readonly string[];
}

/** A chirp where it is meant is found there; the whole neighbourhood is looked through for one that is not. */
function beepAt(samples: Float32Array, expected: number, chirp: Chirp): FoundBeep | undefined {
  const near = findBeep(samples, expected, chirp, Math.round(nearSeconds * sampleRate));
  return near !== undefined && near.likeness > certainLikeness ? near : findBeep(samples, expected, chirp);
}

/** Decodes these segments of a sound track: chirps begin with their flash, and nowhere is a hole. */
export async function checkSound(
  rendition: LoadedRendition,
  indexes: readonly number[],
  clip: Clip,
  truth: Truth,
  origin: number,
  track = 0,
): Promise<SoundCheck> {
  const { value, warnings } = await decodeSound(await rendition.joined(indexes));
  const findings: Findings = [];
  const offsetsSeconds: number[] = [];
  const chirp = clip.recipe.sound[track]?.chirp ?? "up";
  for (const picture of clip.flashes) {
    const flash = origin + (truth.shownAt[picture] ?? 0);
    const expected = (flash + (truth.soundLate[track] ?? 0) - value.startSeconds) * sampleRate;
    // A decoder that begins here has not its full voice in the first moments.
    if (expected < 0.1 * sampleRate) continue;
    const found = beepAt(value.samples, expected, chirp);
    if (found === undefined) continue;
    const off = (found.sample - expected) / sampleRate;
    offsetsSeconds.push(off);
    if (found.likeness < leastLikeness || Math.abs(off) > soundToleranceSeconds) {
      findings.push(
        `${rendition.name}: the chirp of picture ${picture} is ${(off * 1000).toFixed(1)} ms off (${found.likeness.toFixed(2)})`,
      );
    }
  }
  const level = quietestShare(value.samples);
  if (level < leastLevel)
    findings.push(`${rendition.name}: a hole in the sound of segments ${indexes.join(",")} (${level.toFixed(2)})`);
  if (value.jumps.length > 0) findings.push(`${rendition.name}: ${value.jumps.length} jumps in time`);
  return { findings, offsetsSeconds, warnings };
}

/** The segments of a sound rendition that hold so many seconds on both sides of a moment. */
export function segmentsAround(rendition: LoadedRendition, moment: number, reachSeconds: number): number[] {
  const from = rendition.segmentAt(Math.max(0, moment - reachSeconds));
  const to = rendition.segmentAt(moment + reachSeconds);
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

/** Every cue where it belongs, none missing: in the clock of the media, counted from the first picture. */
export async function checkSubtitles(title: LoadedTitle, clip: Clip, origin: number): Promise<Findings> {
  const findings: Findings = [];
  for (const { attributes, playlist } of title.subtitles) {
    const name = `subtitle ${attributes.get("NAME")}`;
    const texts = await Promise.all(
      playlist.segments.map(async ({ url }) => Buffer.from(await fetchBytes(url)).toString("utf8")),
    );
    const cues = texts.flatMap((text) => parseVtt(text));
    for (const cue of clip.cues) {
      const own = cues.filter(({ text }) => text.replaceAll(/<[^>]*>/g, "").trim() === cue.text);
      if (own.length === 0) findings.push(`${name}: "${cue.text}" is missing`);
      // ASS counts hundredths of a second.
      const isOff = own.some(
        ({ startSeconds, endSeconds }) =>
          Math.abs(startSeconds - origin - cue.startSeconds) > 0.007 ||
          Math.abs(endSeconds - origin - cue.endSeconds) > 0.007,
      );
      if (isOff)
        findings.push(`${name}: "${cue.text}" at ${own[0]?.startSeconds} s, not ${origin + cue.startSeconds} s`);
    }
  }
  return findings.slice(0, 6);
}
