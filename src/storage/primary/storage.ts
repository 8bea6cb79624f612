import type { Events } from "#platform/events";
import type { Pace } from "./pace.ts";
import type { StorageTiers } from "./tiers-types.ts";
import type {
  ActOptions,
  Body,
  Change,
  HeldSpace,
  NodeFilter,
  NodeInfo,
  OpenedFile,
  OpenedVersion,
  PageOptions,
  Place,
  PutOptions,
  RelocateOptions,
  Restraint,
  SmallFile,
  SpaceInfo,
  SpaceKind,
  StorageEvents,
  TakeOverOptions,
  TrashItem,
  Upload,
  Version,
  VolumeState,
  Written,
} from "./types.ts";

/**
 * Files and folders of all spaces. Reads are synchronous index look-ups; every write resolves when it is done and, with
 * `durability: strict`, on disk. Errors are AppErrors: `not-found`, `exists`, `conflict`, `invalid-name`, `quota-exceeded`,
 * `disk-full`, `storage-offline`, `length-mismatch`, `checksum-mismatch`.
 */
export interface Storage {
  readonly events: Events<StorageEvents>;

  spaces(): SpaceInfo[];
  /** Throws `not-found`. */
  space(spaceId: number): SpaceInfo;
  findSpace(kind: SpaceKind, name: string): SpaceInfo | undefined;
  createSpace(options: {
    kind: SpaceKind;
    name: string;
    quotaBytes: number | null;
    volume?: string;
  }): Promise<SpaceInfo>;
  /** A part of the caller's transaction when there is one; the caller syncs the database. */
  setQuota(spaceId: number, quotaBytes: number | null): void;
  volumes(): VolumeState[];
  /** Throws `storage-offline` when the volume of the space is missing, unmounted or not writable. */
  requireOnline(spaceId: number): void;

  /** A visible node; undefined when it does not exist or lies in the trash. */
  node(nodeId: number): NodeInfo | undefined;
  /** Also one that is in the trash or gone from the disk, as long as the index has it; its parent is its own id below zero then. */
  knownNode(nodeId: number): NodeInfo | undefined;
  child(parentId: number, name: string): NodeInfo | undefined;
  /** Walks names down from the root of a space. */
  resolve(spaceId: number, names: readonly string[]): NodeInfo | undefined;
  /** From the root of the space (first) to the node itself (last); empty when it is not visible. */
  lineage(nodeId: number): NodeInfo[];
  /**
   * Ids of the folders above a node, the nearest first, up to the root of its space. Also from inside the trash, where the way
   * goes on at the folder it was removed from; without a root at its end when that folder is gone for good.
   */
  above(nodeId: number): readonly number[];
  /** Throws `not-found`. */
  rootIdOf(spaceId: number): number;
  /** True when `nodeId` is `ancestorId` or below it. */
  isWithin(nodeId: number, ancestorId: number): boolean;
  /** All entries of a folder in name order, one indexed range read. */
  children(folderId: number, filter?: NodeFilter): NodeInfo[];
  /** A page of entries, folders first. */
  page(folderId: number, options: PageOptions): { nodes: NodeInfo[]; total: number };
  /** Files changed last, of the spaces' latest changes. */
  recent(spaceIds: readonly number[], limit: number, filter?: NodeFilter): NodeInfo[];
  /** Files below a folder that have one of these sizes, at most ten thousand. */
  filesOfSizes(folderId: number, sizes: readonly number[], filter?: NodeFilter): NodeInfo[];
  /** Bytes and count by file name extension (lower case, without dot). */
  usageByExtension(spaceId: number): { extension: string; sizeBytes: number; count: number }[];
  /**
   * Compares a node with the disk and brings the index up to date first when they differ: a folder by one stat of the directory,
   * a file by one stat. Returns the fresh node; throws `not-found`, `storage-offline`.
   */
  refresh(nodeId: number): NodeInfo;
  /**
   * A small file as a whole, kept in memory while the disk says that it is the same; undefined for a larger one. For the many small
   * answers of a page or a sync client.
   */
  small(nodeId: number): SmallFile | undefined;
  /**
   * Opens a file for reading; re-indexes it first when it changed behind our back. Content in another store is refused with
   * `unavailable`, unless the caller says that it reads `remote` content; that also counts as somebody having opened the file.
   */
  open(nodeId: number, options?: { readonly remote?: boolean }): OpenedFile;

