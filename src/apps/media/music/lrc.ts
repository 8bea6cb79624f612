import type { Lyrics } from "#contract/apps/media/music";

type Line = Lyrics["lines"][number];
type Word = Line["words"][number];

const maxLines = 5000;
const maxTextLength = 1000;
const timeTag = /^\s*\[(\d{1,3}):(\d{1,2})(?:[.:](\d{1,3}))?\]/;
const wordTag = /<(\d{1,3}):(\d{1,2})(?:[.:](\d{1,3}))?>/g;
const infoTag = /^\s*\[([a-z#]+):([^\]]*)\]\s*$/i;
/** Who sings, in some files: `v1: …` and `bg: …`. */
const voice = /^(?:v\d+|bg):\s*/i;

export interface ParsedLyrics {
  readonly isTimed: boolean;
  readonly offsetMs: number;
  readonly displayTitle: string | null;
  readonly displayArtist: string | null;
  readonly language: string | null;
  readonly lines: readonly Line[];
}

/**
 * Lyrics as LRC, also with times of words (`<mm:ss.xx>`, Enhanced LRC), or as plain text. A positive `[offset:…]` shows lines earlier, as
 * most programs read it.
 */
export function parseLrc(text: string): ParsedLyrics {
  const info = new Map<string, string>();
  const timed: Line[] = [];
  const plain: Line[] = [];
  for (const raw of text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\r|\n/)
    .slice(0, maxLines)) {
    const line = raw.slice(0, maxTextLength);
    const tag = infoTag.exec(line);
    if (tag !== null && !timeTag.test(line)) {
      info.set((tag[1] ?? "").toLowerCase(), (tag[2] ?? "").trim());
      continue;
    }
    const { timesMs, rest } = timesOf(line);
    if (timesMs.length === 0) plain.push({ startMs: null, text: rest.trim(), words: [] });
    for (const startMs of timesMs) timed.push(timedLine(startMs, rest, timesMs[0] ?? startMs));
  }
  const offset = Number(info.get("offset") ?? 0);
  const offsetMs = Number.isFinite(offset) ? Math.max(-600_000, Math.min(600_000, Math.round(offset))) : 0;
  const isTimed = timed.length > 0;
  const lines = isTimed ? withEnds(timed.map((line) => shifted(line, -offsetMs))) : trimmed(plain);
  return {
    isTimed,
    offsetMs: isTimed ? offsetMs : 0,
    displayTitle: info.get("ti") || null,
    displayArtist: info.get("ar") || null,
    language: languageOf(info.get("la") ?? info.get("lang")),
    lines,
  };
}

/** A line may be sung several times: `[00:12.00][01:15.30]Again`. */
function timesOf(line: string): { readonly timesMs: number[]; readonly rest: string } {
  const timesMs: number[] = [];
  let rest = line;
  for (let match = timeTag.exec(rest); match !== null && timesMs.length < 100; match = timeTag.exec(rest)) {
    timesMs.push(millisecondsOf(match));
    rest = rest.slice(match[0].length);
  }
  return { timesMs, rest };
}

/** Word times are those of the first time that the line is sung; for later ones they move along. */
function timedLine(startMs: number, rest: string, firstMs: number): Line {
  const body = rest.trim().replace(voice, "");
  const marks = Array.from(body.matchAll(wordTag));
  const text = body.replaceAll(wordTag, "");
  if (marks.length === 0) return { startMs, text: text.trim(), words: [] };
  const head = body.slice(0, marks[0]?.index ?? 0);
  const words: Word[] = head.trim() === "" ? [] : [{ startMs, endMs: null, text: head }];
  for (const [index, mark] of marks.entries()) {
    const from = mark.index + mark[0].length;
    const word = body.slice(from, marks[index + 1]?.index ?? body.length);
    const atMs = millisecondsOf(mark) + (startMs - firstMs);
    const last = words.at(-1);
    if (last !== undefined) words[words.length - 1] = { ...last, endMs: atMs };
    if (word !== "") words.push({ startMs: atMs, endMs: null, text: word });
  }
  return {
    startMs,
    text: words
      .map((word) => word.text)
      .join("")
      .trim(),
    words,
  };
}

/** In order of time, and each last word ends where the next line begins. */
function withEnds(lines: readonly Line[]): Line[] {
  const sorted = lines.toSorted((a, b) => (a.startMs ?? 0) - (b.startMs ?? 0));
  return sorted.map((line, index) => {
    const last = line.words.at(-1);
    if (last === undefined || last.endMs !== null) return line;
    const endMs = sorted[index + 1]?.startMs ?? null;
    return {
      ...line,
      words: [...line.words.slice(0, -1), { ...last, endMs: endMs === null ? null : Math.max(endMs, last.startMs) }],
    };
  });
}

function shifted(line: Line, byMs: number): Line {
  const move = (atMs: number) => Math.max(0, atMs + byMs);
  return {
    startMs: move(line.startMs ?? 0),
    text: line.text,
    words: line.words.map(({ startMs, endMs, text }) => ({
      startMs: move(startMs),
      endMs: endMs === null ? null : move(endMs),
      text,
    })),
  };
}

/** Empty lines between verses stay, those around all of it go. */
function trimmed(lines: readonly Line[]): Line[] {
  const first = lines.findIndex(({ text }) => text !== "");
  const last = lines.findLastIndex(({ text }) => text !== "");
  return first < 0 ? [] : lines.slice(first, last + 1);
}

/** `.5`, `.52` and `.523` are parts of a second. */
function millisecondsOf(match: RegExpExecArray | RegExpMatchArray): number {
  const [, minutes = "0", seconds = "0", part = ""] = match;
  return Number(minutes) * 60_000 + Number(seconds) * 1000 + Number(part.padEnd(3, "0"));
}

function languageOf(text: string | undefined): string | null {
  const match = /^[a-z]{2,3}\b/i.exec(text ?? "");
  return match === null ? null : match[0].toLowerCase();
}
