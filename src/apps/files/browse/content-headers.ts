import { mimeOf } from "./present.ts";

/** What a browser shows by itself and cannot run: these keep their type. */
const inert =
  /^(image|video|audio|font)\/|^text\/plain$|^application\/(pdf|zip|gzip|epub\+zip|msword|vnd\.(ms|openxmlformats|oasis)[a-z.-]*)$/;
const textual = /^text\/|\b(json|xml|javascript|ecmascript|x-sh|x-httpd-php|yaml|toml|x-tex|sql)\b|\+(json|xml)$/;

/**
 * The type under which a person's file is sent from our own origin. Markup and scripts become plain text: a page of a stranger
 * must never be a page of this site, nor a script that an injected tag could load.
 */
export function safeContentType(name: string): string {
  const mime = mimeOf(name);
  if (mime.startsWith("image/") || !textual.test(mime)) return inert.test(mime) ? mime : "application/octet-stream";
  return "text/plain; charset=utf-8";
}

/**
 * PDF opens in the browser's own viewer, which older browsers do not start inside a `sandbox`. It runs no script in our origin,
 * so it is enough that it loads nothing and stays inside our frames.
 */
const pdfPolicy = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'";

export function contentHeaders(name: string, download: boolean): Record<string, string> {
  const headers: Record<string, string> = {};
  if (mimeOf(name) === "application/pdf") headers["content-security-policy"] = pdfPolicy;
  if (download) headers["content-disposition"] = attachment(name);
  return headers;
}

/** `Content-Disposition` of a download (RFC 6266): an ASCII name for the old, the true one in RFC 8187 form for all others. */
export function attachment(name: string): string {
  const ascii = name.replaceAll(/[^\x20-\x7e]|["\\%/]/g, "_");
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encodeExtended(name)}`;
}

/** RFC 8187 `value-chars`: everything outside `attr-char` is percent-encoded. A lone surrogate becomes U+FFFD. */
function encodeExtended(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replaceAll(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
