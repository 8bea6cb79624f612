import type { AudioTrack, SubtitleTrack, VideoTrack } from "#apps/media/probe";
import type { AudioRendition, Rung } from "#contract/apps/media/decide";
import { levelOf } from "./arguments.ts";
import type { Grid } from "./grid.ts";
import { initName, type Rendition, segmentName } from "./rendition.ts";
import { segmentCount, segmentStart } from "./recipe.ts";

/** A rung of the master play list. */
export interface Variant {
  readonly path: string;
  readonly rung: Rung;
  readonly rendition: Rendition;
  readonly track: VideoTrack;
  /** RFC 6381, exact. */
  readonly codecString: string;
}

export interface Sound {
  readonly path: string;
  readonly plan: AudioRendition;
  readonly track: AudioTrack;
  readonly codecString: string;
}

export interface TextTrack {
  readonly path: string;
  readonly track: Pick<SubtitleTrack, "language" | "title" | "isForced" | "isDefault" | "isHearingImpaired">;
}

export interface MasterInput {
  readonly variants: readonly Variant[];
  readonly sounds: readonly Sound[];
  readonly texts: readonly TextTrack[];
}

/** What surrounds one picture or packet in a segment. */
const bytesPerSample = 16;
const bytesPerSegment = 104;
/** The rate control may be above the wished peak by so much within one segment. */
const peakMargin = 1.1;
const versionLines = ["#EXTM3U", "#EXT-X-VERSION:7"];

/** The master play list (RFC 8216): every rung with every form of the sound, each with what it really is and takes. */
export function masterPlaylist({ variants, sounds, texts }: MasterInput): string {
  const lines = [...versionLines, "#EXT-X-INDEPENDENT-SEGMENTS"];
  const groups = [...new Set(sounds.map(groupOf))];
  for (const group of groups) for (const sound of soundsOf(sounds, group)) lines.push(soundLine(group, sound));
  for (const text of texts) lines.push(textLine(text));
  const about = texts.length === 0 ? [] : ['SUBTITLES="text"'];
  for (const group of groups.length === 0 ? [null] : groups) {
    const heard = group === null ? [] : soundsOf(sounds, group);
    const soundBits = Math.max(0, ...heard.map(({ plan }) => plan.bitsPerSecond));
    const audio = group === null ? [] : [`AUDIO="${group}"`];
    const soundCodecs = heard.map(({ codecString }) => codecString);
    if (variants.length === 0 && heard[0] !== undefined) {
      lines.push(streamLine({ average: soundBits, peak: soundBits }, soundCodecs, [...audio, ...about]), heard[0].path);
    }
    for (const variant of variants) {
      const bits = bitsOf(variant);
      const all = { average: bits.average + soundBits, peak: bits.peak + soundBits };
      const codecs = [variant.codecString, ...soundCodecs];
      lines.push(streamLine(all, codecs, [...pictureAttributes(variant), ...audio, ...about]), variant.path);
    }
  }
  return `${lines.join("\n")}\n`;
}

function streamLine(bits: Bits, codecs: readonly string[], more: readonly string[]): string {
  const rates = [`BANDWIDTH=${Math.ceil(bits.peak)}`, `AVERAGE-BANDWIDTH=${Math.ceil(bits.average)}`];
  return `#EXT-X-STREAM-INF:${[...rates, `CODECS="${[...new Set(codecs)].join(",")}"`, ...more].join(",")}`;
}

function pictureAttributes({ rung, track }: Variant): string[] {
  const rate = track.frameRate === null ? undefined : track.frameRate[0] / track.frameRate[1];
  const shown = rate === undefined ? [] : [`FRAME-RATE=${(rung.halvesFrames ? rate / 2 : rate).toFixed(3)}`];
  return [`RESOLUTION=${rung.width}x${rung.height}`, ...shown, `VIDEO-RANGE=${rangeOf(rung, track)}`];
}

function rangeOf({ toneMaps }: Rung, { range }: VideoTrack): string {
  if (toneMaps || range === "sdr") return "SDR";
  return range === "hlg" ? "HLG" : "PQ";
}

interface Bits {
  readonly average: number;
  readonly peak: number;
}

/** Bits a second of the picture: of the original from its index, segment by segment. */
function bitsOf({ rung, rendition, track }: Variant): Bits {
  const { recipe } = rendition;
  const exact = rung.encoder === "copy" && recipe.kind === "picture" ? bitsOfGrid(recipe.grid, track) : undefined;
  return exact ?? { average: rung.bitsPerSecond, peak: rung.maxBitsPerSecond * peakMargin };
}

function bitsOfGrid(grid: Grid, { frameRate }: VideoTrack): Bits | undefined {
  if (grid.bytes.length === 0) return undefined;
  const rate = frameRate === null ? 30 : frameRate[0] / frameRate[1];
  let peak = 0;
  let total = 0;
  grid.bytes.forEach((bytes, at) => {
    const seconds = ((grid.starts[at + 1] ?? grid.end) - (grid.starts[at] ?? 0)) / grid.ticksPerSecond;
    const bits = 8 * (bytes + bytesPerSegment + bytesPerSample * rate * seconds);
    total += bits;
    if (seconds > 0) peak = Math.max(peak, bits / seconds);
  });
  return { average: (total * grid.ticksPerSecond) / Math.max(1, grid.end), peak };
}

