import { Buffer } from "node:buffer";
import { findBox, innerBoxes } from "./boxes.ts";

/** A box with its header. */
export function whole(type: string, content: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(content.length + 8);
  head.write(type, 4, "latin1");
  return Buffer.concat([head, content]);
}

/** What the first box of an initialisation segment says of its one track. */
export interface TrackForm {
  /** RFC 6381; null when its codec is not known here. */
  readonly codecString: string | null;
  readonly width: number | null;
  readonly height: number | null;
}

const sampleEntryHead = 8;
const pictureEntryBytes = sampleEntryHead + 70;
const soundEntryBytes = sampleEntryHead + 20;

/** Reads the sample description of a `moov` of one track: exact, since it is what the player is given. */
export function formOf(moov: Buffer): TrackForm {
  const none = { codecString: null, width: null, height: null };
  const stsd = findBox(moov, ["trak", "mdia", "minf", "stbl", "stsd"]);
  const entry = stsd && innerBoxes(stsd.subarray(8))[0];
  if (entry === undefined) return none;
  const { type, content } = entry;
  if (type in sounds) return { ...none, codecString: soundCodec(type, innerBoxes(content.subarray(soundEntryBytes))) };
  const configuration = innerBoxes(content.subarray(pictureEntryBytes));
  return {
    codecString: pictureCodec(type, configuration),
    width: content.readUInt16BE(sampleEntryHead + 16),
    height: content.readUInt16BE(sampleEntryHead + 18),
  };
}

type Boxes = ReturnType<typeof innerBoxes>;

const hex = (byte: number) => byte.toString(16).padStart(2, "0");

function pictureCodec(type: string, boxes: Boxes): string | null {
  const box = (name: string) => boxes.find((one) => one.type === name)?.content;
  const avcC = box("avcC");
  if (avcC !== undefined) return `${type}.${hex(avcC[1] ?? 0)}${hex(avcC[2] ?? 0)}${hex(avcC[3] ?? 0)}`.toLowerCase();
  const hvcC = box("hvcC");
  if (hvcC !== undefined) return `${type}.${hevcParts(hvcC)}`;
  const av1C = box("av1C");
  if (av1C !== undefined) return `${type}.${av1Parts(av1C)}`;
  const vpcC = box("vpcC");
  if (vpcC === undefined) return null;
  const two = (value: number) => String(value).padStart(2, "0");
  return `${type}.${two(vpcC[4] ?? 0)}.${two(vpcC[5] ?? 0)}.${two((vpcC[6] ?? 0) >> 4)}`;
}

/** ISO/IEC 14496-15 annex E.3. */
function hevcParts(hvcC: Buffer): string {
  const general = hvcC[1] ?? 0;
  const space = ["", "A", "B", "C"][general >> 6] ?? "";
  const compatibility = hvcC.readUInt32BE(2);
  let reversed = 0;
  for (let bit = 0; bit < 32; bit += 1) reversed = (reversed * 2 + ((compatibility >>> bit) & 1)) >>> 0;
  const tier = (general & 0x20) === 0 ? "L" : "H";
  const constraints = [...hvcC.subarray(6, 12)];
  while (constraints.length > 0 && constraints.at(-1) === 0) constraints.pop();
  const parts = [`${space}${general & 0x1f}`, reversed.toString(16).toUpperCase(), `${tier}${hvcC[12]}`];
  return [...parts, ...constraints.map((byte) => byte.toString(16).toUpperCase())].join(".");
}

/** AV1 codec ISO media file format binding, §5: profile, level, tier, bit depth. */
function av1Parts(av1C: Buffer): string {
  const second = av1C[1] ?? 0;
  const third = av1C[2] ?? 0;
  const depth = (third & 0x40) === 0 ? 8 : (third & 0x20) === 0 ? 10 : 12;
  const level = String(second & 0x1f).padStart(2, "0");
  return `${second >> 5}.${level}${(third & 0x80) === 0 ? "M" : "H"}.${String(depth).padStart(2, "0")}`;
}

const sounds: Readonly<Record<string, string | null>> = {
  mp4a: null,
  "ac-3": "ac-3",
  "ec-3": "ec-3",
  Opus: "opus",
  fLaC: "flac",
  ".mp3": "mp3",
};

function soundCodec(type: string, boxes: Boxes): string | null {
  if (type !== "mp4a") return sounds[type] ?? null;
  const esds = boxes.find((box) => box.type === "esds")?.content;
  return esds === undefined ? null : `mp4a.${descriptorParts(esds)}`;
}

/** Object type and, of AAC, audio object type (ISO/IEC 14496-1 §7.2.6). */
function descriptorParts(esds: Buffer): string {
  let object = "40";
  let at = 4;
  // ES descriptor, decoder configuration, decoder specific information lie in one another.
  for (let depth = 0; depth < 8 && at + 2 < esds.length; depth += 1) {
    const tag = esds[at] ?? 0;
    at += 1;
    while (((esds[at] ?? 0) & 0x80) !== 0) at += 1;
    at += 1;
    if (tag === 3) at += 3;
    else if (tag === 4) {
      object = hex(esds[at] ?? 0);
      if (object !== "40") return object;
      at += 13;
    } else if (tag === 5) {
      const kind = (esds[at] ?? 0) >> 3;
      return `${object}.${kind === 31 ? 32 + (((esds[at] ?? 0) & 7) << 3) + ((esds[at + 1] ?? 0) >> 5) : kind}`;
    } else return object;
  }
  return object;
}
