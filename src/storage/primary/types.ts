import type { Actor } from "#platform/usecase";
import type { RemoteContent } from "./tiers-types.ts";

export type NodeKind = "file" | "folder";

/** A file or folder as the index knows it. Plain data; a later write makes a new value. */
export interface NodeInfo {
  readonly id: number;
  readonly spaceId: number;
  /** Null for the root folder of a space. */
  readonly parentId: number | null;
  readonly name: string;
  readonly kind: NodeKind;
  /** Of a folder: bytes of all files below it. */
  readonly sizeBytes: number;
  /** Of a folder: files and folders below it; 0 for a file. */
  readonly count: number;
  readonly modifiedAtMs: number;
  readonly createdAtMs: number;
  /** Opaque, without quotes; changes exactly when the file, or anything below the folder, changes. */
  readonly etag: string;
  /** Hex SHA-1 of the content when Hearth wrote it; null for a file changed behind our back, and for folders. */
  readonly sha1: string | null;
}

export type SpaceKind = "home" | "shared";

export interface SpaceInfo {
  readonly id: number;
  readonly kind: SpaceKind;
  /** Login name of the owner for a home, the folder's name for a shared space. */
  readonly name: string;
  readonly volume: string;
  readonly rootId: number;
  /** Live files. */
  readonly usedBytes: number;
  readonly trashBytes: number;
  /** Earlier contents of its files, also of those in the trash. */
  readonly versionBytes: number;
  /** Null is unlimited; used and trash count together, versions give way. */
  readonly quotaBytes: number | null;
}

export interface VolumeState {
  readonly name: string;
  readonly path: string;
  readonly online: boolean;
  /** Why it is offline, for a person. */
  readonly reason: string | null;
  readonly sizeBytes: number;
  readonly freeBytes: number;
}

/**
 * Runs synchronously right before the act, after all waiting, with what stands at the target then: throw an AppError to refuse
 * (preconditions, locks, rights). Nothing can happen between the guard and the act.
 */
export type Guard = (existing: NodeInfo | undefined) => void;

export interface Place {
  readonly parentId: number;
  readonly name: string;
}

/** What a node was known as where it was before: its id, when no node has it, and the etag of a file, until it changes. */
export interface Carried {
  readonly id: number;
  readonly etag: string | null;
}

export interface ActOptions {
  readonly actor: Actor;
  readonly guard?: Guard;
  /** Of a node that is made: see `Storage.reserveIds`. */
  readonly carried?: Carried | undefined;
  /** Keep what is replaced as a version also when it is empty or was saved a moment after the last one. */
  readonly keepAlways?: boolean;
}

export interface PutOptions extends ActOptions {
  /** Announced length; a body of another length is refused and leaves nothing. */
  readonly sizeBytes?: number;
  readonly modifiedAtMs?: number;
  /** Announced checksum (hex); a body that does not match is refused and leaves nothing. */
  readonly sha1?: string;
  readonly md5?: string;
}

export interface TakeOverOptions extends ActOptions {
  /** `link` takes no room and needs the same file system: from then on both names lead to one file. */
  readonly how: "copy" | "link";
}

export interface RelocateOptions extends ActOptions {
  /**
   * Put what stands at the target into the trash first, or into its versions when a file is copied over a file; without it a taken
   * name is refused with `exists`.
   */
  readonly replace?: boolean;
  /** Of a copy: entries that fail it are left out. */
  readonly filter?: NodeFilter | undefined;
}

export type Body = ReadableStream<Uint8Array> | Uint8Array | null;

export interface Written {
  readonly node: NodeInfo;
  /** False when it replaced something. */
  readonly created: boolean;
  /** Number of the version that what was replaced became; absent when it was not kept. */
  readonly keptVersion?: number;
}

/** A file opened for reading; the descriptor is checked to be the indexed file inside the space (no symbolic link on the way). */
export interface OpenedFile {
  readonly node: NodeInfo;
  readonly fd: number;
  /** Path that opens this very descriptor again, for the runtime's file responses. Valid until `close`. */
  readonly fdPath: string;
  readonly sizeBytes: number;
  /** Set when the content is elsewhere: then there is no descriptor, and this is the way to read it. */
  readonly remote?: RemoteContent;
  close(): void;
}

