import { type Bits, bitsOf, withoutEmulation } from "./bits.ts";
import type { RawStream } from "./ffprobe.ts";
import { Unreadable } from "./file-window.ts";

/** What a sequence parameter set says of a picture, in the words of ffprobe. */
export type PictureHead = Required<
  Pick<RawStream, "profile" | "level" | "width" | "height" | "pix_fmt" | "bits_per_raw_sample" | "has_b_frames">
> &
  Pick<RawStream, "sample_aspect_ratio" | "color_transfer">;

/** By number of `aspect_ratio_idc` (H.264, table E-1). */
const aspects = [
  ...["0:1", "1:1", "12:11", "10:11", "16:11", "40:33", "24:11", "20:11", "32:11", "80:33"],
  ...["18:11", "15:11", "64:33", "160:99", "4:3", "3:2", "2:1"],
];

/** Those that make a picture more than ordinary (ITU-T H.273), and those of which other parts of the stream decide. */
export function transferOf(code: number): string | undefined {
  if (code === 14 || code === 15) throw new Unreadable("a transfer that is told elsewhere");
  return code === 16 ? "smpte2084" : code === 18 ? "arib-std-b67" : undefined;
}

interface Usability {
  readonly aspect: string | undefined;
  readonly isFullRange: boolean;
  readonly transfer: string | undefined;
}

/** The part of the usability information that H.264 and HEVC have in common. */
function usabilityOf(bits: Bits): Usability {
  let aspect: string | undefined;
  if (bits.flag()) {
    const code = bits.take(8);
    aspect = code === 255 ? `${bits.take(16)}:${bits.take(16)}` : aspects[code];
  }
  if (bits.flag()) bits.advance(1);
  let [isFullRange, transfer]: [boolean, string | undefined] = [false, undefined];
  if (bits.flag()) {
    bits.advance(3);
    isFullRange = bits.flag();
    if (bits.flag()) {
      bits.advance(8);
      transfer = transferOf(bits.take(8));
      // RGB.
      if (bits.take(8) === 0) throw new Unreadable("colours without a matrix");
    }
  }
  if (bits.flag()) {
    bits.ue();
    bits.ue();
  }
  return { aspect, isFullRange, transfer };
}

const pixelFormats: Readonly<Record<string, string>> = {
  "1 8": "yuv420p",
  "1 10": "yuv420p10le",
  "1 12": "yuv420p12le",
  "2 8": "yuv422p",
  "2 10": "yuv422p10le",
};

function pixelFormat(chroma: number, depth: number, isFullRange: boolean): string {
  const format = pixelFormats[`${chroma} ${depth}`];
  if (format === undefined) throw new Unreadable("an unusual form of pixels");
  return isFullRange && depth === 8 ? format.replace("yuv", "yuvj") : format;
}

const withChroma = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);
const h264Profiles: Readonly<Record<number, string>> = {
  66: "Baseline",
  77: "Main",
  88: "Extended",
  100: "High",
  110: "High 10",
  122: "High 4:2:2",
};

function h264Profile(profile: number, constraints: number): string {
  const name = h264Profiles[profile];
  if (name === undefined) throw new Unreadable("an unusual profile");
  if (profile === 66 && (constraints & 0x40) !== 0) return `Constrained ${name}`;
  return profile >= 110 && (constraints & 0x10) !== 0 ? `${name} Intra` : name;
}

/**
 * Of H.264, from its decoder configuration (ISO 14496-15, `avcC`). Throws Unreadable for what a decoder has to find out from pictures:
 * interlaced ones, or how many are kept back when the stream does not say it.
 */