/** All tracks of one form; a track that has no such form takes part with the one it has. */
function soundsOf(sounds: readonly Sound[], group: string): Sound[] {
  const tracks = [...new Set(sounds.map(({ plan }) => plan.index))];
  return tracks.flatMap((index) => {
    const own = sounds.filter(({ plan }) => plan.index === index);
    return own.find((sound) => groupOf(sound) === group) ?? own[0] ?? [];
  });
}

/** Forms of sound that players tell apart; names of groups. */
function groupOf({ plan: { codec, channels } }: Sound): string {
  return `${codec}-${channels > 2 ? "surround" : "stereo"}`;
}

function soundLine(group: string, { path, plan, track }: Sound): string {
  const channels = plan.channels === 6 ? " 5.1" : plan.channels === 8 ? " 7.1" : "";
  const name = track.title ?? `${track.language ?? "Sound"}${channels}`;
  return mediaLine("AUDIO", group, name, track.language, [
    `DEFAULT=${yes(plan.isDefault)}`,
    `AUTOSELECT=${yes(plan.isDefault || !track.isCommentary)}`,
    `CHANNELS="${plan.channels}"`,
    `URI="${path}"`,
  ]);
}

function textLine({ path, track }: TextTrack): string {
  const name = track.title ?? track.language ?? "Subtitles";
  const heard =
    'CHARACTERISTICS="public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound"';
  return mediaLine("SUBTITLES", "text", name, track.language, [
    "DEFAULT=NO",
    `AUTOSELECT=${yes(track.isDefault || track.isForced)}`,
    `FORCED=${yes(track.isForced)}`,
    ...(track.isHearingImpaired ? [heard] : []),
    `URI="${path}"`,
  ]);
}

function mediaLine(
  type: string,
  group: string,
  name: string,
  language: string | null,
  rest: readonly string[],
): string {
  const spoken = language === null ? [] : [`LANGUAGE="${quoted(language)}"`];
  return `#EXT-X-MEDIA:${[`TYPE=${type}`, `GROUP-ID="${group}"`, `NAME="${quoted(name)}"`, ...spoken, ...rest].join(",")}`;
}

const yes = (is: boolean) => (is ? "YES" : "NO");
/** A quoted string holds neither quotes nor line breaks (RFC 8216 §4.2). */
// eslint-disable-next-line no-control-regex
const quoted = (text: string) => text.replaceAll(/["\u0000-\u001f\u007f]/g, "'").slice(0, 200);

/** The play list of one rendition: complete from the beginning, with the true length of every segment. */
export function mediaPlaylist({ recipe }: Rendition): string {
  const lengths: string[] = [];
  let longest = 0;
  const count = segmentCount(recipe);
  for (let index = 0; index < count; index += 1) {
    const length = micro(segmentStart(recipe, index + 1)) - micro(segmentStart(recipe, index));
    longest = Math.max(longest, length);
    lengths.push(`#EXTINF:${(length / 1e6).toFixed(6)},`, segmentName(index));
  }
  return list(longest / 1e6, [`#EXT-X-MAP:URI="${initName}"`, ...lengths]);
}

/** Rounded at each boundary, not at each length, so that the lengths add up to the whole. */
const micro = (seconds: number) => Math.round(seconds * 1e6);

export const textSeconds = 60;

/** WebVTT in pieces of a minute. */
export function textPlaylist(durationSeconds: number): string {
  const count = Math.max(1, Math.ceil(durationSeconds / textSeconds));
  const lines = Array.from({ length: count }, (_, index) => {
    const length = Math.min(textSeconds, durationSeconds - index * textSeconds);
    return `#EXTINF:${length.toFixed(6)},\n${index}.vtt`;
  });
  return list(Math.min(textSeconds, durationSeconds), lines);
}

function list(longestSeconds: number, lines: readonly string[]): string {
  const target = Math.max(1, Math.ceil(longestSeconds));
  const head = [`#EXT-X-TARGETDURATION:${target}`, "#EXT-X-MEDIA-SEQUENCE:0", "#EXT-X-PLAYLIST-TYPE:VOD"];
  return `${[...versionLines, ...head, "#EXT-X-INDEPENDENT-SEGMENTS", ...lines, "#EXT-X-ENDLIST"].join("\n")}\n`;
}

/** What x264 writes into the stream for this rung: High profile, and the level that it is told. */
export function encodedCodec(rendition: Rendition): string | undefined {
  const { recipe } = rendition;
  if (recipe.kind === "sound") return recipe.encode === null ? undefined : "mp4a.40.2";
  if (recipe.encode?.encoder !== "software") return undefined;
  return `avc1.6400${levelOf(recipe.encode).toString(16)}`;
}
