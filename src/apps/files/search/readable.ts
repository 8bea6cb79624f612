import type { NodeInfo } from "#storage/primary";
import type { DocRecord, Reader } from "./protocol.ts";
import { endingOf } from "./scope.ts";

const endings: Readonly<Record<Reader, string>> = {
  pdf: "pdf",
  zip: "docx docm dotx xlsx xlsm xltx pptx pptm ppsx odt ott ods ots odp otp odg epub",
  html: "html htm xhtml",
  rtf: "rtf",
  mail: "eml",
  plain: [
    "txt text md markdown rst adoc org tex bib csv tsv log ini cfg conf toml yaml yml json jsonl ndjson xml svg srt vtt ics vcf",
    "js mjs cjs jsx ts mts cts tsx css scss less html.erb vue svelte py rb pl php java kt kts scala go rs c h cc cpp cxx hpp cs",
    "swift m mm r jl lua sh bash zsh fish ps1 bat sql graphql proto dockerfile makefile cmake gradle properties diff patch gpx kml",
  ].join(" "),
};
const readers = new Map<string, Reader>(
  Object.entries(endings).flatMap(([reader, list]) => list.split(" ").map((ending) => [ending, reader as Reader])),
);
/** Numbers and coordinates without end are no text that anybody searches. */
const maxPlainBytes = 16 * 2 ** 20;

/** How the text of a file of this name is read; undefined when it has none that is searched. */
export function readerOf(name: string): Reader | undefined {
  const bare = name.toLowerCase();
  return (
    readers.get(endingOf(name)) ??
    (["readme", "makefile", "dockerfile", "license"].includes(bare) ? "plain" : undefined)
  );
}

export interface ReadableOptions {
  readonly text: boolean;
  readonly maxFileBytes: number;
}

/** Whether the text of a file is to be read, without looking into it. */
export function textWish(
  { kind, name, sizeBytes }: NodeInfo,
  { text, maxFileBytes }: ReadableOptions,
): DocRecord["text"] {
  const reader = text && kind === "file" && sizeBytes > 0 ? readerOf(name) : undefined;
  if (reader === undefined) return "none";
  return sizeBytes > Math.min(maxFileBytes, reader === "plain" ? maxPlainBytes : maxFileBytes) ? "too-large" : "wanted";
}