export function h264Head(configuration: Uint8Array): PictureHead {
  if (configuration[0] !== 1 || ((configuration[5] ?? 0) & 0x1f) !== 1) throw new Unreadable("no single parameter set");
  const length = ((configuration[6] ?? 0) << 8) | (configuration[7] ?? 0);
  if (8 + length > configuration.length || ((configuration[8] ?? 0) & 0x1f) !== 7) throw new Unreadable("no set");
  const bits = bitsOf(withoutEmulation(configuration.subarray(9, 8 + length)));
  const [profile, constraints, level] = [bits.take(8), bits.take(8), bits.take(8)];
  bits.ue();
  const { chroma, depth } = h264Samples(bits, profile);
  bits.ue();
  const order = h264Order(bits);
  bits.ue();
  bits.advance(1);
  const [columns, rows] = [bits.ue() + 1, bits.ue() + 1];
  if (!bits.flag()) throw new Unreadable("fields");
  bits.advance(1);
  const crop = bits.flag() ? { left: bits.ue(), right: bits.ue(), top: bits.ue(), bottom: bits.ue() } : undefined;
  const hasUsability = bits.flag();
  const usability = hasUsability ? usabilityOf(bits) : undefined;
  const reorder = profile === 66 || order === 2 ? 0 : hasUsability ? h264Reorder(bits) : undefined;
  if (reorder === undefined) throw new Unreadable("an order that is not told");
  const height = rows * 16 - ((crop?.top ?? 0) + (crop?.bottom ?? 0)) * (chroma === 1 ? 2 : 1);
  return {
    profile: h264Profile(profile, constraints),
    level,
    width: columns * 16 - ((crop?.left ?? 0) + (crop?.right ?? 0)) * 2,
    height,
    ...formOf(chroma, depth, reorder, usability),
  };
}

function formOf(chroma: number, depth: number, reorder: number, usability: Usability | undefined) {
  return {
    pix_fmt: pixelFormat(chroma, depth, usability?.isFullRange === true),
    bits_per_raw_sample: String(depth),
    has_b_frames: reorder,
    ...(usability?.aspect === undefined ? {} : { sample_aspect_ratio: usability.aspect }),
    ...(usability?.transfer === undefined ? {} : { color_transfer: usability.transfer }),
  };
}

function h264Samples(bits: Bits, profile: number): { chroma: number; depth: number } {
  if (!withChroma.has(profile)) return { chroma: 1, depth: 8 };
  const chroma = bits.ue();
  if (chroma !== 1 && chroma !== 2) throw new Unreadable("an unusual form of pixels");
  const depth = bits.ue() + 8;
  if (bits.ue() + 8 !== depth) throw new Unreadable("an unusual form of pixels");
  bits.advance(1);
  if (bits.flag()) {
    for (let list = 0; list < 8; list += 1) if (bits.flag()) skipScalingList(bits, list < 6 ? 16 : 64);
  }
  return { chroma, depth };
}

function skipScalingList(bits: Bits, size: number): void {
  for (let index = 0, last = 8, next = 8; index < size; index += 1) {
    if (next !== 0) next = (last + bits.se() + 256) & 0xff;
    if (next !== 0) last = next;
  }
}

/** `pic_order_cnt_type`. */
function h264Order(bits: Bits): number {
  const type = bits.ue();
  if (type === 0) bits.ue();
  if (type === 1) {
    bits.advance(1);
    bits.se();
    bits.se();
    for (let rest = Math.min(bits.ue(), 256); rest > 0; rest -= 1) bits.se();
  }
  return type;
}

/** `max_num_reorder_frames`; undefined when the stream does not say it. */
function h264Reorder(bits: Bits): number | undefined {
  if (bits.flag()) bits.advance(65);
  let hasBuffers = false;
  for (let kind = 0; kind < 2; kind += 1) {
    if (!bits.flag()) continue;
    hasBuffers = true;
    const count = bits.ue() + 1;
    bits.advance(8);
    for (let rest = Math.min(count, 32); rest > 0; rest -= 1) {
      bits.ue();
      bits.ue();
      bits.advance(1);
    }
    bits.advance(20);
  }
  if (hasBuffers) bits.advance(1);
  bits.advance(1);
  if (!bits.flag()) return undefined;
  bits.advance(1);
  for (let rest = 4; rest > 0; rest -= 1) bits.ue();
  return bits.ue();
}

const hevcProfiles: Readonly<Record<number, string>> = { 1: "Main", 2: "Main 10" };
const hevcSet = 33;

