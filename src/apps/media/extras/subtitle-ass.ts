import { type Cue, settingsAt, tidyCues, tidyLines, withSimpleTags } from "./cue.ts";

interface Style {
  readonly place: number;
  readonly isItalic: boolean;
}

/** What is longer is a drawing, if it is anything. */
const maxLineLength = 100_000;
/** Of one file; a film with karaoke in each of its lines has some tens of thousands. */
const maxEvents = 200_000;

/** Advanced SubStation Alpha and SubStation Alpha: text, italics and place; colours, moves and karaoke are dropped, drawings too. */
export function parseAss(text: string): Cue[] {
  let section = "";
  let format: string[] = [];
  const styles = new Map<string, Style>();
  const cues: Cue[] = [];
  for (const line of text.split("\n")) {
    if (line.length > maxLineLength) continue;
    if (cues.length >= maxEvents) break;
    const header = /^\s*\[(.+)\]\s*$/.exec(line);
    if (header !== null) {
      section = (header[1] ?? "").toLowerCase();
      format = [];
      continue;
    }
    const [, key = "", value = ""] = /^\s*([a-z]+)\s*:\s?(.*)$/i.exec(line) ?? [];
    if (key.toLowerCase() === "format") format = value.split(",").map((name) => name.trim().toLowerCase());
    else if (key.toLowerCase() === "style") addStyle(styles, fieldsOf(value, format), section);
    else if (key.toLowerCase() === "dialogue" && section === "events") {
      cues.push(...cueOf(fieldsOf(value, format.length === 0 ? usual : format), styles));
    }
  }
  return tidyCues(cues);
}

const usual = ["layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect", "text"];

/** The last field takes the rest, commas and all. */
function fieldsOf(value: string, format: readonly string[]): ReadonlyMap<string, string> {
  const parts = value.split(",");
  const last = format.length - 1;
  return new Map(
    format.map((name, index) => [name, (index === last ? parts.slice(index).join(",") : (parts[index] ?? "")).trim()]),
  );
}

function addStyle(styles: Map<string, Style>, fields: ReadonlyMap<string, string>, section: string): void {
  const said = Number(fields.get("alignment") ?? 2);
  // Old files count 1 to 3 below, 5 to 7 above, 9 to 11 in the middle.
  const isOld = !section.includes("+");
  const place = isOld ? (said > 8 ? said - 5 : said > 4 ? said + 2 : said) : said;
  const isItalic = ["-1", "1"].includes(fields.get("italic") ?? "0");
  styles.set(fields.get("name") ?? "", { place: place >= 1 && place <= 9 ? place : 2, isItalic });
}

function cueOf(fields: ReadonlyMap<string, string>, styles: ReadonlyMap<string, Style>): Cue[] {
  const startMs = timeOf(fields.get("start"));
  const endMs = timeOf(fields.get("end"));
  if (startMs === undefined || endMs === undefined) return [];
  const style = styles.get((fields.get("style") ?? "").replace(/^\*/, "")) ?? { place: 2, isItalic: false };
  const raw = fields.get("text") ?? "";
  const place = Number(/\\an([1-9])/.exec(raw)?.[1] ?? style.place);
  const text = textOf(raw);
  if (text === "") return [];
  return [
    { startMs, endMs, text: withSimpleTags(style.isItalic ? `<i>${text}</i>` : text), settings: settingsAt(place) },
  ];
}

/** `0:00:01.50`; hundredths. */
function timeOf(text = ""): number | undefined {
  const match = /^(\d{1,3}):(\d{1,2}):(\d{1,2})(?:[.:,](\d{1,3}))?$/.exec(text);
  if (match === null) return undefined;
  const [, hours = "0", minutes = "0", seconds = "0", fraction = "0"] = match;
  return (
    Number(hours) * 3_600_000 + Number(minutes) * 60_000 + Number(seconds) * 1000 + Number(fraction.padEnd(3, "0"))
  );
}

function textOf(raw: string): string {
  let isDrawing = false;
  let out = "";
  for (const [part] of raw.matchAll(/\{[^{}]*\}|[^{]+|\{/g)) {
    if (!part.startsWith("{") || part === "{") {
      if (!isDrawing) out += part.replace(/<(?=\/?[ibu]>)/gi, "‹");
      continue;
    }
    for (const [, name = "", value = ""] of part.matchAll(/\\(p|i|b|u)(\d{1,3})(?![\w(])/g)) {
      if (name === "p") isDrawing = value !== "0";
      else out += value === "0" ? `</${name}>` : `<${name}>`;
    }
  }
  return tidyLines(out.replaceAll("\\N", "\n").replaceAll("\\n", " ").replaceAll("\\h", "\u00a0"));
}
