import { contentTypeOf } from "#platform/http";
import { token } from "./words.ts";

/** Kinds of files that can be asked for, beside endings. */
export const fileKinds = ["folder", "image", "video", "audio", "document", "text", "archive"] as const;
export type FileKind = (typeof fileKinds)[number];

const documents =
  /^application\/(pdf|rtf|msword|epub\+zip|vnd\.(ms-(excel|powerpoint|word)|openxmlformats|oasis\.opendocument))/;
const archives = /^application\/(zip|gzip|x-(tar|gtar|7z|bzip2?|xz|rar|gzip|zstd)|vnd\.rar|zstd|java-archive)/;

/** Kinds of a name: `report.md` is a text and a document. */
function kindsOf(name: string, isFolder: boolean): readonly FileKind[] {
  if (isFolder) return ["folder"];
  const type = contentTypeOf(name);
  const main = type.slice(0, type.indexOf("/"));
  if (main === "image" || main === "video" || main === "audio") return [main];
  if (main === "text") return ["text", "document"];
  if (documents.test(type)) return ["document"];
  return archives.test(type) ? ["archive"] : [];
}

/** Of a name, in small letters and without the dot; empty without one. */
export function endingOf(name: string): string {
  const dot = name.lastIndexOf(".");
  return dot <= 0 ? "" : name.slice(dot + 1).toLowerCase();
}

/** What a document can be asked for beside its words, as tokens: itself, the folders above it, its ending, its kinds. */
export function scopeOf(doc: {
  readonly nodeId: number;
  readonly name: string;
  readonly isFolder: boolean;
  /** Ids with spaces between them. */
  readonly above: string;
}): string {
  const ending = doc.isFolder ? "" : endingOf(doc.name);
  const folders = doc.above === "" ? [] : doc.above.split(" ");
  return [
    token("node", doc.nodeId),
    ...folders.map((id) => token("node", id)),
    ...(/^[a-z0-9]{1,16}$/.test(ending) ? [token("ending", ending)] : []),
    ...kindsOf(doc.name, doc.isFolder).map((kind) => token("kind", kind)),
  ].join(" ");
}
