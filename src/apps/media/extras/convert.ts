import { withoutCrowds, writeVtt } from "./cue.ts";
import { parseAss } from "./subtitle-ass.ts";
import { parseMicroDvd, parseVtt } from "./subtitle-other.ts";
import { parseSrt } from "./subtitle-srt.ts";

export interface ConvertOptions {
  /** Added to all times. */
  readonly shiftMs?: number;
  /** Of the film, for formats that count pictures. */
  readonly framesPerSecond?: number | null;
}

/** Text subtitles in any form as WebVTT; the form is told by the content. Null when there is nothing to show. */
export function toWebVtt(text: string, { shiftMs = 0, framesPerSecond }: ConvertOptions = {}): string | null {
  const start = text.trimStart();
  if (start.startsWith("WEBVTT")) {
    const { cues, head } = parseVtt(start);
    return cues.length === 0 ? null : writeVtt(withoutCrowds(cues), { shiftMs, head });
  }
  const cues = /^\s*\[(script info|v4\+? styles|events)\]/im.test(start)
    ? parseAss(start)
    : /^\{\d+\}\{\d*\}/.test(start)
      ? parseMicroDvd(start, framesPerSecond ?? 23.976)
      : parseSrt(start);
  return cues.length === 0 ? null : writeVtt(withoutCrowds(cues), { shiftMs });
}
