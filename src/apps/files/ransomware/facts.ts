import type { Signal } from "./contract.ts";
import type { ContentType } from "./sniff.ts";

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** What was read of a content. */
export interface ContentFact {
  readonly type: ContentType;
  /** Its beginning is as even as a cipher's, and no signature is known of it. */
  readonly isRandom: boolean;
  /** The content it replaced; undefined when there is none to read. */
  readonly before?: { readonly type: ContentType; readonly isRandom: boolean };
  /** Random islands stand in it that were not there before. */
  readonly isScrambled: boolean;
  /** Of a small text: what it is known by, and of how many things of ransom notes it speaks. */
  readonly text?: { readonly hash: string; readonly words: number };
}

/** One change of a device. */
export interface Fact {
  readonly atMs: number;
  /** `rename` is a new name, wherever it lies; what only moves is no fact. */
  readonly act: "overwrite" | "create" | "rename" | "delete";
  readonly nodeId: number;
  readonly spaceId: number;
  /** The folder it lies in, or lay in. */
  readonly folderId: number;
  readonly name: string;
  /** Of a rename. */
  readonly fromName?: string;
  readonly sizeBytes: number;
  readonly isFolder?: boolean;
  /** Undefined when nothing could be read, or was not looked into. */
  readonly content?: ContentFact;
  readonly isCanary?: boolean;
  /** Of a create: its folder was there before the device began. */
  readonly isFolderOld?: boolean;
  /** Of a create: names of the same folder that it hangs on, as `a.jpg` for `a.jpg.locked`. */
  readonly besideOriginal?: boolean;
}

/** One thing that speaks for an attack. A file counts once, with the strongest. */
export interface Evidence {
  /** The node, or for a note its name. */
  readonly key: string;
  readonly nodeId: number;
  readonly spaceId: number;
  /** Where the file lay; 0 when that is not known any more. */
  readonly folderId: number;
  readonly signal: Signal;
  readonly points: number;
  readonly atMs: number;
  readonly name: string;
  readonly subject: string;
  /** Files or folders it stands for; 1 without it. */
  readonly count?: number;
}
