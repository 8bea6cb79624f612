import type { RawContainer } from "./container-protocol.ts";
import { childrenOf, content, type Element, elementsIn, text } from "./ebml.ts";
import type { RawStream } from "./ffprobe.ts";
import { type FileWindow, Unreadable } from "./file-window.ts";
import { fieldsOf, ids, type Layout, layoutOf, timestampScaleOf, type TrackEntry, trackEntriesOf } from "./matroska.ts";
import { firstBlocks, type FirstBlock } from "./matroska-first.ts";
import { matroskaSound } from "./matroska-sound.ts";
import { matroskaTags, type MatroskaTags, uidOf } from "./matroska-tags.ts";
import { h264Head, hevcHead, transferOf } from "./picture-heads.ts";
import { nearestRatio, seconds } from "./raw-words.ts";

const named = {
  ...{ title: 0x7ba9, dateUtc: 0x4461, codecPrivate: 0x63a2, codecDelay: 0x56aa, encodings: 0x6d80 },
  ...{ name: 0x536e, language: 0x22b59c, languageTag: 0x22b59d, uid: 0x73c5, additionMapping: 0x41e4 },
  ...{ isDefault: 0x88, isForced: 0x55aa, isHearingImpaired: 0x55ab, isCommentary: 0x55af },
  ...{ video: 0xe0, interlaced: 0x9a, width: 0xb0, height: 0xba, shownWidth: 0x54b0, shownHeight: 0x54ba },
  ...{ shownUnit: 0x54b2, stereo: 0x53b8, projection: 0x7670, colour: 0x55b0, transfer: 0x55ba },
  ...{ cropBottom: 0x54aa, cropTop: 0x54bb, cropLeft: 0x54cc, cropRight: 0x54dd },
  ...{ edition: 0x45b9, chapter: 0xb6, chapterStart: 0x91, chapterEnd: 0x92, display: 0x80, string: 0x85 },
  ...{ attached: 0x61a7, fileName: 0x466e, mediaType: 0x4660, fileData: 0x465c },
} as const;

const maxChapters = 1000;
const maxAttachments = 200;
/** Those of real codecs are some kilobytes. */
const maxConfigurationBytes = 2 ** 20;
/** From 2001, where Matroska counts from, to 1970. */
const epochMs = 978_307_200_000;

/**
 * What ffprobe says of a Matroska file, from its parts and the first block of each track. Throws Unreadable for everything that is not
 * plain: codecs that need more than their head, pictures without a rate, tracks that are compressed.
 */
export function matroskaRaw(file: FileWindow): RawContainer {
  const layout = layoutOf(file);
  const [info] = layout.parts.get(ids.info) ?? [];
  if (info === undefined || fieldsOf(file, fieldsHead(file)).text(0x4282) === undefined)
    throw new Unreadable("no head");
  const scale = timestampScaleOf(file, layout);
  const head = fieldsOf(file, info);
  const durationUs = Math.trunc((float(file, head.find(ids.duration)) * scale) / 1000);
  if (!(durationUs > 0)) throw new Unreadable("no length");
  const entries = trackEntriesOf(file, layout);
  const starting = entries.filter(({ type }) => type === 1 || type === 2);
  if (starting.length === 0) throw new Unreadable("neither picture nor sound");
  const blocks = firstBlocks(file, layout, starting);
  const tags = matroskaTags(file, layout);
  const configurations = new Map<number, Uint8Array>();
  const streams = entries.map((entry): RawStream => {
    const { stream, configuration } = streamOf(file, entry, blocks.get(entry.number), scale, tags);
    if (configuration !== undefined) configurations.set(entry.index, configuration);
    return stream;
  });
  const first = streams.reduce((least, { start_time }) => Math.min(least, Number(start_time ?? Infinity)), Infinity);
  if (first > 0 && starting.length < entries.length) throw new Unreadable("no plain start");
  const title = head.text(named.title);
  return {
    raw: {
      streams: [...streams, ...attachmentsOf(file, layout, streams.length)],
      chapters: chaptersOf(file, layout),
      format: {
        format_name: "matroska,webm",
        start_time: seconds(first),
        duration: seconds(durationUs / 1_000_000),
        bit_rate: String(Math.floor((file.sizeBytes * 8 * 1_000_000) / durationUs)),
        tags: {
          ...createdOf(file, head.find(named.dateUtc)),
          ...(title === undefined ? {} : { title }),
          ...tags.ofFile,
        },
      },
    },
    configurations,
  };
}

function fieldsHead(file: FileWindow): Element {
  const [head] = elementsIn(file, 0, file.sizeBytes);
  if (head === undefined) throw new Unreadable("no head");
  return head;
}

