import { bitsOf } from "./bits.ts";
import type { RawStream } from "./ffprobe.ts";
import { Unreadable } from "./file-window.ts";

/** What a codec's own head says of sound, in the words of ffprobe. */
export type SoundHead = Pick<RawStream, "channels"> &
  Partial<Pick<RawStream, "sample_rate" | "channel_layout" | "bit_rate" | "profile" | "bits_per_raw_sample">>;

const aacRates = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000];
const aacLayouts = ["", "mono", "stereo", "3.0", "4.0", "5.0", "5.1"];
/** Up to this rate high efficiency may be hidden in the stream: only a decoder sees it. */
const highestCoreRate = 24_000;
const lowComplexity = 2;
const syncExtension = 0x2b7;

/** Plain AAC from its configuration (ISO 14496-3). Throws Unreadable for every other kind. */
export function aacHead(configuration: Uint8Array): SoundHead {
  const bits = bitsOf(configuration);
  if (bits.take(5) !== lowComplexity) throw new Unreadable("another kind of AAC");
  const rate = aacRates[bits.take(4)] ?? 0;
  const channels = bits.take(4);
  const layout = aacLayouts[channels];
  if (rate <= highestCoreRate || channels === 0 || layout === undefined) throw new Unreadable("another kind of AAC");
  bits.advance(3);
  if (configuration.length >= 4 && bits.take(11) === syncExtension && bits.take(5) === 5 && bits.flag()) {
    throw new Unreadable("high efficiency");
  }
  return { profile: "LC", sample_rate: String(rate), channels, channel_layout: layout };
}

const ac3Rates = [48_000, 44_100, 32_000];
const ac3KiloBits = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640];
/** By `acmod` and `lfeon`; others have no name that ffmpeg agrees on. */
const ac3Layouts: Readonly<Record<string, readonly [number, string]>> = {
  "1 0": [1, "mono"],
  "2 0": [2, "stereo"],
  "7 0": [5, "5.0(side)"],
  "7 1": [6, "5.1(side)"],
};

function ac3Layout(mode: number, hasLow: boolean): { channels: number; channel_layout: string } {
  const found = ac3Layouts[`${mode} ${hasLow ? 1 : 0}`];
  if (found === undefined) throw new Unreadable("unusual channels");
  return { channels: found[0], channel_layout: found[1] };
}

const ac3Sync = 0x0b77;

/** From the head of a frame (ETSI TS 102 366, 4.3 and 4.4). */
export function ac3Head(frame: Uint8Array): SoundHead {
  const bits = bitsOf(frame);
  if (bits.take(16) !== ac3Sync) throw new Unreadable("no AC-3");
  bits.advance(16);
  const rate = ac3Rates[bits.take(2)];
  const size = bits.take(6);
  // Above 8 rates are halved, above 10 it is another codec.
  if (bits.take(5) > 8 || rate === undefined) throw new Unreadable("an unusual AC-3");
  bits.advance(3);
  const mode = bits.take(3);
  if ((mode & 1) !== 0 && mode !== 1) bits.advance(2);
  if ((mode & 4) !== 0) bits.advance(2);
  if (mode === 2) bits.advance(2);
  const kiloBits = ac3KiloBits[size >> 1];
  if (kiloBits === undefined) throw new Unreadable("an unusual AC-3");
  return { sample_rate: String(rate), bit_rate: String(kiloBits * 1000), ...ac3Layout(mode, bits.flag()) };
}

const blocksOfFrame = [1, 2, 3, 6];

/** From a whole packet (ETSI TS 102 366, annex E). Throws Unreadable when more than one stream is in it, as for 7.1. */
export function eac3Head(head: Uint8Array, packetBytes: number): SoundHead {
  const bits = bitsOf(head);
  if (bits.take(16) !== ac3Sync || bits.take(2) !== 0 || bits.take(3) !== 0) throw new Unreadable("no single stream");
  const frameBytes = (bits.take(11) + 1) * 2;
  const rate = ac3Rates[bits.take(2)];
  const blocks = blocksOfFrame[bits.take(2)] ?? 6;
  if (rate === undefined || frameBytes !== packetBytes || blocks !== 6) throw new Unreadable("an unusual E-AC-3");
  const mode = bits.take(3);
  const hasLow = bits.flag();
  if (bits.take(5) <= 10) throw new Unreadable("an unusual E-AC-3");
  const bitRate = Math.floor((8 * frameBytes * rate) / (blocks * 256));
  return { sample_rate: String(rate), bit_rate: String(bitRate), ...ac3Layout(mode, hasLow) };
}

const commonLayouts = ["", "mono", "stereo"];
/** Of Vorbis and Opus by number of channels, as ffmpeg names them. */
const vorbisLayouts = [...commonLayouts, "3.0", "quad", "5.0", "5.1"];

function layoutFrom(layouts: readonly string[], channels: number): { channels: number; channel_layout: string } {
  const layout = layouts[channels];
  if (layout === undefined || layout === "") throw new Unreadable("unusual channels");
  return { channels, channel_layout: layout };
}

/** RFC 7845, 5.1. Opus always plays at 48 kHz. */
export function opusHead(configuration: Uint8Array): SoundHead {
  const name = Buffer.from(configuration.subarray(0, 8)).toString("latin1");
  const family = configuration[18] ?? 255;
  if (name !== "OpusHead" || configuration.length < 19 || family > 1) throw new Unreadable("an unusual Opus");
  const layouts = family === 0 ? commonLayouts : vorbisLayouts;
  return { sample_rate: "48000", ...layoutFrom(layouts, configuration[9] ?? 0) };
}

/** The identification header of Vorbis I, 4.2.2. */
export function vorbisHead(header: Uint8Array): SoundHead {
  if (header.length < 30 || Buffer.from(header.subarray(0, 7)).toString("latin1") !== "\u0001vorbis") {
    throw new Unreadable("no Vorbis");
  }
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  return {
    sample_rate: String(view.getUint32(12, true)),
    ...layoutFrom(vorbisLayouts, header[11] ?? 0),
  };
}

/** RFC 9639, 8.2, with or without the marker before it. */
export function flacHead(configuration: Uint8Array): SoundHead {
  const hasMarker = Buffer.from(configuration.subarray(0, 4)).toString("latin1") === "fLaC";
  const bits = bitsOf(configuration.subarray(hasMarker ? 8 : 0));
  bits.advance(80);
  const rate = bits.take(20);
  const channels = bits.take(3) + 1;
  const depth = bits.take(5) + 1;
  return {
    sample_rate: String(rate),
    ...layoutFrom([...vorbisLayouts.slice(0, 5), "5.0", "5.1"], channels),
    bits_per_raw_sample: String(depth),
  };
}

const mp3Rates = [44_100, 48_000, 32_000];
const mp3KiloBits = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];

/** MPEG 1, layer 3, from the head of a frame. */
export function mp3Head(frame: Uint8Array): SoundHead {
  const bits = bitsOf(frame);
  if (bits.take(11) !== 0x7ff || bits.take(2) !== 3 || bits.take(2) !== 1) throw new Unreadable("another kind of mp3");
  bits.advance(1);
  const kiloBits = mp3KiloBits[bits.take(4)] ?? 0;
  const rate = mp3Rates[bits.take(2)];
  bits.advance(2);
  if (kiloBits === 0 || rate === undefined) throw new Unreadable("another kind of mp3");
  const isMono = bits.take(2) === 3;
  return { sample_rate: String(rate), ...layoutFrom(commonLayouts, isMono ? 1 : 2), bit_rate: String(kiloBits * 1000) };
}
