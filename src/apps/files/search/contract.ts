import { z } from "zod";
import { Node } from "#contract/apps/files/browse";
import { defineContract } from "#wire";

/** A part of a shown text; `isHit` is what was asked for. */
const SnippetPart = z.object({ text: z.string(), isHit: z.boolean() });

/** Why the text of a file is not searched. */
export const SkipReason = z.enum([
  /** Larger than the configuration allows. */
  "too-large",
  /** It asks for a password. */
  "encrypted",
  /** It is not what its name says, or broken. */
  "malformed",
  /** It unpacks to far more than such a document has. */
  "bomb",
  /** Reading it took too long. */
  "too-slow",
  /** The server stopped twice while it was read. */
  "crashed",
  /** The program that reads this kind is not installed. */
  "no-program",
]);
export type SkipReason = z.infer<typeof SkipReason>;

/** How far the index is, of what the caller may know. */
const Indexing = z.object({
  /** Documents whose text is searched or was skipped; null where the number would tell of hidden files. */
  doneCount: z.int().nullable(),
  totalCount: z.int().nullable(),
  /** Null while it cannot be told. */
  secondsLeft: z.int().nullable(),
});

export const searchContract = defineContract({
  "search.find": {
    summary:
      'Files and folders by name, and by the text of documents: words, "phrase", -word, type:pdf, in:folder, after:2024-01-01, before:2024-12-31; the last word may be a beginning.',
    input: z.object({
      query: z.string().trim().min(1).max(500),
      /** Only below this folder. */
      folderId: z.int().positive().optional(),
      /** False looks at names only. */
      inText: z.boolean().default(true),
      limit: z.int().min(1).max(200).default(50),
    }),
    output: z.object({
      hits: z.array(
        z.object({
          node: Node,
          /** Names of the folders above it as far as they are shown, joined by `/`. */
          folderPath: z.string(),
          matched: z.enum(["name", "text"]),
          /** A part of the text around what was found; empty when it was found by its name only. */
          snippet: z.array(SnippetPart),
        }),
      ),
      more: z.boolean(),
      /** Null when the index is complete. */
      indexing: Indexing.nullable(),
    }),
    permission: "files.use",
    effect: "read",
  },
  "search.state": {
    summary: "How far the search index is, what it takes, and why the text of some files is not searched.",
    input: z.object({}),
    output: z.object({
      /** False when the configuration has the text of documents left out. */
      isTextOn: z.boolean(),
      nameCount: z.int(),
      /** Names are being brought up to date. */
      isCatchingUp: z.boolean(),
      textDoneCount: z.int(),
      textTotalCount: z.int(),
      skipped: z.array(z.object({ reason: SkipReason, count: z.int() })),
      secondsLeft: z.int().nullable(),
      indexBytes: z.int(),
    }),
    permission: "server.read",
    effect: "read",
  },
  "search.skipped": {
    summary: "Files that the caller can see whose text is not searched, with the reason; the latest first.",
    input: z.object({ limit: z.int().min(1).max(200).default(100) }),
    output: z.object({
      items: z.array(z.object({ node: Node, folderPath: z.string(), reason: SkipReason, atMs: z.int() })),
      more: z.boolean(),
    }),
    permission: "files.use",
    effect: "read",
  },
  "search.rebuild": {
    summary: "Throw the search index away and build it again; searches find less until it is done.",
    input: z.object({}),
    output: z.object({}),
    permission: "server.manage",
    effect: "write",
  },
});
