import type { NodeInfo } from "#storage/primary";

/** What sync clients read beside the standard headers. */
export function syncHeaders(node: NodeInfo): Record<string, string> {
  const headers: Record<string, string> = { "oc-etag": `"${node.etag}"`, "oc-fileid": fileIdOf(node) };
  if (node.sha1 !== null) headers["oc-checksum"] = `SHA1:${node.sha1}`;
  return headers;
}

/** Digits of the node id, then letters that name the instance: clients cut at the first letter. */
export function fileIdOf(node: NodeInfo): string {
  return `${String(node.id).padStart(8, "0")}hearth`;
}

/** The headers of an answer to whoever has just written a file. */
export function writtenHeaders(node: NodeInfo, modifiedAtMs: number | undefined): Record<string, string> {
  const headers: Record<string, string> = { etag: `"${node.etag}"`, ...syncHeaders(node) };
  if (modifiedAtMs !== undefined) headers["x-oc-mtime"] = "accepted";
  return headers;
}
