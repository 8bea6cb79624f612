import type { IAudioMetadata, IFormat } from "music-metadata";
import type { AudioSound } from "./audio-protocol.ts";
import { type FileWindow, Unreadable } from "./file-window.ts";
import { mp3Length } from "./mp3-length.ts";
import { oggSamples } from "./ogg-length.ts";

/** By what music-metadata calls a container and a codec: what ffmpeg calls them. */
const known: readonly (readonly [string, RegExp, string, string])[] = [
  ["MPEG", /^MPEG [12](\.5)? Layer 3$/, "mp3", "mp3"],
  ["FLAC", /^FLAC$/, "flac", "flac"],
  ["Ogg", /^Vorbis I$/, "vorbis", "ogg"],
  ["Ogg", /^Opus$/, "opus", "ogg"],
  ["WAVE", /^PCM$/, "pcm", "wav"],
  ["AIFF", /^PCM$/, "pcm", "aiff"],
];

/** Of a file whose length can be told exactly without decoding it; null for all others. */
export function soundOf({ format }: IAudioMetadata, file: FileWindow): AudioSound | null {
  const [, , codec, container] =
    known.find(([name, pattern]) => name === format.container && pattern.test(format.codec ?? "")) ?? [];
  const { numberOfChannels: channels = 0, sampleRate = 0 } = format;
  if (codec === undefined || container === undefined || channels < 1 || sampleRate < 1) return null;
  const samplesPerSecond = codec === "opus" ? 48_000 : sampleRate;
  try {
    const { codecName, ...rest } = measured(file, codec, container, format, samplesPerSecond);
    if (!(rest.durationMs > 0)) return null;
    return { container, codec: codecName ?? codec, channels, samplesPerSecond, ...rest };
  } catch (thrown) {
    if (thrown instanceof Unreadable) return null;
    throw thrown;
  }
}

type Measured = Pick<AudioSound, "durationMs" | "bitsPerSecond" | "bitDepth"> & { readonly codecName?: string };

function measured(file: FileWindow, codec: string, container: string, format: IFormat, perSecond: number): Measured {
  const said = format.bitrate === undefined ? null : Math.round(format.bitrate);
  const ms = (seconds: number) => Math.round(seconds * 1000);
  switch (codec) {
    case "mp3": {
      const { seconds, by } = mp3Length(file);
      // Of a rate that varies only an average is true; the reader of tags knows it where the encoder left word.
      const isKnown = by === "constant rate" || (by === "encoder" && format.codecProfile !== undefined);
      const bitsPerSecond = isKnown ? said : Math.round((file.sizeBytes * 8) / seconds);
      return { durationMs: ms(seconds), bitsPerSecond, bitDepth: null };
    }
    case "vorbis":
      return { durationMs: ms(oggSamples(file, perSecond, 0) / perSecond), bitsPerSecond: said, bitDepth: null };
    case "opus": {
      const seconds = oggSamples(file, perSecond, preSkipOf(file)) / perSecond;
      return { durationMs: ms(seconds), bitsPerSecond: Math.round((file.sizeBytes * 8) / seconds), bitDepth: null };
    }
    case "pcm":
      return { ...pcm(file, container, format), bitsPerSecond: said };
    default:
      return { durationMs: ms(format.duration ?? 0), bitsPerSecond: said, bitDepth: format.bitsPerSample ?? null };
  }
}

/** Of OpusHead (RFC 7845, 5.1), the first packet of the first page. */
function preSkipOf(file: FileWindow): number {
  const segments = file.bytes(26, 1)[0] ?? 0;
  const head = file.bytes(27 + segments, 19);
  if (head.toString("latin1", 0, 8) !== "OpusHead") throw new Unreadable("no Opus");
  return head.readUInt16LE(10);
}

const pcmNames: Readonly<Record<string, string>> = {
  ...{ "wav 8": "pcm_u8", "wav 16": "pcm_s16le", "wav 24": "pcm_s24le", "wav 32": "pcm_s32le" },
  ...{ "aiff 8": "pcm_s8", "aiff 16": "pcm_s16be", "aiff 24": "pcm_s24be", "aiff 32": "pcm_s32be" },
};

/** Of plain numbers: their length is what is there, whatever the head claims. */
function pcm(file: FileWindow, container: string, { bitsPerSample = 0, duration = 0, bitrate = 0 }: IFormat) {
  const codecName = pcmNames[`${container} ${bitsPerSample}`];
  if (codecName === undefined || (duration * bitrate) / 8 > file.sizeBytes) throw new Unreadable("an unusual form");
  return { codecName, durationMs: Math.round(duration * 1000), bitDepth: bitsPerSample };
}
