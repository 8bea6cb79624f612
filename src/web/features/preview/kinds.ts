import { fileKind } from "#web/ui/mime.ts";

export type Viewer = "image" | "video" | "audio" | "pdf" | "markdown" | "text" | "none";

/** The part of a file that the page shows as text. */
export const textLimitBytes = 1024 * 1024;
/** An animation would stand still as a thumbnail, so originals up to this size are shown at once. */
const animatedLimitBytes = 20 * 1024 * 1024;

interface Subject {
  readonly kind: "file" | "folder";
  readonly name: string;
  readonly mime: string;
  readonly sizeBytes: number;
  readonly hasPreview: boolean;
}

const shownByBrowsers = new Set([
  "image/png",
  "image/jpeg",
  "image/gif",
  "image/webp",
  "image/avif",
  "image/svg+xml",
  "image/bmp",
  "image/x-icon",
]);
const textEndings =
  /\.(txt|log|ini|conf|cfg|toml|env|ya?ml|json|ts|tsx|js|jsx|mjs|css|html?|xml|sh|py|rs|go|c|h|cpp|java|sql|csv|srt|vtt)$/i;

/** Which viewer shows a file. Types that a browser cannot show go by their thumbnail, or get a card with a download. */
export function viewerFor(node: Subject): Viewer {
  // TypeScript and MPEG transport streams share an ending, but hardly a size.
  if (/\.m?ts$/i.test(node.name) && node.sizeBytes <= textLimitBytes) return "text";
  const kind = fileKind(node);
  if (kind === "image") return shownByBrowsers.has(node.mime) || node.hasPreview ? "image" : "none";
  if (kind === "video" || kind === "audio" || kind === "pdf") return kind;
  if (node.mime === "text/markdown" || /\.(md|markdown)$/i.test(node.name)) return "markdown";
  if (kind === "text" || kind === "code" || node.mime.startsWith("text/") || textEndings.test(node.name)) return "text";
  return node.hasPreview ? "image" : "none";
}

/** Which picture is shown first, and which replaces it when the person zooms in; null when there is nothing better. */
export function imageSources(node: Subject): {
  readonly first: "preview" | "original";
  readonly zoomed: "original" | null;
} {
  const original = shownByBrowsers.has(node.mime);
  const animated = (node.mime === "image/gif" || node.mime === "image/webp") && node.sizeBytes <= animatedLimitBytes;
  if (original && (!node.hasPreview || animated || node.mime === "image/svg+xml"))
    return { first: "original", zoomed: null };
  return { first: "preview", zoomed: original ? "original" : null };
}

/** The neighbours of a file in a list of files and folders. */
export function neighbours<N extends { readonly id: number; readonly kind: "file" | "folder" }>(
  nodes: readonly N[],
  id: number,
): { readonly at: number; readonly files: readonly N[]; readonly previous: N | null; readonly next: N | null } {
  const files = nodes.filter((node) => node.kind === "file");
  const at = files.findIndex((node) => node.id === id);
  return { at, files, previous: files[at - 1] ?? null, next: at < 0 ? null : (files[at + 1] ?? null) };
}
