/** What kind of thing a node is for a person. */
export type FileKind =
  | "folder"
  | "image"
  | "video"
  | "audio"
  | "pdf"
  | "text"
  | "code"
  | "archive"
  | "sheet"
  | "document"
  | "slides"
  | "file";

const exact: Readonly<Record<string, FileKind>> = {
  "application/pdf": "pdf",
  "application/json": "code",
  "application/javascript": "code",
  "application/xml": "code",
  "application/x-sh": "code",
  "application/yaml": "code",
  "text/html": "code",
  "text/css": "code",
  "text/javascript": "code",
  "text/xml": "code",
  "text/yaml": "code",
  "text/csv": "sheet",
  "application/zip": "archive",
  "application/gzip": "archive",
  "application/x-tar": "archive",
  "application/x-7z-compressed": "archive",
  "application/vnd.rar": "archive",
  "application/x-bzip2": "archive",
  "application/zstd": "archive",
  "application/msword": "document",
  "application/rtf": "document",
  "application/epub+zip": "document",
  "application/vnd.ms-excel": "sheet",
  "application/vnd.ms-powerpoint": "slides",
};

/** Maps a node's kind and media type to a `FileKind`; unknown types are plain files. */
export function fileKind(node: { readonly kind: "file" | "folder"; readonly mime: string }): FileKind {
  if (node.kind === "folder") return "folder";
  const mime = node.mime.split(";")[0]?.trim().toLowerCase() ?? "";
  const found = exact[mime];
  if (found) return found;
  if (mime.startsWith("image/")) return "image";
  if (mime.startsWith("video/")) return "video";
  if (mime.startsWith("audio/")) return "audio";
  if (mime.includes("spreadsheet")) return "sheet";
  if (mime.includes("presentation")) return "slides";
  if (mime.includes("wordprocessing") || mime.includes("opendocument.text")) return "document";
  return mime.startsWith("text/") ? "text" : "file";
}
