import type { Call } from "./call.ts";
import { encodeName } from "./path.ts";
import { escapeXml } from "./xml-write.ts";

interface Entry {
  readonly name: string;
  readonly kind: "file" | "folder";
}

const maxEntries = 10_000;

/** For a person who opens the address in a browser; no script, no style from elsewhere, and nobody's content runs. */
export function folderPage({ request, path, surface }: Call, entries: readonly Entry[]): Response {
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
  };
  if (request.method === "HEAD") return new Response(null, { headers });
  const base = surface.addresses.href(path.names);
  const title = escapeXml(`/${path.names.join("/")}`);
  const rows = entries.slice(0, maxEntries).map((entry) => rowOf(base, entry));
  const more = entries.length > maxEntries ? `<p>and ${entries.length - maxEntries} more</p>` : "";
  return new Response(
    `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
      `<title>${title}</title><style>body{font:1rem system-ui;margin:2rem}li{padding:.2rem}</style>` +
      `<h1>${title}</h1><ul>${rows.join("")}</ul>${more}</html>`,
    { headers },
  );
}

function rowOf(base: string, { name, kind }: Entry): string {
  const slash = kind === "folder" ? "/" : "";
  return `<li><a href="${base}/${encodeName(name)}${slash}">${escapeXml(name)}${slash}</a></li>`;
}