function float(file: FileWindow, element: Element | undefined): number {
  if (element === undefined) return Number.NaN;
  const bytes = content(file, element);
  if (bytes.length === 8) return bytes.readDoubleBE(0);
  return bytes.length === 4 ? bytes.readFloatBE(0) : Number.NaN;
}

function createdOf(file: FileWindow, element: Element | undefined): Record<string, string> {
  if (element === undefined) return {};
  const bytes = content(file, element);
  if (bytes.length !== 8) throw new Unreadable("no date");
  const microseconds = bytes.readBigInt64BE(0) / 1000n + BigInt(epochMs) * 1000n;
  const date = new Date(Number(microseconds / 1000n));
  if (Number.isNaN(date.getTime())) throw new Unreadable("no date");
  return { creation_time: date.toISOString().replace("Z", `${String(microseconds % 1000n).padStart(3, "0")}Z`) };
}

const kinds: Readonly<Record<number, string>> = { 1: "video", 2: "audio", 17: "subtitle" };

function streamOf(
  file: FileWindow,
  entry: TrackEntry,
  first: FirstBlock | undefined,
  scale: number,
  tags: MatroskaTags,
) {
  const fields = fieldsOf(file, entry.entry);
  const type = kinds[entry.type];
  if (type === undefined || fields.find(named.additionMapping) !== undefined) throw new Unreadable("an unusual track");
  const language = fields.text(named.language) ?? "eng";
  const name = fields.text(named.name);
  const common = {
    ...{ index: entry.index, codec_type: type },
    disposition: {
      default: (fields.number(named.isDefault) ?? 1) === 0 ? 0 : 1,
      forced: fields.number(named.isForced) === 1 ? 1 : 0,
      comment: fields.number(named.isCommentary) === 1 ? 1 : 0,
      hearing_impaired: fields.number(named.isHearingImpaired) === 1 ? 1 : 0,
    },
    tags: {
      ...(language === "und" ? {} : { language }),
      ...(name === undefined || name === "" ? {} : { title: name }),
      ...tags.ofTrack(uidOf(file, fields.find(named.uid))),
    },
  };
  if (type === "subtitle") return { stream: { ...common, codec_name: subtitleCodec(entry) } satisfies RawStream };
  const isCompressed = fields.find(named.encodings) !== undefined;
  if (first === undefined || isCompressed) throw new Unreadable("a track without a plain beginning");
  const delay = Math.round((fields.number(named.codecDelay) ?? 0) / scale);
  const start_time = seconds(((first.time - delay) * scale) / 1e9);
  const held = fields.find(named.codecPrivate);
  if (held !== undefined && held.end - held.start > maxConfigurationBytes) throw new Unreadable("a head too large");
  const configuration = held === undefined ? undefined : Uint8Array.from(content(file, held));
  if (type === "audio") {
    const sound = matroskaSound(entry.codecId, configuration, first.head, first.sizeBytes);
    return { stream: { ...common, start_time, ...sound } satisfies RawStream };
  }
  if (configuration === undefined) throw new Unreadable("no configuration");
  const picture = pictureOf(file, entry, fields.find(named.video), configuration);
  return { stream: { ...common, start_time, ...picture } satisfies RawStream, configuration };
}

const subtitles: Readonly<Record<string, string>> = {
  ...{ "S_TEXT/UTF8": "subrip", "S_TEXT/ASS": "ass", "S_TEXT/SSA": "ass", S_ASS: "ass", S_SSA: "ass" },
  ...{ "S_HDMV/PGS": "hdmv_pgs_subtitle", S_VOBSUB: "dvd_subtitle" },
};

function subtitleCodec({ codecId }: TrackEntry): string {
  const codec = subtitles[codecId];
  if (codec === undefined) throw new Unreadable("other subtitles");
  return codec;
}

const readers = { "V_MPEG4/ISO/AVC": ["h264", h264Head], "V_MPEGH/ISO/HEVC": ["hevc", hevcHead] } as const;
/** As Matroska's demuxer in ffmpeg bounds the numbers of a rate and of an aspect. */
const mostOfRate = 30_000;
const mostOfAspect = 255;
/** Pixels, centimetres, inches or an aspect: all of them are one, as numbers. */
const unknownUnit = 4;
const beyond = [named.projection, named.cropBottom, named.cropTop, named.cropLeft, named.cropRight];

