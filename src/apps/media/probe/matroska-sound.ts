import type { RawStream } from "./ffprobe.ts";
import { Unreadable } from "./file-window.ts";
import { aacHead, ac3Head, eac3Head, flacHead, mp3Head, opusHead, type SoundHead, vorbisHead } from "./sound-heads.ts";

type Sound = SoundHead & Pick<RawStream, "codec_name">;

/** Sound by its codec's own words: its configuration, or the head of its first packet. Throws Unreadable for what only a decoder knows. */
export function matroskaSound(
  codecId: string,
  configuration: Uint8Array = new Uint8Array(),
  packet: Uint8Array,
  packetBytes: number,
): Sound {
  switch (codecId) {
    case "A_AAC":
      return { codec_name: "aac", ...aacHead(configuration) };
    case "A_AC3":
      return { codec_name: "ac3", ...ac3Head(packet) };
    case "A_EAC3":
      return { codec_name: "eac3", ...eac3Head(packet, packetBytes) };
    case "A_MPEG/L3":
      return { codec_name: "mp3", ...mp3Head(packet) };
    case "A_OPUS":
      return { codec_name: "opus", ...opusHead(configuration) };
    case "A_FLAC":
      return { codec_name: "flac", ...flacHead(configuration) };
    case "A_VORBIS":
      return { codec_name: "vorbis", ...vorbisHead(firstLaced(configuration)) };
    default:
      throw new Unreadable("another codec");
  }
}

/** Three headers in a row: how many less one, the lengths of the first two, their bytes. */
function firstLaced(configuration: Uint8Array): Uint8Array {
  if (configuration[0] !== 2) throw new Unreadable("no headers");
  let [at, length] = [1, 0];
  for (let byte = 255; byte === 255; at += 1) {
    byte = configuration[at] ?? 0;
    length += byte;
  }
  for (let byte = 255; byte === 255; at += 1) byte = configuration[at] ?? 0;
  return configuration.subarray(at, at + length);
}
