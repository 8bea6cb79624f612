/** Something shown for a while. `text` is a payload of WebVTT: escaped, with its tags alone. */
export interface Cue {
  readonly startMs: number;
  readonly endMs: number;
  readonly text: string;
  /** Settings of WebVTT, as `line:0`; empty at the usual place. */
  readonly settings: string;
}

/** Entities that a payload may hold; everything else with `&` is text. */
const entity = /&(?!(?:amp|lt|gt|nbsp|lrm|rlm|#\d{1,7}|#x[0-9a-f]{1,6});)/gi;

function escapeText(text: string): string {
  return text.replace(entity, "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Keeps `<i>`, `<b>` and `<u>`, closed in the right order; other tags go, their text stays. What is no tag is text. */
export function withSimpleTags(text: string): string {
  const open: string[] = [];
  let out = "";
  let at = 0;
  for (const match of text.matchAll(/<(\/?)([a-z][a-z0-9]{0,9})(?:[\s.=][^<>]{0,200})?>/gi)) {
    out += escapeText(text.slice(at, match.index));
    at = match.index + match[0].length;
    const name = (match[2] ?? "").toLowerCase();
    if (!["i", "b", "u"].includes(name)) continue;
    if (match[1] === "") {
      open.push(name);
      out += `<${name}>`;
    } else if (open.includes(name)) {
      for (let last = open.pop(); last !== undefined; last = open.pop()) {
        out += `</${last}>`;
        if (last === name) break;
      }
    }
  }
  out += escapeText(text.slice(at));
  return (
    out +
    open
      .toReversed()
      .map((name) => `</${name}>`)
      .join("")
  );
}

/** Settings for the nine places of a numeric keypad, 2 being below in the middle. */
export function settingsAt(place: number): string {
  const column = (place - 1) % 3;
  const parts = [];
  if (place >= 7) parts.push("line:0");
  else if (place >= 4) parts.push("line:50%");
  if (column === 0) parts.push("position:5%,line-left", "align:start");
  if (column === 2) parts.push("position:95%,line-right", "align:end");
  return parts.join(" ");
}

/** Lines without blanks at their ends, without empty ones: these would end the cue. */
export function tidyLines(text: string): string {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join("\n");
}

const maxCues = 100_000;

/** In order of time, without empty ones, without repetitions (layers of one text); times that cannot be are left out. */
export function tidyCues(cues: Iterable<Cue>): Cue[] {
  const seen = new Set<string>();
  const kept: Cue[] = [];
  for (const cue of cues) {
    if (kept.length >= maxCues) break;
    if (cue.text === "" || !(cue.endMs > cue.startMs) || !(cue.startMs >= 0)) continue;
    const key = `${cue.startMs} ${cue.endMs} ${cue.settings} ${cue.text}`;
    if (seen.has(key)) continue;
    seen.add(key);
    kept.push(cue);
  }
  return kept.toSorted((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
}

/** So many at once nobody reads; players that are given more stand still. */
const maxAtOnce = 40;

/** In order of time, without those that begin while too many others are shown. */
export function withoutCrowds(cues: readonly Cue[]): Cue[] {
  let shown: number[] = [];
  return cues
    .toSorted((a, b) => a.startMs - b.startMs)
    .filter(({ startMs, endMs }) => {
      shown = shown.filter((end) => end > startMs);
      if (shown.length >= maxAtOnce) return false;
      shown.push(endMs);
      return true;
    });
}

/** A WebVTT file (W3C WebVTT); `shiftMs` is added to all times, `head` are its blocks before the cues. */
export function writeVtt(
  cues: readonly Cue[],
  { shiftMs = 0, head = [] }: { shiftMs?: number; head?: readonly string[] } = {},
): string {
  const blocks = cues.flatMap(({ startMs, endMs, text, settings }) => {
    const [from, to] = [Math.max(0, startMs + shiftMs), endMs + shiftMs];
    if (to <= from) return [];
    return `${vttTime(from)} --> ${vttTime(to)}${settings === "" ? "" : ` ${settings}`}\n${text}`;
  });
  return `${["WEBVTT", ...head, ...blocks].join("\n\n")}\n`;
}

export function vttTime(milliseconds: number): string {
  const whole = Math.round(milliseconds);
  const two = (value: number) => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3_600_000), Math.floor(whole / 60_000) % 60];
  return `${two(hours)}:${two(minutes)}:${two(Math.floor(whole / 1000) % 60)}.${String(whole % 1000).padStart(3, "0")}`;
}