function pictureOf(file: FileWindow, entry: TrackEntry, video: Element | undefined, configuration: Uint8Array) {
  if (!(entry.codecId in readers) || video === undefined) throw new Unreadable("another codec");
  const [codec, read] = readers[entry.codecId as keyof typeof readers];
  const fields = fieldsOf(file, video);
  const number = (id: number) => fields.number(id);
  // 2: progressive; 0: not told, and then the stream itself is asked, which says frames.
  if (number(named.interlaced) === 1 || beyond.some((id) => fields.find(id) !== undefined)) {
    throw new Unreadable("an unusual picture");
  }
  const head = read(configuration);
  const [width, height] = [number(named.width) ?? 0, number(named.height) ?? 0];
  if (width !== head.width || height !== head.height) throw new Unreadable("a picture cut by the container");
  if ((number(named.shownUnit) ?? 0) >= unknownUnit || (number(named.stereo) ?? 0) !== 0)
    throw new Unreadable("an aspect in other units");
  const colour = fields.find(named.colour);
  const transfer = colour && fieldsOf(file, colour).number(named.transfer);
  const told = transfer === undefined || transfer === 2 ? undefined : transferOf(transfer);
  if (transfer !== undefined && transfer !== 2 && told !== head.color_transfer) throw new Unreadable("two transfers");
  const rate = rateOf(entry.defaultDurationNs);
  const [shownWidth, shownHeight] = [number(named.shownWidth) ?? width, number(named.shownHeight) ?? height];
  if (shownWidth === 0 || shownHeight === 0) throw new Unreadable("no aspect");
  return {
    codec_name: codec,
    ...head,
    sample_aspect_ratio: nearestRatio(height * shownWidth, width * shownHeight, mostOfAspect).replace("/", ":"),
    ...{ r_frame_rate: rate, avg_frame_rate: rate },
  };
}

/** Rates that are given as one frame's length. */
function rateOf(frameNs: number): string {
  const perSecond = 1e9 / frameNs;
  if (!(perSecond > 5 && perSecond < 1000)) throw new Unreadable("no rate");
  return nearestRatio(1e9, frameNs, mostOfRate);
}

function chaptersOf(file: FileWindow, { parts }: Layout) {
  const editions: Element[] = [];
  for (const part of parts.get(ids.chapters) ?? []) {
    editions.push(...childrenOf(file, part).filter(({ id }) => id === named.edition));
    if (editions.length > 1) throw new Unreadable("unusual chapters");
  }
  const atoms = editions.flatMap((edition) => childrenOf(file, edition).filter(({ id }) => id === named.chapter));
  if (atoms.length > maxChapters) throw new Unreadable("unusual chapters");
  let before = -1;
  return atoms.map((atom) => {
    const fields = fieldsOf(file, atom);
    const [start, end] = [fields.number(named.chapterStart), fields.number(named.chapterEnd)];
    if (start === undefined || end === undefined || start <= before || end < start)
      throw new Unreadable("a chapter without times");
    before = start;
    const displays = fields.children.filter(({ id }) => id === named.display);
    const title = displays.length === 1 && displays[0] ? fieldsOf(file, displays[0]).text(named.string) : undefined;
    if (displays.length > 1) throw new Unreadable("chapters in several languages");
    return {
      start_time: seconds(start / 1e9),
      end_time: seconds(end / 1e9),
      ...(title === undefined ? {} : { tags: { title } }),
    };
  });
}

const pictures: Readonly<Record<string, string>> = { "image/jpeg": "mjpeg", "image/png": "png" };
const fonts: Readonly<Record<string, string>> = {
  ...{ "application/x-truetype-font": "ttf", "application/x-font": "ttf", "application/vnd.ms-opentype": "otf" },
  ...{ "font/ttf": "ttf", "font/otf": "otf", "application/x-font-ttf": "ttf", "application/font-sfnt": "ttf" },
};

/** Attached files become streams after all tracks. */
function attachmentsOf(file: FileWindow, { parts }: Layout, from: number): RawStream[] {
  const [part] = parts.get(ids.attachments) ?? [];
  if (part === undefined) return [];
  const attached = childrenOf(file, part).filter(({ id }) => id === named.attached);
  if (attached.length > maxAttachments) throw new Unreadable("too many attachments");
  return attached.map((element, at): RawStream => {
    const { find } = fieldsOf(file, element);
    const [nameAt, typeAt, data] = [find(named.fileName), find(named.mediaType), find(named.fileData)];
    if (nameAt === undefined || typeAt === undefined || data === undefined || data.end <= data.start) {
      throw new Unreadable("an attachment without parts");
    }
    const [filename, mimetype] = [text(file, nameAt), text(file, typeAt)];
    const common = { index: from + at, tags: { filename, mimetype } };
    if (mimetype.startsWith("image/")) {
      const codec_name = pictures[mimetype];
      if (codec_name === undefined) throw new Unreadable("a picture of an unknown form");
      return { ...common, codec_name, codec_type: "video", disposition: { attached_pic: 1 } };
    }
    const codec_name = fonts[mimetype];
    return { ...common, codec_type: "attachment", ...(codec_name === undefined ? {} : { codec_name }) };
  });
}
