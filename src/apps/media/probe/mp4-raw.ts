import type { RawContainer } from "./container-protocol.ts";
import type { RawStream } from "./ffprobe.ts";
import { type FileWindow, uint64, Unreadable } from "./file-window.ts";
import { type Box, boxAt, boxesIn, boxIn } from "./mp4-boxes.ts";
import { isFragmented } from "./mp4-fragments.ts";
import { partsOf } from "./mp4-keyframes.ts";
import { type Mp4Track, tracksOf } from "./mp4-samples.ts";
import { mp4Sound } from "./mp4-sound.ts";
import { mp4Tags } from "./mp4-tags.ts";
import { type Mp4Timing, mp4Timing } from "./mp4-timing.ts";
import { h264Head, hevcHead, transferOf } from "./picture-heads.ts";
import { ratio, seconds } from "./raw-words.ts";

/** Seconds from 1904, where QuickTime counts from, to 1970. */
const epochSeconds = 2_082_844_800;

/**
 * What ffprobe says of an mp4 or QuickTime file, from its tables. Throws Unreadable for everything that is not plain: fragments, edits
 * that cut, pictures at a rate that varies, codecs and tags that need more than their head.
 */
export function mp4Raw(file: FileWindow, { isSong = false } = {}): RawContainer {
  if (file.bytes(4, 4).toString("latin1") !== "ftyp") throw new Unreadable("no mp4");
  const { moov } = partsOf(file, { withFragments: false });
  if (isFragmented(moov)) throw new Unreadable("fragments");
  const movie = movieOf(moov);
  const all = [...boxesIn(moov, 0, moov.length)];
  const tracks = tracksOf(moov);
  if (tracks.length !== all.filter(({ type }) => type === "trak").length) throw new Unreadable("a track without parts");
  const configurations = new Map<number, Uint8Array>();
  const isQuickTime = file.bytes(8, 4).toString("latin1") === "qt  ";
  const { tags, covers } = mp4Tags(moov, { isSong });
  const streams = tracks.map((track): RawStream => {
    const { stream, configuration } = streamOf(file, moov, track, { isQuickTime, gapless: tags["iTunSMPB"] });
    if (configuration !== undefined) configurations.set(track.index, configuration);
    return stream;
  });
  const pictures = covers.map((codec, index) => coverOf(codec, streams.length + index));
  if (
    covers.length > 0 &&
    all.findLastIndex(({ type }) => type === "trak") > all.findIndex(({ type }) => type === "udta")
  )
    throw new Unreadable("a cover before a track");
  const starts = streams.filter(({ codec_type }) => codec_type !== "subtitle");
  const first = starts.reduce((least, { start_time = "" }) => Math.min(least, Number(start_time)), Infinity);
  if (!Number.isFinite(first) || (first > 0 && starts.length < streams.length)) throw new Unreadable("no plain start");
  return {
    raw: {
      streams: [...streams, ...pictures],
      chapters: [],
      format: {
        format_name: "mov,mp4,m4a,3gp,3g2,mj2",
        start_time: seconds(first),
        duration: seconds(movie.durationUs / 1_000_000),
        bit_rate: String(Math.floor((file.sizeBytes * 8 * 1_000_000) / movie.durationUs)),
        tags: { ...brandsOf(file), ...(movie.created === undefined ? {} : { creation_time: movie.created }), ...tags },
      },
    },
    configurations,
  };
}

const identity = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000];
const matrixAt = (bytes: Buffer, at: number) => identity.map((_, index) => bytes.readInt32BE(at + index * 4));

function movieOf(moov: Buffer): { durationUs: number; created: string | undefined } {
  const mvhd = boxIn(moov, { start: 0, end: moov.length }, "mvhd");
  const isLong = mvhd !== undefined && moov[mvhd.start] === 1;
  const at = (mvhd?.start ?? 0) + (isLong ? 20 : 12);
  if (mvhd === undefined || mvhd.end < at + (isLong ? 72 : 68)) throw new Unreadable("no movie header");
  const scale = moov.readUInt32BE(at);
  const duration = isLong ? uint64(moov, at + 4) : moov.readUInt32BE(at + 4);
  if (scale === 0 || duration === 0 || duration === 0xffffffff) throw new Unreadable("no length");
  const matrix = matrixAt(moov, at + (isLong ? 12 : 8) + 16);
  if (matrix.some((value, index) => value !== identity[index])) throw new Unreadable("a turned movie");
  return { durationUs: Math.round((duration / scale) * 1_000_000), created: createdOf(moov, mvhd) };
}

function createdOf(moov: Buffer, { start }: Box): string | undefined {
  const time = moov[start] === 1 ? uint64(moov, start + 4) : moov.readUInt32BE(start + 4);
  if (time === 0) return undefined;
  if (time < epochSeconds) throw new Unreadable("a date before its time");
  return new Date((time - epochSeconds) * 1000).toISOString().replace("Z", "000Z");
}

