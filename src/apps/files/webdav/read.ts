import { contentTypeOf, fileResponse } from "#platform/http";
import type { Call } from "./call.ts";
import { folderPage } from "./folder-page.ts";
import type { Dav } from "./dav.ts";
import { syncHeaders } from "./sync-headers.ts";
import { locate, requireNode } from "./target.ts";
import { listEntries } from "./virtual.ts";

/** GET and HEAD: a file's bytes, or a small page that lists a folder. */
export function get(dav: Dav, call: Call): Response {
  dav.checks.requireIf(call);
  const target = locate(dav, call.actor, call.path.names);
  if (target.kind === "list") return folderPage(call, listEntries(dav, call.actor, target.names));
  const { node } = requireNode(target);
  if (node.kind === "file") return sendFile(dav, call.request, node.id);
  const folder = dav.storage.refresh(node.id);
  return folderPage(call, dav.storage.children(folder.id));
}

function sendFile(dav: Dav, request: Request, nodeId: number): Response {
  const file = dav.storage.small(nodeId) ?? dav.storage.open(nodeId);
  const { node } = file;
  return fileResponse(request, file, {
    etag: node.etag,
    modifiedAtMs: node.modifiedAtMs,
    contentType: contentTypeOf(node.name),
    headers: syncHeaders(node),
  });
}