/** Of HEVC, from its decoder configuration (ISO 14496-15, `hvcC`). Throws Unreadable for what is unusual. */
export function hevcHead(configuration: Uint8Array): PictureHead {
  const set = hevcSetOf(configuration);
  const bits = bitsOf(withoutEmulation(set.subarray(2)));
  bits.advance(4);
  const layers = bits.take(3);
  bits.advance(4);
  const profile = hevcProfiles[bits.take(5)];
  bits.advance(80);
  const level = bits.take(8);
  if (profile === undefined) throw new Unreadable("an unusual profile");
  skipSubLayers(bits, layers);
  bits.ue();
  const chroma = bits.ue();
  let [width, height] = [bits.ue(), bits.ue()];
  if (bits.flag()) {
    width -= (bits.ue() + bits.ue()) * 2;
    height -= (bits.ue() + bits.ue()) * 2;
  }
  const depth = bits.ue() + 8;
  if (chroma !== 1 || bits.ue() + 8 !== depth) throw new Unreadable("an unusual form of pixels");
  const orderBits = bits.ue() + 4;
  let reorder = 0;
  for (let layer = bits.flag() ? 0 : layers; layer <= layers; layer += 1) {
    bits.ue();
    reorder = bits.ue();
    bits.ue();
  }
  skipHevcTools(bits, orderBits);
  const usability = bits.flag() ? usabilityOf(bits) : undefined;
  if (usability !== undefined) {
    // Fields, and a window that cuts.
    bits.advance(1);
    if (bits.flag()) throw new Unreadable("fields");
    bits.advance(1);
    if (bits.flag()) throw new Unreadable("a window");
  }
  return { profile, level, width, height, ...formOf(chroma, depth, reorder, usability) };
}

function hevcSetOf(configuration: Uint8Array): Uint8Array {
  if (configuration[0] !== 1 || configuration.length < 23) throw new Unreadable("no configuration");
  const arrays = configuration[22] ?? 0;
  let at = 23;
  for (let array = 0; array < arrays; array += 1) {
    const type = (configuration[at] ?? 0) & 0x3f;
    const count = ((configuration[at + 1] ?? 0) << 8) | (configuration[at + 2] ?? 0);
    at += 3;
    for (let unit = 0; unit < count; unit += 1) {
      const length = ((configuration[at] ?? 0) << 8) | (configuration[at + 1] ?? 0);
      if (at + 2 + length > configuration.length) throw new Unreadable("a set cut short");
      if (type === hevcSet) return configuration.subarray(at + 2, at + 2 + length);
      at += 2 + length;
    }
  }
  throw new Unreadable("no set");
}

function skipSubLayers(bits: Bits, layers: number): void {
  const flags = Array.from({ length: layers }, () => [bits.flag(), bits.flag()] as const);
  if (layers > 0) bits.advance((8 - layers) * 2);
  for (const [hasProfile, hasLevel] of flags) bits.advance((hasProfile ? 88 : 0) + (hasLevel ? 8 : 0));
}

function skipHevcTools(bits: Bits, orderBits: number): void {
  for (let rest = 6; rest > 0; rest -= 1) bits.ue();
  if (bits.flag() && bits.flag()) throw new Unreadable("scaling lists");
  bits.advance(2);
  if (bits.flag()) {
    bits.advance(8);
    bits.ue();
    bits.ue();
    bits.advance(1);
  }
  skipReferenceSets(bits);
  if (bits.flag()) bits.advance(Math.min(bits.ue(), 32) * (orderBits + 1));
  bits.advance(2);
}

/** H.265, 7.3.7. */
function skipReferenceSets(bits: Bits): void {
  const count = bits.ue();
  if (count > 64) throw new Unreadable("too many sets");
  let last = 0;
  for (let set = 0; set < count; set += 1) {
    if (set > 0 && bits.flag()) {
      bits.advance(1);
      bits.ue();
      let kept = 0;
      for (let picture = 0; picture <= last; picture += 1) if (bits.flag() || bits.flag()) kept += 1;
      last = kept;
      continue;
    }
    const [before, after] = [bits.ue(), bits.ue()];
    last = before + after;
    if (last > 32) throw new Unreadable("too many pictures");
    for (let picture = 0; picture < last; picture += 1) {
      bits.ue();
      bits.advance(1);
    }
  }
}
