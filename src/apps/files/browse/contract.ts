import { z } from "zod";
import { defineContract, fillLevels } from "#wire";

const NodeId = z.int().positive();
/** One path segment; the storage layer has the last word on it. */
const NodeName = z.string().min(1).max(255);

export const Node = z.object({
  id: NodeId,
  spaceId: z.int(),
  parentId: NodeId.nullable(),
  name: z.string(),
  kind: z.enum(["file", "folder"]),
  /** Of a folder: everything below it. */
  sizeBytes: z.int(),
  /** Of a folder: number of files and folders below it; 0 for a file. */
  count: z.int(),
  modifiedAtMs: z.int(),
  mime: z.string(),
  etag: z.string(),
  hasPreview: z.boolean(),
  /** It has a link, or an entry of its own that lets others in. */
  shared: z.boolean(),
  /** The caller may change it: its content, or of a folder the entries. */
  canWrite: z.boolean(),
  /** The caller may give others access, by link or entry. */
  canShare: z.boolean(),
});
export type Node = z.infer<typeof Node>;

export const Space = z.object({
  id: z.int(),
  name: z.string(),
  kind: z.enum(["home", "shared"]),
  rootId: NodeId,
  usedBytes: z.int(),
  /** Null is unlimited; files and trash count. */
  quotaBytes: z.int().nullable(),
  fill: z.enum(fillLevels),
  /** What still fits; null is unlimited. */
  freeBytes: z.int().nullable(),
  volumeOnline: z.boolean(),
  canWrite: z.boolean(),
});
export type Space = z.infer<typeof Space>;

const SortKey = z.enum(["name", "size", "modified"]);
/** What to do when the name is taken at the target. */
export const OnClash = z.enum(["fail", "rename", "replace", "skip"]);

const Moved = z.object({ nodes: z.array(Node), skipped: z.array(z.string()) });

export const browseContract = defineContract({
  "files.spaces": {
    summary: "The spaces the caller can see: the home first, then shared spaces.",
    input: z.object({}),
    output: z.object({ spaces: z.array(Space) }),
    permission: "files.use",
    effect: "read",
  },
  "files.list": {
    summary: "A page of a folder's entries (folders first), with the folder and the way to it.",
    input: z.object({
      folderId: NodeId,
      sort: SortKey.default("name"),
      descending: z.boolean().default(false),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(5000).default(1000),
    }),
    output: z.object({
      folder: Node,
      path: z.array(z.object({ id: NodeId, name: z.string() })),
      nodes: z.array(Node),
      total: z.int(),
    }),
    permission: "by-resource",
    effect: "read",
  },
  "files.get": {
    summary: "One file or folder and the way to it.",
    input: z.object({ id: NodeId }),
    output: z.object({ node: Node, path: z.array(z.object({ id: NodeId, name: z.string() })) }),
    permission: "by-resource",
    effect: "read",
  },
  "files.resolve": {
    summary: "Find a node by its path in a space.",
    input: z.object({ spaceId: z.int(), path: z.string().max(4096) }),
    output: z.object({ node: Node }),
    permission: "by-resource",
    effect: "read",
  },
  "files.sharedWithMe": {
    summary: "Files and folders of others that the caller was let into, outside the spaces of the caller.",
    input: z.object({}),
    output: z.object({
      items: z.array(
        z.object({
          /** Without a parent: the way to it begins here. */
          node: Node,
          /** The name in `/dav/shared/`, numbered when two are called the same. */
          name: z.string(),
          /** Who let the caller in; empty when that person is gone. */
          sharedBy: z.string(),
          sharedAtMs: z.int(),
          /** When the last entry that lets the caller in here ends; null is never. */
          expiresAtMs: z.int().nullable(),
        }),
      ),
    }),
    permission: "files.use",
    effect: "read",
  },
  "files.recent": {
    summary: "Files changed last, newest first.",
    input: z.object({ limit: z.int().min(1).max(100).default(20) }),
    output: z.object({ nodes: z.array(Node) }),
    permission: "files.use",
    effect: "read",
  },
  "files.createFolder": {
    summary: "Make a folder; with `path`, every missing folder on the way (existing ones are kept).",
    input: z.object({ parentId: NodeId, path: z.string().min(1).max(4096) }),
    output: z.object({ node: Node }),
    permission: "by-resource",
    effect: "write",
  },
  "files.rename": {
    summary: "Give a file or folder another name in its folder.",
    input: z.object({ id: NodeId, name: NodeName }),
    output: z.object({ node: Node }),
    permission: "by-resource",
    effect: "write",
  },
  "files.move": {
    summary: "Move nodes into a folder.",
    input: z.object({ ids: z.array(NodeId).min(1).max(1000), folderId: NodeId, onClash: OnClash.default("fail") }),
    output: Moved,
    permission: "by-resource",
    effect: "write",
  },
  "files.copy": {
    summary: "Copy nodes into a folder.",
    input: z.object({ ids: z.array(NodeId).min(1).max(1000), folderId: NodeId, onClash: OnClash.default("rename") }),
    output: Moved,
    permission: "by-resource",
    effect: "write",
  },
  "files.remove": {
    summary: "Put nodes into the trash; the answer's ids restore them (undo).",
    input: z.object({ ids: z.array(NodeId).min(1).max(1000) }),
    output: z.object({ trashIds: z.array(z.string()) }),
    permission: "by-resource",
    effect: "write",
  },
  "files.createSpace": {
    summary: "Make a shared space with members.",
    input: z.object({
      name: z.string().trim().min(1).max(100),
      members: z.array(z.object({ userId: z.int(), role: z.enum(["viewer", "editor", "manager"]) })),
      quotaBytes: z.int().positive().nullable().default(null),
    }),
    output: z.object({ space: Space }),
    permission: "people.manage",
    effect: "write",
  },
  "files.spaceMembers": {
    summary: "Who is in a shared space, and as what.",
    input: z.object({ spaceId: z.int() }),
    output: z.object({
      members: z.array(z.object({ userId: z.int(), name: z.string(), role: z.enum(["viewer", "editor", "manager"]) })),
    }),
    permission: "by-resource",
    effect: "read",
  },
  "files.setSpaceMembers": {
    summary: "Set the members of a shared space.",
    input: z.object({
      spaceId: z.int(),
      members: z.array(z.object({ userId: z.int(), role: z.enum(["viewer", "editor", "manager"]) })),
    }),
    output: z.object({}),
    permission: "by-resource",
    effect: "write",
  },
});
