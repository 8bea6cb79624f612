import { createTextSink, Unreadable } from "./extract-limits.ts";

/** Groups that hold no text of the document. */
const silent = new Set(
  "fonttbl colortbl stylesheet info pict object themedata datastore latentstyles generator listtable listoverridetable xmlnstbl".split(
    " ",
  ),
);
const control = /\\([a-z]+)(-?\d{1,10})? ?|\\'([0-9a-f]{2})|\\([^a-z])/giy;
const plain = /[\\{}]/g;
const maxDepth = 10_000;
const latin = new TextDecoder("windows-1252");
const spoken: Readonly<Record<string, string>> = {
  par: "\n",
  line: "\n",
  sect: "\n",
  page: "\n",
  row: "\n",
  cell: "\n",
  tab: " ",
  emdash: "—",
  endash: "–",
  lquote: "‘",
  rquote: "’",
  ldblquote: "“",
  rdblquote: "”",
  bullet: "•",
};

/** The words of a document in Rich Text Format (RTF 1.9.1), in one pass. Throws Unreadable. */
export function rtfText(rtf: string): string {
  if (!rtf.startsWith("{\\rtf")) throw new Unreadable("malformed");
  const sink = createTextSink();
  /** Whether each open group is silent. */
  const groups: boolean[] = [];
  let isSilent = false;
  for (let at = 0; at < rtf.length && !sink.isFull();) {
    const char = rtf[at] ?? "";
    if (char === "{") {
      if (groups.length > maxDepth) throw new Unreadable("malformed");
      groups.push(isSilent);
      at += 1;
      continue;
    }
    if (char === "}") {
      isSilent = groups.pop() ?? false;
      at += 1;
      continue;
    }
    control.lastIndex = at;
    const match = char === "\\" ? control.exec(rtf) : null;
    if (match === null) {
      plain.lastIndex = at + 1;
      const end = plain.exec(rtf)?.index ?? rtf.length;
      if (!isSilent) sink.add(rtf.slice(at, end).replaceAll(/[\r\n]/g, ""));
      at = end;
      continue;
    }
    at = control.lastIndex;
    const [, word, value, byte, sign] = match;
    if (word === "bin") at += Math.max(0, Number(value ?? 0));
    else if (sign === "*" || (word !== undefined && silent.has(word))) isSilent = true;
    else if (!isSilent && word === "u") {
      sink.add(String.fromCharCode(Number(value ?? 32) & 0xffff));
      // The sign for readers that do not know Unicode follows.
      const replacement = /^(\\'[0-9a-f]{2}|[^\\{}])/i.exec(rtf.slice(at, at + 4));
      at += replacement?.[0].length ?? 0;
    } else if (!isSilent && byte !== undefined) sink.add(latin.decode(Uint8Array.of(Number.parseInt(byte, 16))));
    else if (!isSilent && word !== undefined) sink.add(spoken[word] ?? "");
    else if (!isSilent && sign !== undefined) sink.add(sign === "~" ? " " : /[\\{}]/.test(sign) ? sign : "");
  }
  return sink.text();
}
