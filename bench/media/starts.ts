import type { ClientCapabilities } from "#contract/apps/media/decide";
import type { Session } from "#contract/apps/media/stream";
import { copyingPlayer, type MediaHouse, plainPlayer } from "../../test/kit/media-house.ts";
import { type MediaPlaylist, parseMaster, parseMedia } from "../../test/kit/media-playlists.ts";
import { fetchBytes } from "../../test/kit/media-title.ts";
import type { Figure, PartResult } from "../kit/types.ts";
import { limitRatioVerdict, limitVerdict, ratioVerdict } from "../kit/verdict.ts";
import { encoderOf, encodersEnded, rawMs } from "./raw.ts";

const text = async (url: string) => Buffer.from(await fetchBytes(url)).toString("utf8");
/** Each measured part works on a film of its own. */
export type NextFilm = () => Promise<{ readonly id: number; readonly path: string }>;

export interface StartsInput {
  readonly house: MediaHouse;
  readonly nextFilm: NextFilm;
  readonly rounds: number;
}

const seekLookMs = 4000;

interface Opened {
  readonly session: Session;
  readonly playlist: MediaPlaylist;
  readonly beganAt: number;
}

/** From the wish to play to the play list of the first rung, as a player goes. */
async function open(house: MediaHouse, itemId: number, capabilities: ClientCapabilities): Promise<Opened> {
  const beganAt = performance.now();
  const session = await house.call<Session>("stream.begin", { itemId, capabilities });
  const masterUrl = new URL(session.masterUrl ?? "", house.hearth.url).href;
  const [variant] = parseMaster(await text(masterUrl), masterUrl).variants;
  if (variant === undefined) throw new Error("the film has no picture");
  const playlist = parseMedia(await text(variant.url), variant.url);
  return { session, playlist, beganAt };
}

const lengthOf = ({ segments }: MediaPlaylist, index: number) => segments[index]?.durationSeconds ?? 0;
const get = ({ segments }: MediaPlaylist, index: number) => fetchBytes(segments[index]?.url ?? "");

interface Taken {
  readonly firstMs: number;
  readonly seekMs: number;
  readonly playlist: MediaPlaylist;
  readonly firstArgv: readonly string[] | undefined;
  /** Undefined when the place was made already: copies are far ahead in no time. */
  readonly seekArgv: readonly string[] | undefined;
}

/** A film begun, and sought to two thirds of it: both times to the last byte of the segment, and what ffmpeg was told. */
async function take({ house, nextFilm }: StartsInput, capabilities: ClientCapabilities, encoder: string) {
  const film = await nextFilm();
  const { pid } = house.hearth;
  const firstArgv = encoderOf(pid, encoder);
  const { session, playlist, beganAt } = await open(house, film.id, capabilities);
  if (playlist.mapUrl !== null) await fetchBytes(playlist.mapUrl);
  await get(playlist, 0);
  const firstMs = performance.now() - beganAt;
  const first = await firstArgv;
  const target = Math.floor((playlist.segments.length * 2) / 3);
  const soughtAt = performance.now();
  const seekArgv = encoderOf(pid, encoder, first, seekLookMs);
  await get(playlist, target);
  const seekMs = performance.now() - soughtAt;
  const seek = await seekArgv;
  await house.end(session);
  await encodersEnded(pid);
  const taken: Taken = { firstMs, seekMs, playlist, firstArgv: first, seekArgv: seek };
  return { taken, film, target };
}

async function measure(input: StartsInput, capabilities: ClientCapabilities, encoder: string) {
  const samples = { first: { Hearth: [], ffmpeg: [] }, seek: { Hearth: [], ffmpeg: [] } } as Record<
    "first" | "seek",
    Record<"Hearth" | "ffmpeg", number[]>
  >;
  for (let round = -1; round < input.rounds; round++) {
    const { taken, film, target } = await take(input, capabilities, encoder);
    const rawFirst = await rawMs(taken.firstArgv, film.path, lengthOf(taken.playlist, 0));
    const rawSeek =
      taken.seekArgv === undefined && encoder === "copy"
        ? undefined
        : await rawMs(taken.seekArgv, film.path, lengthOf(taken.playlist, target));
    if (round < 0) continue;
    samples.first.Hearth.push(taken.firstMs);
    samples.first.ffmpeg.push(rawFirst);
    samples.seek.Hearth.push(taken.seekMs);
    if (rawSeek !== undefined) samples.seek.ffmpeg.push(rawSeek);
  }
  return samples;
}

/** First segment and seek, copied and made anew, beside the same ffmpeg run by hand. */
export async function starts(input: StartsInput): Promise<PartResult> {
  const made = await measure(input, plainPlayer, "libx264");
  const copied = await measure(input, copyingPlayer, "copy");
  const figure = (part: string, title: string, samples: Record<string, number[]>): Figure => {
    const kept = Object.entries(samples).filter(([, values]) => values.length > 0);
    return { part, title, unit: "ms", samples: Object.fromEntries(kept) };
  };
  const figures = [
    figure("first-transcode", "from begin to the first segment made anew", made.first),
    figure("seek-transcode", "seek to a segment made anew", made.seek),
    figure("first-copy", "from begin to the first copied segment", copied.first),
    figure("seek-copy", "seek to a copied segment", copied.seek),
  ];
  const verdicts = figures.flatMap((one) =>
    one.part.endsWith("transcode")
      ? limitRatioVerdict(one, { ours: "Hearth", base: "ffmpeg", atMost: 1.2 })
      : limitVerdict(one, { ours: "Hearth", atMost: 300 }),
  );
  return { figures, verdicts };
}

/** A whole film made anew, one segment after the other, beside the same ffmpeg on the whole file. */
export async function throughput(input: StartsInput): Promise<PartResult> {
  const samples: Record<"Hearth" | "ffmpeg", number[]> = { Hearth: [], ffmpeg: [] };
  for (let round = 0; round < input.rounds; round++) {
    const film = await input.nextFilm();
    const argv = encoderOf(input.house.hearth.pid, "libx264");
    const { session, playlist, beganAt } = await open(input.house, film.id, plainPlayer);
    for (const index of playlist.segments.keys()) await get(playlist, index);
    const ourMs = performance.now() - beganAt;
    await input.house.end(session);
    await encodersEnded(input.house.hearth.pid);
    const seconds = playlist.segments.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);
    const theirMs = await rawMs(await argv, film.path, seconds);
    samples.Hearth.push(seconds / (ourMs / 1000));
    samples.ffmpeg.push(seconds / (theirMs / 1000));
  }
  const figure = { part: "throughput", title: "a whole film made anew", unit: "× real time", samples };
  return { figures: [figure], verdicts: ratioVerdict(figure, { ours: "Hearth", base: "ffmpeg", atLeast: 0.95 }) };
}
