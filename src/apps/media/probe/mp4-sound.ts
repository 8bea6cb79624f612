import type { RawStream } from "./ffprobe.ts";
import { type FileWindow, Unreadable } from "./file-window.ts";
import { type Box, boxesIn, boxIn } from "./mp4-boxes.ts";
import type { Mp4Timing } from "./mp4-timing.ts";
import { aacHead, ac3Head, eac3Head, type SoundHead } from "./sound-heads.ts";

const soundHeadBytes = 28;
/** More than any head of a frame. */
const frameHeadBytes = 64;

/** That QuickTime's first version adds. */
const moreBytes = 16;

/** Where the boxes are: QuickTime has them in one of their own. */
function insideOf(moov: Buffer, start: number, end: number): { start: number; end: number } {
  return boxIn(moov, { start, end }, "wave") ?? { start, end };
}

type Sound = SoundHead & Pick<RawStream, "codec_name">;

/** Sound by its sample entry. Throws Unreadable for what only a decoder knows. */
export function mp4Sound(file: FileWindow, moov: Buffer, entry: Box, { first }: Mp4Timing): Sound {
  const version = entry.end - entry.start < soundHeadBytes ? 2 : moov.readUInt16BE(entry.start + 8);
  if (version > 1) throw new Unreadable("sound as QuickTime describes it");
  const inside = insideOf(moov, entry.start + soundHeadBytes + version * moreBytes, entry.end);
  if ([...boxesIn(moov, inside.start, inside.end)].some(({ type }) => type === "sinf")) throw new Unreadable("locked");
  const frame = () => file.bytes(first.offset, Math.min(first.sizeBytes, frameHeadBytes));
  switch (entry.type) {
    case "mp4a":
      return { codec_name: "aac", ...aacHead(aacConfiguration(moov, boxIn(moov, inside, "esds"))) };
    case "ac-3":
      return { codec_name: "ac3", ...ac3Head(frame()) };
    case "ec-3":
      return { codec_name: "eac3", ...eac3Head(frame(), first.sizeBytes) };
    case "alac":
      return { codec_name: "alac", ...alacHead(moov, boxIn(moov, inside, "alac")) };
    default:
      throw new Unreadable("another codec");
  }
}

const descriptors = { stream: 3, decoder: 4, specific: 5 };
const aacObject = 0x40;

/** Down the descriptors of ISO 14496-1, 7.2.6, to the decoder's own configuration. */
function aacConfiguration(moov: Buffer, esds: Box | undefined): Buffer {
  if (esds === undefined) throw new Unreadable("no configuration");
  const stream = descriptorAt(moov, esds.start + 4, esds.end, descriptors.stream);
  const flags = moov[stream.start + 2] ?? 0xff;
  if ((flags & 0xe0) !== 0) throw new Unreadable("an unusual configuration");
  const decoder = descriptorAt(moov, stream.start + 3, stream.end, descriptors.decoder);
  if (moov[decoder.start] !== aacObject) throw new Unreadable("another kind of sound");
  const specific = descriptorAt(moov, decoder.start + 13, decoder.end, descriptors.specific);
  return moov.subarray(specific.start, specific.end);
}

function descriptorAt(moov: Buffer, offset: number, limit: number, tag: number): { start: number; end: number } {
  if (offset >= limit || moov[offset] !== tag) throw new Unreadable("no such descriptor");
  let [at, length] = [offset + 1, 0];
  for (let more = true; more; at += 1) {
    if (at >= limit || at - offset > 4) throw new Unreadable("a descriptor cut short");
    const byte = moov[at] ?? 0;
    length = length * 128 + (byte & 0x7f);
    more = (byte & 0x80) !== 0;
  }
  if (at + length > limit) throw new Unreadable("a descriptor cut short");
  return { start: at, end: at + length };
}

/** Apple's description of its lossless codec. */
function alacHead(moov: Buffer, box: Box | undefined): SoundHead {
  if (box === undefined || box.end - box.start < 28) throw new Unreadable("no configuration");
  const [depth, channels] = [moov[box.start + 9] ?? 0, moov[box.start + 13] ?? 0];
  if (channels < 1 || channels > 2) throw new Unreadable("unusual channels");
  return {
    sample_rate: String(moov.readUInt32BE(box.start + 24)),
    ...{ channels, channel_layout: channels === 1 ? "mono" : "stereo", bits_per_raw_sample: String(depth) },
  };
}
