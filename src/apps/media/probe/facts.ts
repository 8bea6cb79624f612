import { Broken } from "./broken.ts";
import { codecString } from "./codec-strings.ts";
import { bytesOfDump, type RawProbe, type RawStream } from "./ffprobe.ts";
import { cleanText, tagsOf } from "./tags.ts";
import type { AudioTrack, Chapter, MediaFacts, SubtitleTrack, VideoTrack } from "./types.ts";

/** Raised when facts are made in another way. */
export const recipe = 2;
const maxStreams = 250;
const maxChapters = 1000;
const maxSide = 32_768;

const imageSubtitles = new Set([
  "hdmv_pgs_subtitle",
  "dvd_subtitle",
  "dvb_subtitle",
  "xsub",
  "dvb_teletext",
  "arib_caption",
]);
const containers: Readonly<Record<string, string>> = {
  "mov,mp4,m4a,3gp,3g2,mj2": "mp4",
  "matroska,webm": "matroska",
  image2: "image",
};

/** The short name of what ffprobe calls a format. */
export function containerOf(name = ""): string {
  return containers[name] ?? (name.split(",")[0] ?? "").replace(/_pipe$/, "");
}

/** Facts from what ffprobe said; `dumps` are decoder configurations by stream index. Throws Broken when there is nothing to show or hear. */
export function factsOfProbe(raw: RawProbe, dumps: ReadonlyMap<number, Uint8Array>): MediaFacts {
  const streams = raw.streams ?? [];
  if (streams.length > maxStreams) {
    throw new Broken(`The file claims to hold ${streams.length} tracks, more than any real one.`);
  }
  const of = (type: string) => streams.filter((stream) => stream.codec_type === type && isKnown(stream));
  const pictures = of("video");
  const covers = pictures.filter(isCover);
  const video = pictures.filter((stream) => !isCover(stream)).flatMap((stream) => videoTrack(stream, dumps) ?? []);
  const audio = of("audio").flatMap((stream) => audioTrack(stream) ?? []);
  if (video.length + audio.length === 0) throw new Broken(nothingIn(streams));
  const shown = streams.find(({ index }) => index === (video[0] ?? audio[0])?.index);
  const seekOriginUs = Math.round(Number(raw.format?.start_time) * 1_000_000);
  return {
    recipe,
    container: containerOf(raw.format?.format_name),
    durationMs: milliseconds(raw.format?.duration),
    startMs: milliseconds(shown?.start_time ?? raw.format?.start_time) ?? 0,
    ...(Number.isSafeInteger(seekOriginUs) ? { seekOriginUs } : {}),
    bitsPerSecond: positive(raw.format?.bit_rate),
    video,
    audio,
    subtitles: of("subtitle").map(subtitleTrack),
    chapters: chaptersOf(raw),
    covers: covers.map((stream) => ({ index: stream.index ?? 0, codec: stream.codec_name ?? "" })),
    fonts: streams
      .filter(isFont)
      .map(({ index = 0, tags }) => ({ index, name: cleanText(tags?.["filename"] ?? `font ${index}`) })),
    // Ogg keeps the tags of a song in its stream.
    tags: tagsOf(
      raw.format?.tags,
      video.length === 0 ? streams.find(({ codec_type }) => codec_type === "audio")?.tags : undefined,
    ),
    picture: null,
  };
}

const isKnown = ({ codec_name }: RawStream) => codec_name !== undefined && codec_name !== "unknown";
const flag = (stream: RawStream, name: string) => stream.disposition?.[name] === 1;
const isCover = (stream: RawStream) => flag(stream, "attached_pic") || flag(stream, "timed_thumbnails");
const isFont = ({ codec_type, codec_name = "", tags }: RawStream) =>
  codec_type === "attachment" &&
  (/^(ttf|otf)$/.test(codec_name) || /font|truetype|opentype/i.test(tags?.["mimetype"] ?? ""));

function nothingIn(streams: readonly RawStream[]): string {
  const unknown = streams.some(({ codec_type }) => codec_type === "video" || codec_type === "audio");
  return unknown
    ? "Its picture and sound are in a form that cannot be read here, or they are damaged."
    : "There is neither picture nor sound in this file.";
}

function common(stream: RawStream) {
  const language = stream.tags?.["language"] ?? "";
  return {
    index: stream.index ?? 0,
    codec: stream.codec_name ?? "",
    language: language === "" || language === "und" ? null : cleanText(language).slice(0, 35),
    title: titleOf(stream.tags),
    isDefault: flag(stream, "default"),
    isForced: flag(stream, "forced"),
  };
}

/** mp4 has the name of the program that wrote a track where others have a title. */
function titleOf(tags: RawStream["tags"]): string | null {
  const title = cleanText(tags?.["title"] ?? "").slice(0, 500);
  if (title !== "") return title;
  const handler = cleanText(tags?.["handler_name"] ?? "").slice(0, 200);
  return handler === "" ||
    /handler|^(core media|mainconcept|gpac|l-smash|iso media|apple|sound|video|text|subtitle)/i.test(handler)
    ? null
    : handler;
}

