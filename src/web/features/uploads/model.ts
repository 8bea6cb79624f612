/** Values of the upload engine. Items are replaced, never changed in place, so that a row re-renders only when its own item did. */

export type UploadState =
  /** Waits for a free slot. */
  | "queued"
  | "sending"
  /** Failed for a passing reason; starts again by itself. */
  | "retrying"
  | "paused"
  /** The name is taken; waits for the person's answer. */
  | "clash"
  /** Known from before a reload, but the page no longer holds the file. */
  | "missing"
  | "done"
  | "skipped"
  | "failed";

export type OnClash = "fail" | "rename" | "replace" | "skip";

/** Why an upload stopped, as a key of the string catalogue, with the server's words and log id when there are any. */
export interface Failure {
  readonly reason: FailureReason;
  readonly detail: string;
  readonly errorId: string | null;
}

export type FailureReason =
  | "offline"
  | "loggedOut"
  | "forbidden"
  | "folderGone"
  | "invalidName"
  | "tooLarge"
  | "diskFull"
  | "quota"
  | "storageOffline"
  | "nameTaken"
  | "unreadable"
  | "server"
  | "linkEnded";

export interface UploadItem {
  readonly id: number;
  /** One call of `enqueue`; "do this for all" holds for one batch. */
  readonly batch: number;
  readonly folderId: number;
  /** Path below the folder, with `/`; the last segment is the name. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
  readonly state: UploadState;
  readonly sentBytes: number;
  readonly attempt: number;
  readonly onClash: OnClash;
  readonly failure: Failure | null;
  /** The stored node, once done and when the server names it. */
  readonly nodeId: number | null;
}

/** What a caller hands in: a file with its path below the target folder. */
export interface UploadSource {
  readonly file: File;
  readonly path: string;
  /** Lets the upload continue after a reload without choosing the file again. */
  readonly handle?: FileHandle | null;
}

/** A file that can be opened again after a reload, and what the browser asks permission for: its dropped folder, or itself. */
export interface FileHandle {
  readonly file: FileSystemFileHandle;
  readonly root: FileSystemHandle;
}

export interface UploadTotals {
  readonly files: number;
  readonly done: number;
  readonly failed: number;
  readonly waiting: number;
  readonly sending: number;
  readonly paused: number;
  readonly clashes: number;
  readonly missing: number;
  readonly skipped: number;
  readonly totalBytes: number;
  readonly sentBytes: number;
  readonly bytesPerSecond: number;
  /** Null while there is no honest estimate. */
  readonly etaMs: number | null;
}

export interface UploadSnapshot {
  readonly items: readonly UploadItem[];
  readonly totals: UploadTotals;
  /** The clash to ask about now, if any. */
  readonly ask: UploadItem | null;
  /** True when files from before a reload can go on after one permission click. */
  readonly canReopen: boolean;
}

/** Still costs work: neither finished nor given up. */
export function isOpen(state: UploadState): boolean {
  return state !== "done" && state !== "skipped" && state !== "failed";
}

/** Moves bytes now or will without being asked; leaving the page would interrupt it. */
export function isActive(state: UploadState): boolean {
  return state === "queued" || state === "sending" || state === "retrying";
}
