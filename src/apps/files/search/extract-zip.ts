import type { Readable } from "node:stream";
import { SaxesParser } from "saxes";
import { type Entry, fromFdPromise, type ZipFile } from "yauzl";
import { createTextSink, type TextSink, Unreadable } from "./extract-limits.ts";
import { htmlText } from "./extract-html.ts";

/** Bytes that one document may unpack to; what more of them would say is not searched. */
const maxUnpackedBytes = 64 * 2 ** 20;
/** A document packs to a tenth or a thirtieth; whatever unpacks to this many times its size was made to do so. */
const bombRatio = 100;
const maxEntries = 20_000;
const maxPageBytes = 8 * 2 ** 20;

/** Parts that hold text, in the order in which they are read. */
const parts: readonly RegExp[] = [
  /^word\/document\d*\.xml$/,
  /^word\/(footnotes|endnotes|comments|header\d*|footer\d*)\.xml$/,
  /^ppt\/slides\/slide\d+\.xml$/,
  /^ppt\/notesSlides\/notesSlide\d+\.xml$/,
  /^xl\/sharedStrings\.xml$/,
  /^xl\/worksheets\/sheet\d+\.xml$/,
  /^content\.xml$/,
  /\.x?html?$/i,
];

/** The words of a document that is a ZIP archive: Office Open XML (ECMA-376), OpenDocument (ISO 26300), EPUB. Throws Unreadable. */
export async function zipText(fd: number): Promise<string> {
  const zip = await openZip(fd);
  const entries = await textEntries(zip);
  const sink = createTextSink();
  const budget = { unpacked: 0, packed: 0 };
  for (const entry of entries) {
    if (sink.isFull() || budget.unpacked >= maxUnpackedBytes) break;
    if ((entry.generalPurposeBitFlag & 1) !== 0) throw new Unreadable("encrypted");
    budget.packed += entry.compressedSize;
    const stream = await zip.openReadStreamPromise(entry).catch(() => {
      throw new Unreadable("malformed");
    });
    await readPart(entry.fileName, stream, sink, budget);
    sink.add("\n");
  }
  return sink.text();
}

async function openZip(fd: number): Promise<ZipFile> {
  try {
    return await fromFdPromise(fd, { autoClose: false, strictFileNames: false, validateEntrySizes: true });
  } catch {
    throw new Unreadable("malformed");
  }
}

async function textEntries(zip: ZipFile): Promise<Entry[]> {
  const found: { entry: Entry; order: number }[] = [];
  let count = 0;
  try {
    for await (const entry of zip.eachEntry()) {
      if ((count += 1) > maxEntries) throw new Unreadable("bomb");
      if (entry.fileName === "EncryptedPackage") throw new Unreadable("encrypted");
      const order = parts.findIndex((part) => part.test(entry.fileName));
      if (order >= 0) found.push({ entry, order });
    }
  } catch (error) {
    throw error instanceof Unreadable ? error : new Unreadable("malformed");
  }
  const byName = new Intl.Collator("en", { numeric: true }).compare;
  return found
    .toSorted((a, b) => a.order - b.order || byName(a.entry.fileName, b.entry.fileName))
    .map(({ entry }) => entry);
}

interface Budget {
  unpacked: number;
  packed: number;
}

async function readPart(name: string, stream: Readable, sink: TextSink, budget: Budget): Promise<void> {
  const isPage = /html?$/i.test(name);
  const reader = isPage ? createPageReader(sink) : createXmlReader(name, sink);
  const decoder = new TextDecoder();
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      budget.unpacked += chunk.byteLength;
      if (budget.unpacked > maxUnpackedBytes && budget.unpacked > budget.packed * bombRatio)
        throw new Unreadable("bomb");
      reader.write(decoder.decode(chunk, { stream: true }));
      if (sink.isFull() || budget.unpacked > maxUnpackedBytes) return;
    }
    reader.end();
  } catch (error) {
    if (error instanceof Unreadable) throw error;
    // What came before the damage is worth more than nothing.
    if (sink.text() === "") throw new Unreadable("malformed");
  } finally {
    stream.destroy();
  }
}

interface PartReader {
  write(text: string): void;
  end(): void;
}

function createPageReader(sink: TextSink): PartReader {
  let page = "";
  return {
    write: (text) => {
      if (page.length < maxPageBytes) page += text;
    },
    end: () => sink.add(htmlText(page)),
  };
}

/** Elements whose text counts; undefined is all of them. */
const textElements: readonly (readonly [RegExp, ReadonlySet<string> | undefined])[] = [
  [/^word\//, new Set(["w:t"])],
  [/^ppt\//, new Set(["a:t"])],
  [/^xl\//, new Set(["t", "x:t"])],
];
const breaks = new Set(
  "w:p w:br w:tab w:tc a:p a:br si row is text:p text:h text:tab text:s text:line-break table:table-cell".split(" "),
);

function createXmlReader(name: string, sink: TextSink): PartReader {
  const wanted = textElements.find(([part]) => part.test(name))?.[1];
  // Entities of its own are an error to this parser: nothing in a document can multiply itself.
  const parser = new SaxesParser();
  let inside = 0;
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", (tag) => {
    if (wanted?.has(tag.name) === true) inside += 1;
    // In OpenDocument a tab or a space is an element.
    if (breaks.has(tag.name)) sink.add(" ");
  });
  parser.on("text", (text) => {
    if (wanted === undefined || inside > 0) sink.add(text);
  });
  parser.on("closetag", (tag) => {
    if (wanted?.has(tag.name) === true) inside -= 1;
    if (breaks.has(tag.name)) sink.add("\n");
  });
  return { write: (text) => void parser.write(text), end: () => void parser.close() };
}
