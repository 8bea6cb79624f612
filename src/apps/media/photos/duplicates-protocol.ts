/** Pictures in columns: hashes are 8 bytes each; `order` is from the best to the worst. */
export interface HashColumns {
  readonly hashes: Uint8Array;
  /** Step of the aspect ratio, see `columns.ts`. */
  readonly ratios: Uint8Array;
}

export type DuplicateCalls = {
  /** Indexes of pictures that look the same, the best of each group first; groups of two or more. */
  group(columns: HashColumns): number[][];
};