  put(place: Place, body: Body, options: PutOptions): Promise<Written>;
  /**
   * Brings a file from elsewhere on this machine to a place, with its time. Throws `conflict` for what is no plain file or changes
   * meanwhile.
   */
  takeOver(sourcePath: string, place: Place, options: TakeOverOptions): Promise<Written>;
  /** From now on new nodes get ids above, so that `carried` ones are free; answers the first that had never been given. */
  reserveIds(upTo: number): number;
  /** Sets the modification time of a file or folder. */
  touch(nodeId: number, modifiedAtMs: number, options: ActOptions): Promise<NodeInfo>;
  makeFolder(place: Place, options: ActOptions): Promise<NodeInfo>;
  move(nodeId: number, to: Place, options: RelocateOptions): Promise<Written>;
  /** `pairs` are [from id, to id] of everything copied; with `shallow`, a folder is copied without its entries. */
  copy(
    nodeId: number,
    to: Place,
    options: RelocateOptions & { shallow?: boolean },
  ): Promise<Written & { pairs: [number, number][] }>;
  /** Into the trash; the answer restores it. */
  remove(nodeId: number, options: ActOptions): Promise<{ trashId: string }>;
  /** The change log, which reaches back some 200,000 numbers of a space; while a space is held nothing of it goes. */
  changes: {
    /** Entries with a higher number, in their order. */
    after(spaceId: number, seq: number, limit: number): Change[];
    /** Entries since a moment, in their order. */
    since(spaceId: number, atMs: number, limit: number): Change[];
    /** The number that the space gave last. */
    lastNumber(spaceId: number): number;
  };
  /**
   * Sets which devices may change nothing, and of which spaces nothing may be deleted for good; in memory, so to be set again before
   * the first request. Acts that have begun are refused when they would be committed.
   */
  restrain(restraint: Restraint): void;
  /** For whoever looks at the change log: how far devices may run ahead of that. */
  readonly pace: Pick<Pace, "begin" | "end" | "isAhead" | "looked" | "caughtUp">;
  heldSpace(spaceId: number): HeldSpace | undefined;

  /** A free name beside the taken one: `a.txt` → `a (2).txt`. */
  freeName(place: Place): string;

  trash: {
    list(
      spaceId: number,
      options: { offset: number; limit: number },
    ): { items: TrashItem[]; total: number; sizeBytes: number };
    get(trashId: string): TrashItem | undefined;
    ofNode(nodeId: number): TrashItem | undefined;
    restore(trashId: string, options: ActOptions): Promise<NodeInfo>;
    purge(trashId: string): Promise<void>;
    /** Purges what was deleted before; returns how many items went. */
    purgeBefore(deletedBeforeMs: number): Promise<number>;
  };

  /** Earlier contents of files, kept by whatever replaces them; they stay when the file is moved, trashed and restored. */
  versions: {
    /** The newest first; also of a file in the trash. */
    list(nodeId: number): Version[];
    get(nodeId: number, number: number): Version | undefined;
    /** Throws `not-found`, and `gone` when its content is missing on the disk; `remote` as for `open` of a file. */
    open(nodeId: number, number: number, options?: { readonly remote?: boolean }): OpenedVersion;
    /** Deletes for good; returns how many there were. */
    remove(nodeId: number, numbers: readonly number[]): Promise<number>;
    /** Versions of the next so many files that have some, in order of file id, each file's newest first. */
    pageAfter(nodeId: number, files: number): Version[];
    /** Removes the oldest of a space until so many bytes are freed, at most a thousand; returns how many went. */
    removeOldest(spaceId: number, excessBytes: number): Promise<number>;
  };

  /** Content outside its volume. */
  tiers: StorageTiers;

  uploads: {
    create(options: {
      place: Place;
      sizeBytes: number;
      modifiedAtMs: number | null;
      userId: number;
      note: string;
    }): Promise<Upload>;
    get(uploadId: string): Upload | undefined;
    /** Appends at `offset`, which must equal `receivedBytes` (`conflict` otherwise); returns the new received bytes. */
    write(uploadId: string, offset: number, body: ReadableStream<Uint8Array> | Uint8Array): Promise<number>;
    /**
     * Writes a part at its final offset, also beside others and with a gap before it; returns the bytes of the part. What came of
     * one that failed is written over when it is sent again.
     */
    writeAt(uploadId: string, offset: number, body: ReadableStream<Uint8Array> | Uint8Array): Promise<number>;
    /**
     * Verifies length and announced checksums and renames into place; a copy when the place is on another disk than the one of
     * creation. `sizeBytes` counts instead of that given at creation, which then is the most there may be.
     */
    finish(uploadId: string, place: Place, options: PutOptions): Promise<Written>;
    remove(uploadId: string): Promise<void>;
  };

  /** Looks at volumes, replays the redo log, starts watching and the background index. Ready to serve when it resolves. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Resolves when the background index has seen every folder once (tests, `hearth` commands). */
  settled(): Promise<void>;
}
