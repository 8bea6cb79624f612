import { createTextSink } from "./extract-limits.ts";

const named: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
  shy: "",
  ndash: "–",
  mdash: "—",
  hellip: "…",
  bull: "•",
  laquo: "«",
  raquo: "»",
  bdquo: "„",
  ldquo: "“",
  rdquo: "”",
  lsquo: "‘",
  rsquo: "’",
  euro: "€",
  pound: "£",
  copy: "©",
  szlig: "ß",
  aelig: "æ",
  AElig: "Æ",
  oslash: "ø",
  Oslash: "Ø",
};
const accents: Readonly<Record<string, string>> = {
  acute: "\u0301",
  grave: "\u0300",
  circ: "\u0302",
  uml: "\u0308",
  tilde: "\u0303",
  cedil: "\u0327",
  ring: "\u030A",
};
const silent = new Set(["script", "style", "template", "noscript", "svg"]);
const inline = /^(a|abbr|b|bdi|cite|code|em|font|i|kbd|mark|q|s|small|span|strong|sub|sup|u|var|wbr)$/;

/** The words of a page: without markup, scripts and styles. Takes any text for HTML, as browsers do, in one pass. */
export function htmlText(html: string): string {
  const sink = createTextSink();
  for (let at = 0; at < html.length && !sink.isFull();) {
    const open = html.indexOf("<", at);
    sink.add(unescaped(html.slice(at, open < 0 ? html.length : open)));
    if (open < 0) break;
    if (html.startsWith("<!--", open)) {
      at = endOf(html, "-->", open + 4);
      continue;
    }
    const tag = /^<\/?([a-z][a-z0-9:-]*)/i.exec(html.slice(open, open + 40))?.[1]?.toLowerCase();
    if (tag === undefined && !/^<[!?/]/.test(html.slice(open, open + 2))) {
      sink.add("<");
      at = open + 1;
      continue;
    }
    at = endOf(html, ">", open + 1);
    if (tag !== undefined && silent.has(tag) && html[open + 1] !== "/" && html[at - 2] !== "/") {
      at = closing(html, tag, at);
    }
    if (tag === undefined || !inline.test(tag)) sink.add("\n");
  }
  return sink.text();
}

function endOf(html: string, mark: string, from: number): number {
  const end = html.indexOf(mark, from);
  return end < 0 ? html.length : end + mark.length;
}

/** Behind the end tag; the end of the text when there is none. */
function closing(html: string, tag: string, from: number): number {
  const pattern = new RegExp(`</${tag}\\b[^>]*>`, "gi");
  pattern.lastIndex = from;
  return pattern.exec(html) === null ? html.length : pattern.lastIndex;
}

function unescaped(text: string): string {
  if (!text.includes("&")) return text;
  return text.replaceAll(/&(#x[0-9a-f]{1,6}|#\d{1,7}|[a-z]{2,8}\d?);?/gi, (whole, name: string) => {
    if (name.startsWith("#"))
      return ofCode(/^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1)));
    const known = Object.hasOwn(named, name) ? named[name] : undefined;
    if (known !== undefined) return known;
    const accented = /^([a-zA-Z])(acute|grave|circ|uml|tilde|cedil|ring)$/.exec(name);
    if (accented === null) return whole;
    return `${accented[1] ?? ""}${accents[accented[2] ?? ""] ?? ""}`.normalize("NFC");
  });
}

function ofCode(code: number): string {
  return code > 0 && code <= 0x10_ff_ff ? String.fromCodePoint(code) : " ";
}