/** An earlier content of a file. */
export interface Version {
  readonly nodeId: number;
  readonly spaceId: number;
  /** Grows with every version of the file. */
  readonly number: number;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
  readonly replacedAtMs: number;
  /** Hex SHA-1 of the content; null when it was not written through Hearth. */
  readonly sha1: string | null;
  /** Who wrote it; null when that is not known any more. */
  readonly authorId: number | null;
  /** Who replaced it; null when that is not known. */
  readonly replacedById: number | null;
}

/** A version opened for reading; the caller closes it. */
export interface OpenedVersion {
  readonly version: Version;
  readonly fd: number;
  /** As of `OpenedFile`. */
  readonly fdPath: string;
  readonly sizeBytes: number;
  /** As of `OpenedFile`. */
  readonly remote?: RemoteContent;
  close(): void;
}

/** The whole content of a small file. */
export interface SmallFile {
  readonly node: NodeInfo;
  readonly content: Uint8Array<ArrayBuffer>;
}

/** A condition on rows of the index, as SQL over `node` with its parameters in order; rows that fail it are not there. */
export interface NodeFilter {
  readonly sql: string;
  readonly params: readonly (string | number)[];
}

export type SortKey = "name" | "size" | "modified";

export interface PageOptions {
  readonly sort?: SortKey;
  readonly descending?: boolean;
  readonly offset?: number;
  readonly limit?: number;
  readonly filter?: NodeFilter | undefined;
}

export interface TrashItem {
  readonly id: string;
  readonly spaceId: number;
  readonly nodeId: number;
  readonly name: string;
  readonly kind: NodeKind;
  readonly sizeBytes: number;
  /** `/`-separated path in the space, without a leading slash. */
  readonly originalPath: string;
  readonly deletedAtMs: number;
  readonly deletedBy: string | null;
}

/** A file that arrives in parts, written at their final offset; finishing is a rename. Survives a restart. */
export interface Upload {
  readonly id: string;
  readonly userId: number;
  readonly place: Place;
  readonly sizeBytes: number;
  readonly receivedBytes: number;
  readonly modifiedAtMs: number | null;
  readonly expiresAtMs: number;
  /** What the protocol layer wants to remember; opaque here. */
  readonly note: string;
}

/** An entry of the change log. */
export interface Change {
  readonly spaceId: number;
  readonly seq: number;
  readonly nodeId: number;
  /** `write` replaced a content, `edit` is the same behind our back; `appear` and `gone` are seen on the disk. */
  readonly act: ChangeAct;
  readonly userId: number;
  /**
   * What made it: `app-password:ID`, `session:ID`, `password:USER`, `link:ID` or `system`. Null for whatever wrote behind our back
   * (`userId` is 0), and for entries older than this column.
   */
  readonly device: string | null;
  readonly atMs: number;
  /** Of `move`, `trash`, `gone` and `restore`: where the node was. */
  readonly fromParentId: number | null;
  readonly fromName: string | null;
  /** Of `write`: the version that what was replaced became; null when it was not kept. */
  readonly keptVersion: number | null;
}

export type ChangeAct =
  | "create"
  | "copy"
  | "write"
  | "touch"
  | "move"
  | "trash"
  | "restore"
  | "appear"
  | "edit"
  | "gone";

/** What is stopped while somebody finds out what a device has done. */
export interface Restraint {
  /** Device → what whoever uses it is told. */
  readonly frozen: ReadonlyMap<string, string>;
  readonly held: ReadonlyMap<number, HeldSpace>;
}

export interface HeldSpace {
  /** Nobody but the program itself may change anything in it. */
  readonly isReadOnly: boolean;
  /** What people and clients are told. */
  readonly reason: string;
}

export interface StorageEvents {
  /** Committed; `folderIds` are the parents of what changed. */
  changed: { readonly spaceId: number; readonly folderIds: readonly number[] };
  /** Index rows are gone for good (purged from the trash or deleted behind our back). */
  forgotten: { readonly nodeIds: readonly number[] };
  trashChanged: { readonly spaceId: number };
  volumeState: { readonly volume: string; readonly online: boolean };
  spaceCreated: { readonly spaceId: number };
  /** A transaction failed after its acts had ended; every folder is compared with the disk. */
  indexLost: Record<string, never>;
}
