/** Rendered listings by key, bounded in bytes; what was used longest ago goes first. */
export interface ListingCache {
  get(key: string): Uint8Array<ArrayBuffer> | undefined;
  /** Does nothing when the bytes alone would take more than a third of the budget. */
  set(key: string, bytes: Uint8Array<ArrayBuffer>): void;
}

export function createListingCache(budgetBytes: number): ListingCache {
  const entries = new Map<string, Uint8Array<ArrayBuffer>>();
  let heldBytes = 0;
  const drop = (key: string) => {
    heldBytes -= entries.get(key)?.byteLength ?? 0;
    entries.delete(key);
  };
  return {
    get: (key) => {
      const bytes = entries.get(key);
      if (bytes === undefined) return undefined;
      entries.delete(key);
      entries.set(key, bytes);
      return bytes;
    },
    set: (key, bytes) => {
      if (bytes.byteLength > budgetBytes / 3) return;
      drop(key);
      entries.set(key, bytes);
      heldBytes += bytes.byteLength;
      for (const stalest of entries.keys()) {
        if (heldBytes <= budgetBytes) break;
        drop(stalest);
      }
    },
  };
}
