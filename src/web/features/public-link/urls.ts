import type { ContentUrls } from "#web/features/preview/index.ts";

/** Addresses of bytes below a share link (docs/http.md). */
export interface LinkUrls extends ContentUrls {
  archive(ids: readonly number[]): string;
  readonly uploads: string;
}

export function linkUrls(token: string): LinkUrls {
  const base = `/s/${encodeURIComponent(token)}`;
  return {
    content: (id) => `${base}/content/${id}`,
    download: (id) => `${base}/content/${id}?download=1`,
    preview: (id, size, etag) => `${base}/preview/${id}?size=${size}&v=${encodeURIComponent(etag)}`,
    archive: (ids) => `${base}/archive?ids=${ids.join(",")}`,
    uploads: `${base}/uploads`,
  };
}

/** Where a visitor is: a folder below the link and a file that is looked at. */
export interface LinkSearch {
  readonly folder?: number;
  readonly preview?: number;
}

export function parseLinkSearch(search: Readonly<Record<string, unknown>>): LinkSearch {
  const folder = nodeId(search["folder"]);
  const preview = nodeId(search["preview"]);
  return { ...(folder ? { folder } : {}), ...(preview ? { preview } : {}) };
}

function nodeId(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}
