import type { z } from "zod";
import type { Node } from "#contract/apps/files/browse";
import { contentTypeOf } from "#platform/http";
import type { Actor } from "#platform/usecase";
import type { Access } from "#security/access";
import type { NodeInfo, Storage } from "#storage/primary";
import { at } from "./rights.ts";
import { createVisibleSizes } from "./visible-sizes.ts";

/** The media type a file name suggests, without parameters. */
export function mimeOf(name: string): string {
  return contentTypeOf(name).split(";", 1)[0] ?? "application/octet-stream";
}

const previewable = /^(image|video)\/|^application\/pdf$/;

/** Whether it is worth asking for a picture; a broken file has none all the same. */
export function hasPreview(mime: string): boolean {
  return previewable.test(mime);
}

/** What depends on who asks. */
interface Seen {
  readonly shared: boolean;
  readonly canWrite: boolean;
  readonly canShare: boolean;
  readonly parentId: number | null;
}

/** A node as the outside sees it. */
export function presentNode(node: NodeInfo, seen: Seen): z.input<typeof Node> {
  const { id, spaceId, name, kind, sizeBytes, count, modifiedAtMs, etag } = node;
  const mime = kind === "folder" ? "inode/directory" : mimeOf(name);
  return {
    id,
    spaceId,
    parentId: seen.parentId,
    name,
    kind,
    sizeBytes,
    count,
    modifiedAtMs: Math.trunc(modifiedAtMs),
    mime,
    etag,
    hasPreview: kind === "file" && hasPreview(mime),
    shared: seen.shared,
    canWrite: seen.canWrite,
    canShare: seen.canShare,
  };
}

interface PresenterDeps {
  readonly storage: Storage;
  readonly access: Access;
  readonly linkedNodeIds: (nodeIds: readonly number[]) => ReadonlySet<number>;
}

/** Nodes as a person sees them: with their rights, and without a parent that they cannot see. */
export function createPresenter({ storage, access, linkedNodeIds }: PresenterDeps) {
  const seenBy = (actor: Actor, node: NodeInfo, isLinked: boolean): Seen => {
    const actions = access.actionsAt(actor, at(node));
    const isLetIn = access.entriesOn({ kind: "node", id: node.id }).some(({ effect }) => effect === "allow");
    const parent = node.parentId === null || access.isPlain(actor) ? undefined : storage.node(node.parentId);
    return {
      shared: isLinked || isLetIn,
      canWrite: actions.includes("write"),
      canShare: actions.includes("share"),
      parentId: parent === undefined || access.can(actor, "read", at(parent)) ? node.parentId : null,
    };
  };
  const all = (actor: Actor, nodes: readonly NodeInfo[]) => {
    const linked = linkedNodeIds(nodes.map(({ id }) => id));
    const sized = createVisibleSizes(storage, access.sightOf(actor));
    return nodes.map((node) => presentNode(sized(node), seenBy(actor, node, linked.has(node.id))));
  };
  const one = (actor: Actor, node: NodeInfo) => {
    const seen = seenBy(actor, node, linkedNodeIds([node.id]).has(node.id));
    return presentNode(createVisibleSizes(storage, access.sightOf(actor))(node), seen);
  };
  return { all, one };
}
