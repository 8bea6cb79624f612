import { textSeconds } from "./playlists.ts";

interface Cue {
  readonly startMs: number;
  readonly endMs: number;
  /** Settings behind the times, and the lines below them. */
  readonly settings: string;
  readonly text: string;
}

const timing =
  /^(?:(\d{1,4}):)?(\d{2}):(\d{2})\.(\d{3})[ \t]+-->[ \t]+(?:(\d{1,4}):)?(\d{2}):(\d{2})\.(\d{3})[ \t]*(.*)$/;
/** Times of media are ten seconds ahead of those of the text: `originOffsetSeconds` at 90 kHz. */
const timestampMap = "X-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000";

/** The pieces of a WebVTT file (W3C WebVTT), each with the cues that are shown within it; styles and regions go into all. */
export function splitWebVtt(text: string, originMs: number): { piece(index: number): string } {
  const blocks = text
    .replaceAll("\r\n", "\n")
    .replaceAll("\r", "\n")
    .split(/\n{2,}/);
  const heads: string[] = [];
  const cues: Cue[] = [];
  for (const block of blocks) {
    const lines = block.split("\n");
    if (/^(STYLE|REGION)/.test(block)) heads.push(block.trim());
    const at = lines.findIndex((line) => line.includes("-->"));
    const match = timing.exec(lines[at] ?? "");
    if (match === null) continue;
    cues.push({
      startMs: timeOf(match.slice(1, 5)) - originMs,
      endMs: timeOf(match.slice(5, 9)) - originMs,
      settings: match[9] ?? "",
      text: lines
        .slice(at + 1)
        .join("\n")
        .trimEnd(),
    });
  }
  cues.sort((a, b) => a.startMs - b.startMs);
  return {
    piece: (index) => {
      const from = index * textSeconds * 1000;
      const to = from + textSeconds * 1000;
      const inside = cues.filter(({ startMs, endMs }) => endMs > from && startMs < to && endMs > 0);
      const texts = inside.map(({ startMs, endMs, settings, text: words }) => {
        const times = `${formatted(Math.max(0, startMs))} --> ${formatted(endMs)}`;
        return `${times}${settings === "" ? "" : ` ${settings}`}\n${words}`;
      });
      return `${[`WEBVTT\n${timestampMap}`, ...heads, ...texts].join("\n\n")}\n`;
    },
  };
}

function timeOf([hours = "0", minutes = "0", seconds = "0", ms = "0"]: readonly (string | undefined)[]): number {
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(ms);
}

function formatted(timeMs: number): string {
  const whole = Math.round(timeMs);
  const two = (value: number) => String(value).padStart(2, "0");
  const seconds = Math.floor(whole / 1000);
  const head = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return `${head}.${String(whole % 1000).padStart(3, "0")}`;
}
