import type { z } from "zod";
import type { Node } from "#contract/apps/files/browse";
import { contentTypeOf } from "#platform/http";
import type { NodeInfo, Storage } from "#storage/primary";

/** The media type a file name suggests, without parameters. */
export function mimeOf(name: string): string {
  return contentTypeOf(name).split(";", 1)[0] ?? "application/octet-stream";
}

const previewable = /^(image|video)\/|^application\/pdf$/;

/** Whether it is worth asking for a picture; a broken file has none all the same. */
export function hasPreview(mime: string): boolean {
  return previewable.test(mime);
}

/** What the caller may do with a node, as far as the page asks. */
export interface NodeRights {
  readonly canWrite: boolean;
  readonly canShare: boolean;
}

const readOnly: NodeRights = { canWrite: false, canShare: false };

/** A node as the outside sees it. */
export function presentNode(node: NodeInfo, shared: boolean, rights: NodeRights = readOnly): z.input<typeof Node> {
  const { id, spaceId, parentId, name, kind, sizeBytes, count, modifiedAtMs, etag } = node;
  const mime = kind === "folder" ? "inode/directory" : mimeOf(name);
  return {
    id,
    spaceId,
    parentId,
    name,
    kind,
    sizeBytes,
    count,
    modifiedAtMs: Math.trunc(modifiedAtMs),
    mime,
    etag,
    hasPreview: kind === "file" && hasPreview(mime),
    shared,
    canWrite: rights.canWrite,
    canShare: rights.canShare,
  };
}

/** The way from the space's root to a node, the node included. */
export function pathTo(storage: Storage, nodeId: number): { id: number; name: string }[] {
  return storage.lineage(nodeId).map(({ id, name }) => ({ id, name }));
}
