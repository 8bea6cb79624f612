/** Open for reading by whoever asks. */
export interface FileToKey {
  readonly fd: number;
  readonly sizeBytes: number;
}

/** Of the thread that reads the identity of contents. */
export interface KeyCalls {
  readonly [name: string]: (files: readonly FileToKey[]) => unknown;
  /** In the same order; null for what cannot be read now. */
  keys(files: readonly FileToKey[]): (string | null)[];
}
