import { z } from "zod";
import { defineContract } from "#wire";
import { Node } from "#contract/apps/files/browse";

const LinkMode = z.enum(["view", "upload"]);

export const Link = z.object({
  id: z.string(),
  nodeId: z.int(),
  name: z.string(),
  url: z.string(),
  mode: LinkMode,
  hasPassword: z.boolean(),
  expiresAtMs: z.int().nullable(),
  downloadLimit: z.int().nullable(),
  downloads: z.int(),
  createdAtMs: z.int(),
  lastUsedAtMs: z.int().nullable(),
});
export type Link = z.infer<typeof Link>;

const Rules = {
  mode: LinkMode.default("view"),
  password: z.string().min(4).max(1024).nullable().default(null),
  expiresAtMs: z.int().nullable().default(null),
  downloadLimit: z.int().min(1).nullable().default(null),
};

export const linksContract = defineContract({
  "links.list": {
    summary: "Links of one node, or with no node all links of the caller.",
    input: z.object({ nodeId: z.int().optional() }),
    output: z.object({ links: z.array(Link) }),
    permission: "links.create",
    effect: "read",
  },
  "links.create": {
    summary: "Make a link to a file or folder.",
    input: z.object({ nodeId: z.int(), ...Rules }),
    output: z.object({ link: Link }),
    permission: "by-resource",
    effect: "write",
  },
  "links.update": {
    summary: "Change a link's rules; what is left out stays.",
    input: z.object({
      id: z.string(),
      mode: LinkMode.optional(),
      password: z.string().min(4).max(1024).nullable().optional(),
      expiresAtMs: z.int().nullable().optional(),
      downloadLimit: z.int().min(1).nullable().optional(),
    }),
    output: z.object({ link: Link }),
    permission: "by-resource",
    effect: "write",
  },
  "links.remove": {
    summary: "Withdraw a link at once.",
    input: z.object({ id: z.string() }),
    output: z.object({}),
    permission: "by-resource",
    effect: "write",
  },
  "publicLink.open": {
    summary: "What a visitor of a link sees first; with `password` unlocks it (sets a cookie for this link only).",
    input: z.object({ token: z.string().max(64), password: z.string().max(1024).optional() }),
    output: z.object({
      needsPassword: z.boolean(),
      mode: LinkMode,
      name: z.string(),
      sharedBy: z.string(),
      expiresAtMs: z.int().nullable(),
      /** Null while the password is missing, and for upload-only links to a folder's contents. */
      root: Node.nullable(),
      /** Downloads are counted: looking into a file is one, so a page opens none by itself. */
      limited: z.boolean(),
    }),
    permission: "public",
    effect: "read",
  },
  "publicLink.list": {
    summary: "Entries of a folder below a link.",
    input: z.object({
      token: z.string().max(64),
      folderId: z.int().optional(),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(5000).default(1000),
    }),
    output: z.object({
      folder: Node,
      path: z.array(z.object({ id: z.int(), name: z.string() })),
      nodes: z.array(Node),
      total: z.int(),
    }),
    permission: "public",
    effect: "read",
  },
});