function brandsOf(file: FileWindow): Record<string, string> {
  const end = file.bytes(0, 4).readUInt32BE(0);
  if (end < 16 || end > 1024) throw new Unreadable("no brands");
  const brands = file.bytes(8, end - 8);
  return {
    major_brand: brands.toString("latin1", 0, 4),
    minor_version: String(brands.readUInt32BE(4)),
    compatible_brands: brands.toString("latin1", 8),
  };
}

const coverOf = (codec: string, index: number): RawStream => ({
  ...{ index, codec_name: codec, codec_type: "video" },
  disposition: { attached_pic: 1 },
});

const kinds: Readonly<Record<string, string>> = { vide: "video", soun: "audio", sbtl: "subtitle" };
const entryHeadBytes = 8;

interface About {
  readonly isQuickTime: boolean;
  /** Of iTunes: how many samples are to be left out at the beginning. */
  readonly gapless: string | undefined;
}

function streamOf(file: FileWindow, moov: Buffer, track: Mp4Track, { isQuickTime, gapless }: About) {
  const { trak, stbl, index, handler, timeScale } = track;
  const type = kinds[handler];
  const udta = boxIn(moov, trak, "udta");
  // ffmpeg does not read the name that a track may have there.
  const isNamed = udta === undefined || [...boxesIn(moov, udta.start, udta.end)].every((box) => box.type === "name");
  if (type === undefined || !isNamed) throw new Unreadable("an unusual track");
  const tref = boxIn(moov, trak, "tref");
  if (tref !== undefined && boxIn(moov, tref, "chap") !== undefined) throw new Unreadable("chapters");
  const stsd = boxIn(moov, stbl, "stsd");
  const [entry, second] = stsd === undefined ? [] : [...boxesIn(moov, stsd.start + entryHeadBytes, stsd.end)];
  if (entry === undefined || second !== undefined) throw new Unreadable("several descriptions");
  const timing = mp4Timing(moov, track);
  if (timing.first.offset + timing.first.sizeBytes > file.sizeBytes) throw new Unreadable("a file cut short");
  const common = {
    ...{ index, codec_type: type, start_time: seconds(startOf(moov, track, timing, gapless) / timeScale) },
    bit_rate: String(Math.floor((timing.sizeBytes * 8 * timeScale) / timing.duration)),
    disposition: { default: (moov[tkhdOf(moov, trak).start + 3] ?? 0) & 1 },
    tags: trackTags(moov, trak, isQuickTime),
  };
  if (type === "subtitle") {
    if (entry.type !== "tx3g") throw new Unreadable("another kind of subtitles");
    return { stream: { ...common, codec_name: "mov_text" } satisfies RawStream };
  }
  if (type === "audio") return { stream: { ...common, ...mp4Sound(file, moov, entry, timing) } satisfies RawStream };
  const { configuration, ...picture } = pictureOf(moov, track, entry, timing);
  return { stream: { ...common, ...picture } satisfies RawStream, configuration };
}

function tkhdOf(moov: Buffer, trak: Box): Box {
  const tkhd = boxIn(moov, trak, "tkhd");
  if (tkhd === undefined || tkhd.end - tkhd.start < (moov[tkhd.start] === 1 ? 96 : 84)) {
    throw new Unreadable("no track header");
  }
  return tkhd;
}

/** In the track's own time: what an edit list leaves out before it is not heard, and no picture may be cut. */
function startOf(
  moov: Buffer,
  { shift, handler, trak }: Mp4Track,
  { firstTime }: Mp4Timing,
  gapless: string | undefined,
): number {
  if (shift === null) throw new Unreadable("an edit list that cuts");
  const elst = boxAt(moov, trak, "edts", "elst");
  const isPaused = elst !== undefined && moov.readUInt32BE(elst.start + 4) > 1;
  const start = firstTime - shift;
  if (isPaused && firstTime < secondEdit(moov, elst)) throw new Unreadable("an edit list that cuts");
  if (gapless !== undefined) {
    if (elst !== undefined || handler !== "soun") throw new Unreadable("two kinds of edits");
    return start + (Number.parseInt(gapless.trim().split(" ")[1] ?? "", 16) || 0);
  }
  if (start >= 0) return start;
  if (handler === "vide") throw new Unreadable("an edit list that cuts");
  return 0;
}

/** Where the second edit begins in the track. */
function secondEdit(moov: Buffer, { start }: Box): number {
  const isLong = moov[start] === 1;
  return isLong ? Number(moov.readBigInt64BE(start + 36)) : moov.readInt32BE(start + 24);
}

