import mime from "mime";

const fallback = "application/octet-stream";
const maxKept = 1024;
const byExtension = new Map<string, string>();

/** The media type a file name suggests; text is said to be UTF-8. */
export function contentTypeOf(name: string): string {
  const dot = name.lastIndexOf(".");
  if (dot <= 0) return fallback;
  const extension = name.slice(dot + 1).toLowerCase();
  let type = byExtension.get(extension);
  if (type === undefined) {
    type = mime.getType(extension) ?? fallback;
    if (type.startsWith("text/")) type += "; charset=utf-8";
    if (byExtension.size >= maxKept) byExtension.clear();
    byExtension.set(extension, type);
  }
  return type;
}
