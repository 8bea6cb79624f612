import { contentTypeOf, fileResponse, type FileResponseOptions } from "#platform/http";
import type { NodeInfo } from "#storage/primary";
import type { Call } from "./call.ts";
import { folderPage } from "./folder-page.ts";
import type { Dav } from "./dav.ts";
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
  return folderPage(call, dav.storage.children(folder.id, dav.access.sightOf(call.actor).entries));
}

function sendFile(dav: Dav, request: Request, nodeId: number): Response {
  const file = dav.storage.small(nodeId) ?? dav.storage.open(nodeId);
  return fileResponse(request, file, responseOptions(file.node));
}

/** By node, since the storage answers with the same value as long as nothing changes. */
const kept = new WeakMap<NodeInfo, FileResponseOptions>();

function responseOptions(node: NodeInfo): FileResponseOptions {
  let options = kept.get(node);
  if (options === undefined) {
    const { etag, modifiedAtMs, name, sha1 } = node;
    const headers = sha1 === null ? undefined : { "oc-checksum": `SHA1:${sha1}` };
    options = { etag, modifiedAtMs, contentType: contentTypeOf(name), headers };
    kept.set(node, options);
  }
  return options;
}
