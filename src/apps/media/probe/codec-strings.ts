import { withoutEmulation } from "./bits.ts";

/** What of a stream decides its RFC 6381 name. */
export interface CodecSource {
  readonly codec: string;
  readonly profile: string | null;
  readonly level: number | null;
  readonly width?: number;
  readonly height?: number;
  readonly framesPerSecond?: number | null;
  readonly bitDepth?: number;
  readonly samplesPerSecond?: number;
  /** Decoder configuration as the container has it: avcC, hvcC, av1C, AudioSpecificConfig, or Annex B parameter sets. */
  readonly configuration: Uint8Array | null;
}

const fixed: Readonly<Record<string, string>> = {
  ac3: "ac-3",
  eac3: "ec-3",
  opus: "opus",
  flac: "flac",
  vorbis: "vorbis",
  alac: "alac",
  truehd: "mlpa",
  vp8: "vp8",
  mp2: "mp4a.40.33",
};

/** The name by which browsers and HLS know a codec (RFC 6381 and the registrations it points to); null when it cannot be said exactly. */
export function codecString(source: CodecSource): string | null {
  switch (source.codec) {
    case "h264":
      return avc(source.configuration);
    case "hevc":
      return hevc(source.configuration);
    case "av1":
      return av1(source);
    case "vp9":
      return vp9(source);
    case "aac":
      return aac(source);
    case "mp3":
      return (source.samplesPerSecond ?? 0) < 32_000 ? "mp4a.69" : "mp4a.6B";
    case "dts":
      return dts(source.profile);
    case "mpeg4":
      return mpeg4(source.configuration);
    default:
      return fixed[source.codec] ?? null;
  }
}

const hex = (byte: number) => byte.toString(16).padStart(2, "0").toUpperCase();
const two = (value: number) => String(value).padStart(2, "0");

/** ISO 14496-15: profile, constraints and level as the sequence parameter set has them. */
function avc(bytes: Uint8Array | null): string | null {
  const start =
    bytes?.[0] === 1 ? bytes.subarray(1) : parameterSet(bytes, (header) => (header & 0x1f) === 7)?.subarray(1);
  if (start === undefined || start.length < 3) return null;
  return `avc1.${[...start.subarray(0, 3)].map(hex).join("")}`;
}

/** ISO 14496-15, annex E. */
function hevc(bytes: Uint8Array | null): string | null {
  // Configuration record; else the sequence parameter set, where the same twelve bytes follow its header and one byte.
  const record =
    bytes?.[0] === 1
      ? bytes.subarray(1, 13)
      : parameterSet(bytes, (header) => ((header >> 1) & 0x3f) === 33)?.subarray(3, 15);
  if (record === undefined || record.length < 12) return null;
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  const first = view.getUint8(0);
  const space = ["", "A", "B", "C"][first >> 6] ?? "";
  const tier = (first & 0x20) === 0 ? "L" : "H";
  let compatibility = 0;
  for (let bit = 0, flags = view.getUint32(1); bit < 32; bit += 1, flags >>>= 1) {
    compatibility = ((compatibility << 1) | (flags & 1)) >>> 0;
  }
  const constraints = [...record.subarray(5, 11)];
  while (constraints.at(-1) === 0) constraints.pop();
  const tail = constraints.map((byte) => `.${byte.toString(16).toUpperCase()}`).join("");
  return `hvc1.${space}${first & 0x1f}.${compatibility.toString(16).toUpperCase()}.${tier}${view.getUint8(11)}${tail}`;
}

/** AV1 in ISO base media, section 5; the optional fields are left out, as they are at their defaults for most. */
function av1({ configuration: bytes, bitDepth = 8 }: CodecSource): string | null {
  if (bytes === null || bytes.length < 4 || bytes[0] !== 0x81) return null;
  const [, second = 0, third = 0] = bytes;
  const tier = (third & 0x80) === 0 ? "M" : "H";
  const depth = (third & 0x40) === 0 ? 8 : (third & 0x20) === 0 ? 10 : 12;
  return `av01.${second >> 5}.${two(second & 0x1f)}${tier}.${two(Math.max(depth, bitDepth))}`;
}

/** Level by [largest luma picture, largest luma rate] of the VP9 levels. */
const vp9Levels: readonly (readonly [number, number, number])[] = [
  [10, 36_864, 829_440],
  [11, 73_728, 2_764_800],
  [20, 122_880, 4_608_000],
  [21, 245_760, 9_216_000],
  [30, 552_960, 20_736_000],
  [31, 983_040, 36_864_000],
  [40, 2_228_224, 83_558_400],
  [41, 2_228_224, 160_432_128],
  [50, 8_912_896, 311_951_360],
  [51, 8_912_896, 588_251_136],
  [52, 8_912_896, 1_176_502_272],
  [60, 35_651_584, 1_176_502_272],
  [61, 35_651_584, 2_353_004_544],
  [62, 35_651_584, 4_706_009_088],
];

/** VP codec ISO media file format binding; the level is computed when the file does not say it. */
function vp9({ profile, level, width = 0, height = 0, framesPerSecond, bitDepth = 8 }: CodecSource): string {
  const picture = width * height;
  const fits = vp9Levels.find(([, size, rate]) => picture <= size && picture * (framesPerSecond ?? 30) <= rate);
  const said = level !== null && level > 0 ? level : (fits?.[0] ?? 62);
  return `vp09.${two(Number(/\d/.exec(profile ?? "")?.[0] ?? 0))}.${two(said)}.${two(bitDepth)}`;
}

const aacObjects: Readonly<Record<string, number>> = {
  main: 1,
  lc: 2,
  ssr: 3,
  ltp: 4,
  "he-aac": 5,
  "he-aacv2": 29,
  ld: 23,
  eld: 39,
  "xhe-aac": 42,
};

/** ISO 14496-3: the audio object type. What the decoder saw counts first: high-efficiency parts may be implicit. */
function aac({ profile, configuration: bytes }: CodecSource): string {
  const seen = aacObjects[(profile ?? "").toLowerCase()];
  if (seen !== undefined) return `mp4a.40.${seen}`;
  const [first = 0x10, second = 0] = bytes ?? [];
  const type = first >> 3;
  return `mp4a.40.${type === 31 ? 32 + (((first & 7) << 3) | (second >> 5)) : type}`;
}

function dts(profile: string | null): string {
  if (profile === "DTS-HD MA") return "dtsl";
  if (profile === "DTS-HD HRA") return "dtsh";
  return profile === "DTS Express" ? "dtse" : "dtsc";
}

/** Profile and level stand after the start code of the visual object sequence. */
function mpeg4(bytes: Uint8Array | null): string | null {
  const at = bytes === null ? -1 : Buffer.from(bytes).indexOf(Buffer.of(0, 0, 1, 0xb0));
  const indication = at < 0 ? undefined : bytes?.[at + 4];
  return indication === undefined ? null : `mp4v.20.${indication}`;
}

/** The first parameter set in a byte stream of Annex B, without emulation prevention. */
function parameterSet(bytes: Uint8Array | null, isIt: (header: number) => boolean): Uint8Array | undefined {
  if (bytes === null) return undefined;
  for (let at = 0; at + 3 < bytes.length; at += 1) {
    if (bytes[at] !== 0 || bytes[at + 1] !== 0 || bytes[at + 2] !== 1 || !isIt(bytes[at + 3] ?? 0)) continue;
    return withoutEmulation(bytes.subarray(at + 3, at + 67));
  }
  return undefined;
}