function trackTags(moov: Buffer, trak: Box, isQuickTime: boolean): Record<string, string> {
  const mdhd = boxAt(moov, trak, "mdia", "mdhd");
  const hdlr = boxAt(moov, trak, "mdia", "hdlr");
  if (mdhd === undefined || hdlr === undefined) throw new Unreadable("a track without parts");
  const language = languageOf(moov.readUInt16BE(mdhd.start + (moov[mdhd.start] === 1 ? 32 : 20)));
  let name = moov.subarray(Math.min(hdlr.end, hdlr.start + 24), hdlr.end);
  if (isQuickTime && name.length > 0 && name[0] === name.length - 1) name = name.subarray(1);
  const handler = name.toString("utf8").split("\0")[0] ?? "";
  const created = createdOf(moov, mdhd);
  return {
    ...(created === undefined ? {} : { creation_time: created }),
    ...(language === undefined ? {} : { language }),
    ...(handler === "" ? {} : { handler_name: handler }),
  };
}

/** Three letters of five bits each. */
function languageOf(code: number): string | undefined {
  if (code === 0) return "eng";
  if (code === 0x7fff) return undefined;
  if (code < 0x400) throw new Unreadable("a language of the old Macintosh");
  return String.fromCharCode(...[10, 5, 0].map((shift) => ((code >> shift) & 31) + 0x60));
}

const visualHeadBytes = 78;
const readers = {
  avc1: ["h264", "avcC", h264Head],
  hvc1: ["hevc", "hvcC", hevcHead],
  hev1: ["hevc", "hvcC", hevcHead],
} as const;
/** Dolby Vision, several layers, interlacing: whoever decodes knows. */
const beyond = new Set(["dvcC", "dvvC", "dvwC", "hvcE", "lhvC", "sinf"]);

function pictureOf(moov: Buffer, { trak, timeScale }: Mp4Track, entry: Box, timing: Mp4Timing) {
  if (!(entry.type in readers)) throw new Unreadable("another codec");
  const [codec, box, read] = readers[entry.type as keyof typeof readers];
  const inside = [...boxesIn(moov, entry.start + visualHeadBytes, entry.end)];
  const held = inside.find(({ type }) => type === box);
  if (held === undefined || inside.some(({ type }) => beyond.has(type))) throw new Unreadable("an unusual picture");
  const fields = inside.find(({ type }) => type === "fiel");
  if (fields !== undefined && moov[fields.start] !== 1) throw new Unreadable("fields");
  const configuration = Uint8Array.from(moov.subarray(held.start, held.end));
  const head = read(configuration);
  const [width, height] = [moov.readUInt16BE(entry.start + 24), moov.readUInt16BE(entry.start + 26)];
  if (width !== head.width || height !== head.height) throw new Unreadable("a picture cut by the container");
  const colours = inside.find(({ type }) => type === "colr");
  if (colours !== undefined && transferIn(moov, colours) !== head.color_transfer) throw new Unreadable("two transfers");
  const { sampleCount, duration, sampleDuration } = timing;
  if (sampleDuration === null) throw new Unreadable("a rate that varies");
  const { rotation, ...shown } = shownAs(moov, trak);
  const pasp = inside.find(({ type }) => type === "pasp");
  if (pasp === undefined && (shown.width !== width || shown.height !== height))
    throw new Unreadable("a stretched picture");
  const aspect = pasp === undefined ? head.sample_aspect_ratio : aspectIn(moov, pasp);
  return {
    codec_name: codec,
    ...head,
    ...(aspect === undefined ? {} : { sample_aspect_ratio: aspect }),
    r_frame_rate: ratio(timeScale, sampleDuration),
    avg_frame_rate: ratio(timeScale * sampleCount, duration),
    ...(rotation === 0 ? {} : { side_data_list: [{ rotation }] }),
    configuration,
  };
}

function aspectIn(moov: Buffer, { start, end }: Box): string {
  if (end - start < 8) throw new Unreadable("no aspect");
  return ratio(moov.readUInt32BE(start), moov.readUInt32BE(start + 4)).replace("/", ":");
}

function transferIn(moov: Buffer, { start, end }: Box): string | undefined {
  const type = moov.toString("latin1", start, start + 4);
  if ((type !== "nclx" && type !== "nclc") || end - start < 10) return undefined;
  return transferOf(moov.readUInt16BE(start + 6));
}

/** By the four numbers of a matrix that turn: degrees as ffprobe counts them. */
const turns: Readonly<Record<string, number>> = { "1 0 0 1": 0, "0 1 -1 0": -90, "-1 0 0 -1": -180, "0 -1 1 0": 90 };

function shownAs(moov: Buffer, trak: Box): { rotation: number; width: number; height: number } {
  const tkhd = tkhdOf(moov, trak);
  const at = tkhd.start + (moov[tkhd.start] === 1 ? 52 : 40);
  const [a = 0, b = 0, , c = 0, d = 0] = matrixAt(moov, at).map((value) => value / 0x10000);
  const rotation = turns[[a, b, c, d].join(" ")];
  if (rotation === undefined) throw new Unreadable("a picture turned or mirrored");
  return { rotation, width: moov.readUInt32BE(at + 36) >>> 16, height: moov.readUInt32BE(at + 40) >>> 16 };
}
