import mime from "mime";

const fallback = "application/octet-stream";
const maxKept = 1024;
/** What cameras write, which the registry does not know. */
const raw = "3fr arw cr2 cr3 crw dcr dng erf iiq k25 kdc mef mos mrw nef nrw orf pef raf rw2 rwl sr2 srf srw x3f";
const more = new Map([...raw.split(" ").map((ending) => [ending, "image/x-raw"] as const), ["hif", "image/heif"]]);
const byExtension = new Map<string, string>();

/** The media type a file name suggests; text is said to be UTF-8. */
export function contentTypeOf(name: string): string {
  const dot = name.lastIndexOf(".");
  if (dot <= 0) return fallback;
  const extension = name.slice(dot + 1).toLowerCase();
  let type = byExtension.get(extension);
  if (type === undefined) {
    type = more.get(extension) ?? mime.getType(extension) ?? fallback;
    if (type.startsWith("text/")) type += "; charset=utf-8";
    if (byExtension.size >= maxKept) byExtension.clear();
    byExtension.set(extension, type);
  }
  return type;
}
