import type { Session } from "#contract/apps/media/stream";
import type { Clip } from "./media-clips.ts";
import { fetchBytes, type LoadedRendition, type LoadedTitle, loadTitle } from "./media-title.ts";
import { type Truth, truthOf } from "./media-truth.ts";
import {
  checkLength,
  checkPictures,
  checkSeek,
  checkSound,
  checkSubtitles,
  checkTimeline,
  type Findings,
  originOf,
  segmentsAround,
} from "./media-verify.ts";

/** A film as it is streamed for one player, ready to be looked at. */
export interface Shown {
  readonly clip: Clip;
  readonly truth: Truth;
  readonly title: LoadedTitle;
  readonly origin: number;
}

export async function show(session: Session, origin: string, clip: Clip): Promise<Shown> {
  if (session.masterUrl === null) throw new Error(`${clip.name} is played as a file: ${session.plan.label}`);
  const title = await loadTitle(new URL(session.masterUrl, origin).href);
  const first = title.video[0];
  if (first === undefined) throw new Error(`${clip.name} has no picture`);
  return { clip, title, truth: await truthOf(clip), origin: await originOf(first) };
}

/** Which sound track of the clip a rendition plays; the number in its address is the index of the stream, and the picture is stream 0. */
export function trackOf({ playlist }: LoadedRendition): number {
  return Number(/\/a(\d+)-/.exec(playlist.segments[0]?.url ?? "")?.[1] ?? 1) - 1;
}

/** A seek as a player does it: the picture that is shown, and the chirps around it. Gives how far off each chirp was, too. */
export async function proveSeek(
  { clip, truth, title, origin }: Shown,
  picture: number,
  pick: (count: number) => number,
): Promise<{ findings: Findings; offsetsSeconds: readonly number[] }> {
  const video = title.video[pick(title.video.length)];
  const audio = title.audio[pick(title.audio.length)];
  const findings = video === undefined ? [] : await checkSeek(video, picture, truth, origin);
  if (audio === undefined) return { findings, offsetsSeconds: [] };
  const around = segmentsAround(audio, truth.shownAt[picture] ?? 0, 1.5);
  const sound = await checkSound(audio, around, clip, truth, origin, trackOf(audio));
  return { findings: [...findings, ...sound.findings, ...sound.warnings], offsetsSeconds: sound.offsetsSeconds };
}

async function picturesWhole({ title, truth, origin }: Shown): Promise<Findings> {
  const findings: Findings = [];
  for (const video of title.video) {
    const indexes = video.playlist.segments.map((_, index) => index);
    const pictures = await checkPictures(video, indexes, truth, origin);
    findings.push(...(await checkTimeline(video, true)), ...checkLength(video, truth));
    findings.push(...pictures.findings, ...pictures.warnings.map((line) => `${video.name}: ${line}`));
  }
  return findings;
}

async function soundWhole({ clip, title, truth, origin }: Shown): Promise<Findings> {
  const findings: Findings = [];
  for (const audio of title.audio) {
    const indexes = audio.playlist.segments.map((_, index) => index);
    const sound = await checkSound(audio, indexes, clip, truth, origin, trackOf(audio));
    findings.push(...(await checkTimeline(audio, false)));
    findings.push(...sound.findings, ...sound.warnings.map((line) => `${audio.name}: ${line}`));
    if (sound.offsetsSeconds.length === 0) findings.push(`${audio.name}: no chirp is heard`);
  }
  return findings;
}

/** Everything of a film from the first segment to the last, in every rendition; picture and sound at the same time, as players fetch them. */
export async function proveWhole(shown: Shown): Promise<Findings> {
  const { clip, title, origin } = shown;
  const parts = [picturesWhole(shown), soundWhole(shown), checkSubtitles(title, clip, origin)];
  return (await Promise.all(parts)).flat().map((line) => `${clip.name}: ${line}`);
}

/** Hash of each segment and init segment by its place in the film; addresses of sessions differ. */
export async function hashesOf({ title }: Shown): Promise<ReadonlyMap<string, string>> {
  const hashes = new Map<string, string>();
  for (const rendition of [...title.video, ...title.audio]) {
    const { mapUrl, segments } = rendition.playlist;
    for (const url of [mapUrl ?? "", ...segments.map((one) => one.url)]) {
      const place = new URL(url).pathname.split("/").slice(4).join("/");
      hashes.set(place, Bun.hash(await fetchBytes(url)).toString(16));
    }
  }
  return hashes;
}
