import { type Cue, tidyCues, tidyLines, withSimpleTags } from "./cue.ts";

const frameLine = /^\{(\d{1,8})\}\{(\d{0,8})\}(.*)$/;
/** When a picture has no end, it is over so soon, or with the next one. */
const longestMs = 5000;

/** MicroDVD: times are numbers of pictures; the first line may say how many there are a second. */
export function parseMicroDvd(text: string, framesPerSecond: number): Cue[] {
  const parts = text.split("\n").flatMap((line) => {
    const match = frameLine.exec(line.trim());
    return match === null ? [] : [{ from: Number(match[1]), to: match[2], body: match[3] ?? "" }];
  });
  const said = parts[0]?.from !== undefined && parts[0].from <= 1 ? Number((parts[0].body ?? "").trim()) : Number.NaN;
  const rate = said > 5 && said < 200 ? said : framesPerSecond;
  const msOf = (frame: number) => Math.round((frame / rate) * 1000);
  const shown = said === rate ? parts.slice(1) : parts;
  return tidyCues(
    shown.map(({ from, to, body }, index) => {
      const startMs = msOf(from);
      const next = shown[index + 1]?.from;
      const endMs =
        to === "" || to === undefined ? Math.min(startMs + longestMs, msOf(next ?? Infinity)) : msOf(Number(to));
      return { startMs, endMs, text: frameText(body), settings: "" };
    }),
  );
}

/** `{y:i}` is for one line, `{Y:i}` for all; `/` before a line is italics, too. */
function frameText(body: string): string {
  const all = /\{Y:[^}]*i[^}]*\}/.test(body);
  const lines = body.split("|").map((line) => {
    const isItalic = all || /\{y:[^}]*i[^}]*\}/.test(line) || line.startsWith("/");
    const plain = line.replace(/\{[a-z]:[^}]*\}/gi, "").replace(/^\//, "");
    return isItalic && plain.trim() !== "" ? `<i>${plain.trim()}</i>` : plain;
  });
  return withSimpleTags(tidyLines(lines.join("\n")));
}

const vttTiming =
  /^\s*(?:(\d{1,4}):)?(\d{2}):(\d{2})\.(\d{3})[ \t]+-->[ \t]+(?:(\d{1,4}):)?(\d{2}):(\d{2})\.(\d{3})[ \t]*(.*)$/;

/** WebVTT as somebody else wrote it; blocks of style and region are kept. */
export function parseVtt(text: string): { cues: Cue[]; head: string[] } {
  const head: string[] = [];
  const cues: Cue[] = [];
  for (const block of text.split(/\n{2,}/)) {
    const lines = block.split("\n");
    const at = lines.findIndex((line) => vttTiming.test(line));
    const match = vttTiming.exec(lines[at] ?? "");
    if (match === null) {
      if (/^(STYLE|REGION)\b/.test(block)) head.push(block.trim());
      continue;
    }
    const ms = (from: number) =>
      (Number(match[from] ?? 0) * 3600 + Number(match[from + 1]) * 60 + Number(match[from + 2])) * 1000 +
      Number(match[from + 3]);
    const payload = tidyLines(lines.slice(at + 1).join("\n")).replaceAll("-->", "--&gt;");
    cues.push({ startMs: ms(1), endMs: ms(5), text: payload, settings: (match[9] ?? "").trim() });
  }
  return { cues: tidyCues(cues), head };
}
