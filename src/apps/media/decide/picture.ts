import type { VideoTrack } from "#apps/media/probe";
import type { ClientCapabilities, Reason, VideoCapability } from "#contract/apps/media/decide";
import { framesPerSecondOf, shownFrame } from "./frame.ts";
import { codecName } from "./names.ts";
import { strikeKeys } from "./strikes.ts";

export type Way = "file" | "hls";

/** Why the client cannot show this track as it is, by this way; empty when it can. */
export function againstPicture(
  track: VideoTrack,
  way: Way,
  client: ClientCapabilities,
  strikes: ReadonlySet<string>,
): Reason[] {
  const reasons = [...againstRange(track, client), ...againstCombs(track, client)];
  if (strikes.has(strikeKeys.picture(way, track))) {
    const text = `${client.name} reported that it could not play ${codecName(track.codec)}`;
    return [{ code: "reported-as-unplayable", text }, ...reasons];
  }
  const known = client.video.filter(({ codec, ways }) => codec === track.codec && ways.includes(way));
  if (known.length === 0) {
    const text = `${client.name} cannot play ${codecName(track.codec)}`;
    return [{ code: "video-codec-not-supported", text }, ...reasons];
  }
  const verdicts = known.map((capability) => againstCapability(track, capability, client.name));
  const mildest = verdicts.reduce((best, verdict) => (verdict.length < best.length ? verdict : best));
  return [...mildest, ...reasons];
}

function againstCapability(track: VideoTrack, can: VideoCapability, client: string): Reason[] {
  const { width, height } = shownFrame(track);
  const reasons: Reason[] = [];
  const fits =
    Math.max(width, height) <= Math.max(can.maxWidth, can.maxHeight) &&
    Math.min(width, height) <= Math.min(can.maxWidth, can.maxHeight);
  const name = codecName(track.codec);
  if (track.bitDepth > can.maxBitDepth) {
    reasons.push({
      code: "video-bit-depth-not-supported",
      text: `${client} cannot play ${name} of ${track.bitDepth} bit`,
    });
  }
  if (!fits) reasons.push({ code: "video-too-large", text: `${width}×${height} is too large a picture for ${client}` });
  if (framesPerSecondOf(track) > can.maxFramesPerSecond + 0.5) {
    const text = `${Math.round(framesPerSecondOf(track))} frames a second are too many for ${client}`;
    reasons.push({ code: "video-frame-rate-too-high", text });
  }
  if (can.maxLevel !== null && track.level !== null && track.level > can.maxLevel) {
    reasons.push({ code: "video-level-too-high", text: `${client} cannot play ${name} of so high a level` });
  }
  if (can.maxBitsPerSecond !== null && (track.bitsPerSecond ?? 0) > can.maxBitsPerSecond) {
    reasons.push({ code: "video-bitrate-too-high", text: `the picture has more data than ${client} can play` });
  }
  return reasons;
}

/** A picture in Dolby's own colours, which only a licensed player can show rightly; others would show it green and purple. */
export function isDolbyOnly({ range, dolbyProfile }: VideoTrack): boolean {
  return range === "dolby-vision" && dolbyProfile === 5;
}

function againstRange(track: VideoTrack, { hdr, name }: ClientCapabilities): Reason[] {
  if (track.range === "sdr" || hdr.includes(track.range)) return [];
  if (isDolbyOnly(track)) {
    return [{ code: "dolby-vision-without-fallback", text: `${name} cannot show Dolby Vision of profile 5` }];
  }
  // The other profiles have a base layer that is HDR10.
  if (track.range === "dolby-vision" && hdr.includes("hdr10")) return [];
  return [{ code: "video-range-not-supported", text: `${name} cannot show HDR` }];
}

function againstCombs({ isInterlaced }: VideoTrack, { deinterlaces, name }: ClientCapabilities): Reason[] {
  if (!isInterlaced || deinterlaces) return [];
  return [{ code: "video-is-interlaced", text: `${name} shows interlaced pictures with combs` }];
}