function videoTrack(stream: RawStream, dumps: ReadonlyMap<number, Uint8Array>): VideoTrack | undefined {
  const { width = 0, height = 0, profile = null } = stream;
  if (width < 1 || height < 1) return undefined;
  if (width > maxSide || height > maxSide) throw new Broken(`The picture claims to be ${width} × ${height} pixels.`);
  const isInterlaced = ["tt", "bb", "tb", "bt"].includes(stream.field_order ?? "");
  const frameRate = frameRateOf(stream, isInterlaced);
  const bitDepth = bitDepthOf(stream);
  const level = stream.level !== undefined && stream.level > 0 ? stream.level : null;
  const dolby = stream.side_data_list?.find((data) => String(data["side_data_type"]).startsWith("DOVI"));
  const source = {
    ...{ codec: stream.codec_name ?? "", profile, level, width, height, bitDepth },
    framesPerSecond: frameRate === null ? null : frameRate[0] / frameRate[1],
    configuration: dumps.get(stream.index ?? -1) ?? bytesOfDump(stream.extradata),
  };
  return {
    ...common(stream),
    profile,
    level,
    codecString: codecString(source),
    width,
    height,
    rotation: rotationOf(stream),
    pixelAspect: aspectOf(stream.sample_aspect_ratio),
    frameRate,
    isInterlaced,
    ...(stream.has_b_frames === undefined ? {} : { reorder: stream.has_b_frames }),
    pixelFormat: stream.pix_fmt ?? null,
    bitDepth,
    range: rangeOf(stream, dolby !== undefined),
    dolbyProfile: typeof dolby?.["dv_profile"] === "number" ? dolby["dv_profile"] : null,
    bitsPerSecond: positive(stream.bit_rate) ?? positive(stream.tags?.["BPS"]),
  };
}

function rangeOf({ color_transfer }: RawStream, isDolby: boolean): VideoTrack["range"] {
  if (isDolby) return "dolby-vision";
  if (color_transfer === "smpte2084") return "hdr10";
  return color_transfer === "arib-std-b67" ? "hlg" : "sdr";
}

/** ffmpeg counts counter-clockwise. */
function rotationOf({ side_data_list, tags }: RawStream): number {
  const matrix = side_data_list?.find((data) => typeof data["rotation"] === "number");
  const clockwise = matrix === undefined ? Number(tags?.["rotate"] ?? 0) : -Number(matrix["rotation"]);
  return Number.isFinite(clockwise) ? (((Math.round(clockwise / 90) * 90) % 360) + 360) % 360 : 0;
}

function bitDepthOf({ pix_fmt = "", bits_per_raw_sample }: RawStream): number {
  const said = Number(bits_per_raw_sample);
  if (said >= 8 && said <= 16) return said;
  return Number(/p0?(9|10|12|14|16)(?:le|be)?$/.exec(pix_fmt)?.[1] ?? 8);
}

export function fraction(text: string | undefined): readonly [number, number] | null {
  const match = /^(\d+)[/:](\d+)$/.exec(text ?? "");
  const [over, under] = [Number(match?.[1]), Number(match?.[2])];
  return over > 0 && under > 0 ? [over, under] : null;
}

const aspectOf = (text: string | undefined) => fraction(text) ?? ([1, 1] as const);

/** Rates nearer than this are the same one, rounded differently; 24 and 23.976 are 0.1 % apart. */
const sameRate = 0.0005;

/** Constant when the average is the rate that all times fit. */
function frameRateOf(stream: RawStream, isInterlaced: boolean): readonly [number, number] | null {
  const fitting = fraction(stream.r_frame_rate);
  const average = fraction(stream.avg_frame_rate);
  if (fitting === null || average === null) return null;
  const ratio = fitting[0] / fitting[1] / (average[0] / average[1]);
  if (Math.abs(ratio - 1) < sameRate) return fitting;
  // Two fields a frame.
  return isInterlaced && Math.abs(ratio - 2) < 2 * sameRate ? average : null;
}

function audioTrack(stream: RawStream): AudioTrack | undefined {
  const samplesPerSecond = Number(stream.sample_rate ?? 0);
  const { channels = 0, profile = null, codec_name: codec = "" } = stream;
  if (channels < 1 || !(samplesPerSecond > 0)) return undefined;
  const source = { codec, profile, level: null, samplesPerSecond, configuration: null };
  const track = common(stream);
  return {
    ...track,
    profile,
    codecString: codecString(source),
    channels,
    layout: stream.channel_layout ?? null,
    samplesPerSecond,
    bitsPerSecond: positive(stream.bit_rate) ?? positive(stream.tags?.["BPS"]),
    bitDepth: positive(stream.bits_per_raw_sample),
    isCommentary: flag(stream, "comment") || /commentary|kommentar|commentaire/i.test(track.title ?? ""),
    ...(Number.isFinite(Number(stream.start_time)) ? { startMs: Number(stream.start_time) * 1000 } : {}),
  };
}

function subtitleTrack(stream: RawStream): SubtitleTrack {
  const track = common(stream);
  return {
    ...track,
    isForced: track.isForced || /\bforced\b/i.test(track.title ?? ""),
    form: imageSubtitles.has(track.codec) ? "image" : "text",
    isHearingImpaired: flag(stream, "hearing_impaired") || /\b(sdh|cc|hearing)\b/i.test(track.title ?? ""),
  };
}

function chaptersOf({ chapters = [] }: RawProbe): Chapter[] {
  return chapters.slice(0, maxChapters).flatMap(({ start_time, end_time, tags }) => {
    const startMs = milliseconds(start_time);
    const endMs = milliseconds(end_time);
    const title = cleanText(tags?.["title"] ?? "").slice(0, 500);
    return startMs === null || endMs === null ? [] : { startMs, endMs, title: title === "" ? null : title };
  });
}

function milliseconds(seconds: string | undefined): number | null {
  const value = Math.round(Number(seconds) * 1000);
  return seconds !== undefined && Number.isSafeInteger(value) ? value : null;
}

function positive(text: string | undefined): number | null {
  const value = Number(text);
  return Number.isFinite(value) && value > 0 ? value : null;
}
