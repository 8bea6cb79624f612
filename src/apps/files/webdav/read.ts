import { readPermit } from "#apps/files/browse";
import { contentTypeOf, type FileResponseOptions, sendFile } from "#platform/http";
import type { NodeInfo } from "#storage/primary";
import type { Call } from "./call.ts";
import { folderPage } from "./folder-page.ts";
import type { Dav } from "./dav.ts";
import { locate, requireNode } from "./target.ts";
import { listEntries } from "./virtual.ts";

/** GET and HEAD: a file's bytes, or a small page that lists a folder. */
export function get(dav: Dav, call: Call): Response | Promise<Response> {
  dav.checks.requireIf(call);
  const target = locate(dav, call.actor, call.path.names);
  if (target.kind === "list") return folderPage(call, listEntries(dav, call.actor, target.names));
  const { node } = requireNode(target);
  if (node.kind === "file") return sendContent(dav, call, node);
  const folder = dav.storage.refresh(node.id);
  return folderPage(call, dav.storage.children(folder.id, dav.access.sightOf(call.actor).entries));
}

function sendContent(dav: Dav, { request, actor }: Call, node: NodeInfo): Response | Promise<Response> {
  const file = dav.storage.small(node.id) ?? dav.storage.open(node.id, { remote: true });
  return sendFile(request, file, responseOptions(file.node), readPermit(dav, actor, node));
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
