import { type Permit, sendFile } from "#platform/http";
import type { NodeInfo, Storage } from "#storage/primary";
import { AppError } from "#platform/errors";
import { contentHeaders, safeContentType } from "./content-headers.ts";

/** The bytes of a file whose reader has been checked, sent as long as `permit` holds; `?download=1` makes the browser save it. */
export function contentResponse(
  request: Request,
  storage: Storage,
  node: NodeInfo,
  permit: Permit,
): Response | Promise<Response> {
  if (request.method !== "GET" && request.method !== "HEAD") throw new AppError("method-not-allowed");
  if (node.kind !== "file") throw new AppError("bad-request", "A folder has no content; ask for an archive.");
  const file = storage.small(node.id) ?? storage.open(node.id, { remote: true });
  const download = new URL(request.url).searchParams.get("download") === "1";
  const options = {
    etag: file.node.etag,
    modifiedAtMs: file.node.modifiedAtMs,
    contentType: safeContentType(node.name),
    headers: contentHeaders(node.name, download),
  };
  return sendFile(request, file, options, permit);
}

/** The id that ends a path, as `/api/files/content/17`. Throws `not-found` for anything else. */
export function idAfter(path: string, prefix: string): number {
  const text = path.slice(prefix.length);
  if (!/^[1-9]\d{0,15}$/.test(text)) throw new AppError("not-found");
  return Number(text);
}
