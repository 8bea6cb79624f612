import { existsSync, readFileSync, writeFileSync } from "node:fs";

/** The page with the results of all suites; each writes its own sections and leaves those of the others. */
export const docsFile = new URL("../../docs/benchmarks.md", import.meta.url).pathname;

interface Section {
  readonly heading: string;
  /** With its heading, up to the next heading of that level. */
  readonly text: string;
}

function readSections(): { readonly top: string; readonly sections: readonly Section[] } {
  const page = existsSync(docsFile) ? readFileSync(docsFile, "utf8") : "# Benchmarks\n";
  const [top = "", ...rest] = page.split(/^(?=## )/m);
  return { top, sections: rest.map((text) => ({ heading: text.slice(0, text.indexOf("\n")), text })) };
}

/** A section as it stands, with its heading; empty without one. */
export function docsSection(heading: string): string {
  return readSections().sections.find((section) => section.heading === heading)?.text ?? "";
}

/** What profiling found is written by hand below a heading of the third level, and kept when the figures are written anew. */
function handWritten(section: string): string {
  const start = section.indexOf("\n### ");
  return start < 0 ? "" : section.slice(start);
}

/** Replaces one section, or adds it at the end. */
export function writeDocsSection(heading: string, text: string): void {
  const { top, sections } = readSections();
  const made = { heading, text: `${heading}\n\n${text}${handWritten(docsSection(heading))}` };
  const isKnown = sections.some((section) => section.heading === heading);
  const all = isKnown ? sections.map((section) => (section.heading === heading ? made : section)) : [...sections, made];
  writeFileSync(
    docsFile,
    [top, ...all.map((section) => section.text.trimEnd())].map((part) => part.trimEnd()).join("\n\n") + "\n",
  );
}
