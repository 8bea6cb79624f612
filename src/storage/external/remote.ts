export type RemoteKind = "webdav" | "sftp" | "smb" | "s3";

/** How to reach a place. Plain data; the secret is in memory only while it is used. */
export interface RemoteSettings {
  readonly kind: RemoteKind;
  /** URL for `webdav` and `s3` (empty: Amazon's), `host` or `host:port` for `sftp` and `smb`. */
  readonly address: string;
  readonly user: string;
  readonly secret: string;
  /** Share (SMB) or bucket (S3). */
  readonly container: string;
  /** Folder below; `/`-separated, empty for the top. */
  readonly folder: string;
  readonly region: string;
  /** Line of a known_hosts file without the host: `ssh-ed25519 AAAA…`; empty for all but `sftp`. */
  readonly hostKey: string;
}

export interface RemoteEntry {
  readonly name: string;
  readonly kind: "file" | "folder";
  /** 0 of a folder. */
  readonly sizeBytes: number;
  /** Null where the server knows none. */
  readonly modifiedAtMs: number | null;
}

/** Bytes of a file from `start` on; not reading holds the server back. */
export interface RemoteContent {
  readonly stream: ReadableStream<Uint8Array>;
  /** Of what the stream gives. */
  readonly sizeBytes: number;
}

export interface ByteSpan {
  readonly start: number;
  /** The last byte, inclusive. */
  readonly end: number;
}

export interface TransferOptions {
  readonly signal?: AbortSignal;
  /** Bytes that have gone over so far. */
  readonly onProgress?: (doneBytes: number) => void;
}

/**
 * One place at another server. Paths are names joined by `/`, relative to its folder. Every call ends within its time-out. Throws
 * AppError: `not-found`, `exists`, `forbidden`, `disk-full`, and RemoteOffline when the server cannot be reached.
 */
export interface Remote {
  list(path: string): Promise<RemoteEntry[]>;
  /** Undefined when nothing is there. */
  stat(path: string): Promise<RemoteEntry | undefined>;
  /** The file must be as long as `sizeBytes` says: it is asked for before. */
  open(path: string, sizeBytes: number, span?: ByteSpan, signal?: AbortSignal): Promise<RemoteContent>;
  /**
   * Sends a file of this machine, keeps its time where the server can, and checks what arrived. Replaces what is there, in one
   * step where the server can.
   */
  put(localFile: string, path: string, options?: TransferOptions): Promise<void>;
  makeFolder(path: string): Promise<void>;
  /** Of a file or folder; nothing may stand at the target. */
  move(from: string, to: string, kind: RemoteEntry["kind"]): Promise<void>;
  removeFile(path: string): Promise<void>;
  /** False when something is in it, which stays. */
  removeEmptyFolder(path: string): Promise<boolean>;
  /** With all that is in it. */
  removeFolder(path: string, signal?: AbortSignal): Promise<void>;
  /** Hex SHA-1 or MD5 of a file where the server tells it without the file being read. */
  hash(path: string): Promise<{ readonly kind: "sha1" | "md5"; readonly hex: string } | undefined>;
}
