import { type Cue, settingsAt, tidyCues, tidyLines, withSimpleTags } from "./cue.ts";

const time = String.raw`(?:(\d{1,3})\s*:\s*)?(\d{1,2})\s*:\s*(\d{1,2})(?:\s*[,.:;]\s*(\d{1,3}))?`;
const timing = new RegExp(String.raw`^\s*${time}\s*-{1,3}\s*>\s*${time}(?:\s.*)?$`);

/** SubRip, also with broken numbers, missing blank lines, points for commas, and hours left out. */
export function parseSrt(text: string): Cue[] {
  const lines = text.split("\n");
  const starts = lines.flatMap((line, index) => {
    const match = timing.exec(line);
    return match === null ? [] : { index, match };
  });
  return tidyCues(
    starts.map(({ index, match }, at) => {
      const next = starts[at + 1]?.index ?? lines.length;
      const body = lines.slice(index + 1, next);
      // The number of the next one stands before its times.
      while (at + 1 < starts.length && body.at(-1)?.trim() === "") body.pop();
      if (at + 1 < starts.length && /^\s*\d+\s*$/.test(body.at(-1) ?? "")) body.pop();
      const parts = match.slice(1);
      return { startMs: timeOf(parts.slice(0, 4)), endMs: timeOf(parts.slice(4)), ...payloadOf(body.join("\n")) };
    }),
  );
}

function timeOf([hours = "0", minutes = "0", seconds = "0", fraction = "0"]: (string | undefined)[]): number {
  // `,5` is half a second.
  return (
    Number(hours) * 3_600_000 + Number(minutes) * 60_000 + Number(seconds) * 1000 + Number(fraction.padEnd(3, "0"))
  );
}

/** Text with the tags of SubRip and the few of ASS that are used in it. */
function payloadOf(raw: string): Pick<Cue, "text" | "settings"> {
  const place = Number(/\{\\an?([1-9])\}/.exec(raw)?.[1] ?? 2);
  const plain = raw
    .replace(/\{\\([ibu])([01])\}/g, (_, name: string, on: string) => `<${on === "1" ? "" : "/"}${name}>`)
    .replace(/\{\\[^{}]*\}/g, "")
    .replace(/\{(\/?)([ibu])\}/g, "<$1$2>")
    .replace(/\\h/g, "\u00a0");
  return { text: withSimpleTags(tidyLines(plain)), settings: settingsAt(place) };
}
