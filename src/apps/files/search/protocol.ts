import type { SkipReason } from "./contract.ts";

/** A file or folder as the index of names keeps it. */
export interface DocRecord {
  readonly nodeId: number;
  readonly spaceId: number;
  readonly name: string;
  readonly isFolder: boolean;
  /** Ids of the folders above it, the nearest first. */
  readonly above: readonly number[];
  readonly modifiedAtMs: number;
  /** Says whether the content is still the same. */
  readonly stamp: string;
  /** Whether its text is to be read; a reason when that is not even tried. */
  readonly text: "none" | "wanted" | SkipReason;
}

/** No node is in both. */
export interface Part {
  readonly records: readonly DocRecord[];
  readonly removed: readonly number[];
}

export interface Tally {
  readonly spaceId: number;
  readonly state: "none" | "wanted" | "read" | "skipped";
  readonly count: number;
}

export interface WantedText {
  readonly key: number;
  readonly nodeId: number;
  readonly stamp: string;
}

/** What the thread that writes the index does; every call is one transaction. */
export type IndexCalls = {
  /** What decides which texts are read; answers how far each space was followed with that. */
  begin(input: { recipe: string }): { readonly seen: readonly (readonly [spaceId: number, seq: number])[] };
  /** Hands over a part of what the next `apply` does, so that nobody has to send all of it at once. */
  stage(input: Part): null;
  /** Forgets what was handed over. */
  unstage(input: null): null;
  /**
   * Adds, changes and removes: the parts handed over in their order, then this one. Answers folders that are new or stand elsewhere
   * now. Fails when not so many parts are there as were handed over: the thread has begun anew.
   */
  apply(input: Part & { atMs: number; staged?: number }): { readonly moved: readonly number[] };
  setSeen(input: { spaceId: number; seq: number }): null;
  /** Ids of documents of a space in their order, for comparing them with the storage. */
  idsAfter(input: { spaceId: number; nodeId: number; limit: number }): readonly number[];
  /** The next documents whose text is to be read, the newest first. */
  wanted(input: { afterKey: number; limit: number }): readonly WantedText[];
  /** Notes that a document is being read; false when the server stopped at it too often, and it is skipped. */
  beginText(input: { key: number; atMs: number }): boolean;
  /** It was not read, and that was not its own doing. */
  leaveText(input: { key: number }): null;
  /** Keeps the text of a document, or why there is none, if its content is still the same. */
  setText(input: { nodeId: number; stamp: string; text: string | null; reason: SkipReason | null; atMs: number }): null;
  tallies(input: null): {
    readonly tallies: readonly Tally[];
    readonly byReason: readonly (readonly [SkipReason, number])[];
  };
  skipped(input: { limit: number; offset: number }): readonly {
    readonly nodeId: number;
    readonly reason: SkipReason;
    readonly atMs: number;
  }[];
};

/** A question to the index: expressions of FTS5. */
export interface Question {
  /** What every hit has; undefined when nothing but filters was asked for. */
  readonly words: string | undefined;
  /** The same for texts, where a beginning of a letter or two would say nothing. */
  readonly textWords: string | undefined;
  /** What no hit has. */
  readonly without: string | undefined;
  /** Where it may lie, and of which kind it is. */
  readonly scope: string;
  readonly fromKey: number;
  readonly toKey: number;
  readonly limit: number;
  readonly inText: boolean;
  /** The words as one, folded: names that are it or begin with it come first. */
  readonly whole: string;
}

export interface RawHit {
  readonly nodeId: number;
  readonly matched: "name" | "text";
}

export interface SnippetPart {
  readonly text: string;
  readonly isHit: boolean;
}

/** What the thread that reads the index does. */
export type QueryCalls = {
  find(input: Question): { readonly hits: readonly RawHit[]; readonly more: boolean };
  /** A part of the text of each document around these words. */
  snippets(input: { nodeIds: readonly number[]; words: readonly string[] }): readonly (readonly SnippetPart[])[];
};

/** How the text of a kind of document is read. */
export type Reader = "pdf" | "zip" | "html" | "rtf" | "mail" | "plain";

export type ExtractCalls = {
  extract(input: {
    fd: number;
    sizeBytes: number;
    reader: Exclude<Reader, "pdf">;
    name: string;
  }): { readonly text: string } | { readonly reason: SkipReason };
};
