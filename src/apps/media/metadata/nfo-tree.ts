import { SaxesParser } from "saxes";
import type { NfoFinding } from "./types.ts";

/** An element with where it stands in the text. */
export interface NfoElement {
  /** In lower case. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: NfoElement[];
  text: string;
  /** Offset of its `<`, and behind its last `>`. */
  readonly start: number;
  end: number;
  /** Behind the `>` of its first tag, and of the `<` of its last one. */
  readonly innerStart: number;
  innerEnd: number;
}

export interface NfoTree {
  readonly roots: readonly NfoElement[];
  /** What stands outside of elements. */
  readonly loose: string;
  readonly findings: readonly NfoFinding[];
}

export const maxNfoBytes = 1024 * 1024;
const maxDepth = 32;
const maxElements = 20_000;
const maxTextChars = 20_000;
const mostFindings = 5;

class TooMuch extends Error {}

/** Text of a file as UTF-8 or UTF-16, else as Windows-1252, which such files of old are in. */
export function decodeNfo(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/**
 * Reads what can be read of an NFO file, which often is no well-formed XML: several elements beside each other, addresses behind them,
 * unknown entities. No entity is ever expanded but the five of XML, and a document type is passed over.
 */
export function parseNfo(text: string): NfoTree {
  const roots: NfoElement[] = [];
  const findings: NfoFinding[] = [];
  const open: NfoElement[] = [];
  let loose = "";
  let count = 0;
  // Of the same length: places in the text are kept.
  const body = text.replace(/^\uFEFF?\s*<\?xml[^>]*\?>/, (head) => " ".repeat(head.length));
  const parser = new SaxesParser({ fragment: true });
  const found = (message: string): void => {
    if (findings.length < mostFindings) findings.push({ line: parser.line, message });
  };
  parser.on("error", ({ message }) => found(message.replace(/^\d+:\d+:\s*/, "").slice(0, 200)));
  parser.on("doctype", () => found("document types are passed over"));
  parser.on("opentag", ({ name, attributes }) => {
    count += 1;
    if (count > maxElements || open.length >= maxDepth) throw new TooMuch();
    const start = body.lastIndexOf("<", parser.position - 1);
    const place = { start, end: parser.position, innerStart: parser.position, innerEnd: parser.position };
    const plain = Object.entries(attributes).map(([key, value]) => [key.toLowerCase(), String(value)]);
    const element = {
      name: name.toLowerCase(),
      attributes: Object.fromEntries(plain),
      children: [],
      text: "",
      ...place,
    };
    (open.at(-1)?.children ?? roots).push(element);
    open.push(element);
  });
  parser.on("closetag", () => {
    const element = open.pop();
    if (element === undefined) return;
    element.end = parser.position;
    element.innerEnd = Math.max(element.innerStart, body.lastIndexOf("<", parser.position - 1));
  });
  const addText = (piece: string): void => {
    const element = open.at(-1);
    if (element === undefined) loose = (loose + piece).slice(0, maxTextChars);
    else if (element.text.length < maxTextChars) element.text += piece;
  };
  parser.on("text", addText);
  parser.on("cdata", addText);
  try {
    parser.write(body).close();
  } catch (thrown) {
    if (!(thrown instanceof TooMuch)) throw thrown;
    found("too many or too deeply nested elements");
  }
  return { roots, loose, findings };
}
