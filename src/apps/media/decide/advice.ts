import type { Method, Reason, ReasonCode, Rung } from "#contract/apps/media/decide";
import { bitRateName } from "./names.ts";

interface Needs {
  /** Of the original, picture and sound. */
  readonly bitsPerSecond: number | null;
}

const advice: Partial<Record<ReasonCode, string>> = {
  "container-not-supported": "A player that opens any file, such as VLC, Kodi or mpv",
  "video-codec-not-supported": "A player that knows this format, such as VLC, Kodi or mpv",
  "video-too-large": "A device that shows larger pictures",
  "video-level-too-high": "A stronger player, such as VLC, Kodi or mpv",
  "video-frame-rate-too-high": "A device that shows more frames a second",
  "video-bit-depth-not-supported": "A player that knows pictures of 10 bit, such as VLC, Kodi or mpv",
  "video-bitrate-too-high": "A stronger player, such as VLC, Kodi or mpv",
  "video-range-not-supported": "A screen with HDR",
  "video-is-interlaced": "A player that smooths interlaced pictures, such as VLC, Kodi or mpv",
  "audio-codec-not-supported": "Another sound track, or a player that knows this one",
  "audio-channels-not-supported": "A stereo sound track, or a player that knows this one",
  "subtitles-must-be-burnt-in": "Subtitles of text, or none",
  "no-key-frame-index": "Waiting until the file has been read in the background",
  "key-frames-too-far-apart": "A player that plays the file itself, such as VLC, Kodi or mpv",
  "dolby-vision-without-fallback": "A screen and a player with Dolby Vision",
  "limited-by-policy": "A higher limit, set by whoever looks after the server",
  "quality-chosen": "Choosing the quality Original",
  "reported-as-unplayable": "Another player: this one reported an error with the original",
  "hardware-not-available": "Graphics hardware that encodes H.264",
  "machine-too-slow": "Graphics hardware that encodes H.264, or a faster server",
  "machine-busy": "Waiting until others have finished watching",
  "machine-too-hot": "Better cooling of the server",
  "machine-short-of-memory": "More memory in the server",
};

/** What would make it cheaper, for these reasons, each thing once. */
export function adviceOn(reasons: readonly Reason[], { bitsPerSecond }: Needs): string[] {
  const lines = reasons.map(({ code }) => {
    if (code !== "bandwidth-too-low") return advice[code];
    const need = bitsPerSecond === null ? "" : ` (the original needs ${bitRateName(bitsPerSecond)})`;
    return `A faster connection${need}`;
  });
  return [...new Set(lines.filter((line) => line !== undefined))];
}

/** What is really playing and why, in a few words. */
export function labelOf(method: Method, rung: Rung | undefined, reasons: readonly Reason[], client: string): string {
  const why = reasons[0]?.text;
  switch (method) {
    case "direct":
      return "Original, direct";
    case "copy":
      return why === undefined ? "Original" : `Original, repackaged: ${why}`;
    case "audio":
      return rung === undefined ? (why ?? "Sound made anew") : `Original picture, ${why ?? `sound for ${client}`}`;
    case "hardware":
    case "software":
      return why === undefined ? (rung?.id ?? "") : `${rung?.id ?? "Picture"}, ${why}`;
  }
}
