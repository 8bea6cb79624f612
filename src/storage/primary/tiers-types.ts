/** How content outside its volume is asked for and moved. */
export interface StorageTiers {
  stores(): TierState[];
  /** Where the content of these files is; those that are on their volume alone are left out. */
  states(nodeIds: readonly number[]): TieredFile[];
  /** Files whose content is in a cold store, in order of id. */
  pageAfter(nodeId: number, limit: number, tier?: string): TieredFile[];
  /** Why content in this store cannot be read now; null while it can. */
  offlineReason(tier: string): string | null;
  /** Files that could be moved, in order of id: content on the volume, large enough, not changed since. */
  candidates(options: {
    afterId: number;
    limit: number;
    minBytes: number;
    changedBeforeMs: number;
    nowMs: number;
  }): TierCandidate[];
  /**
   * Moves the content of a file into a cold store, verifies it there and puts a placeholder in its place; into a fast store it copies
   * it. Id, etag and times stay. Throws `conflict` when the file changed or is being written to, `unavailable`, `disk-full`.
   */
  moveOut(nodeId: number, tier: string, options: MoveOptions): Promise<void>;
  /** Brings the content back; shares a transfer that is under way. Throws `disk-full`, `unavailable`, `gone`. */
  fetch(nodeId: number, options: MoveOptions): Promise<void>;
  /** Takes the second copy of a file away from a fast store. */
  demote(nodeId: number): Promise<void>;
  /** Whether reading a file as a whole brings it back. */
  setOnOpen(onOpen: "fetch" | "stream"): void;
  /** Removes content that nothing stands for any more; returns how many objects went. */
  sweep(signal: AbortSignal): Promise<number>;
  /** Looks whether stores can be reached. */
  look(): Promise<void>;
}

export interface MoveOptions {
  readonly signal: AbortSignal;
  readonly onBytes?: (bytes: number) => void;
  /** Runs right before the file is exchanged; throws to refuse. */
  readonly guard?: () => void;
}

export interface TierState {
  readonly name: string;
  readonly kind: "disk" | "s3";
  readonly role: "cold" | "fast";
  readonly place: string;
  readonly online: boolean;
  readonly reason: string | null;
  /** False when it holds content and the configuration does not name it. */
  readonly configured: boolean;
  readonly files: number;
  readonly sizeBytes: number;
  readonly freeBytes: number | null;
}

export interface TieredFile {
  readonly nodeId: number;
  readonly tier: string;
  readonly role: "cold" | "fast";
  readonly sizeBytes: number;
  /** Of a transfer back that is under way; null otherwise. */
  readonly fetchedBytes: number | null;
}

export interface TierCandidate {
  readonly nodeId: number;
  readonly spaceId: number;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
  /** The day it was last opened on, as its last moment; null when nobody has since openings are counted. */
  readonly lastOpenedAtMs: number | null;
  /** Within 30 days. */
  readonly opens: number;
  /** The fast store that has a copy of it. */
  readonly fastTier: string | null;
}

/** Content that is read from another store while the file is elsewhere. */
export interface RemoteContent {
  readonly tier: string;
  /** Asks the store; throws `unavailable` or `gone` before a reply has begun. */
  ready(): Promise<void>;
  /** Bytes from `start` to before `end`. */
  stream(start: number, end: number): ReadableStream<Uint8Array>;
}
