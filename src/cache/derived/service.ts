import type { Clock } from "#platform/clock";
import type { Logger } from "#platform/log";

export interface DerivedCacheDeps {
  /** Folder of its own; made when missing. */
  readonly folder: string;
  readonly budgetBytes: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Files computed from other files, kept on disk under a byte budget. Losing them costs time, never correctness. */
export interface DerivedCache {
  /**
   * The bytes under `key`, produced once for all who ask at the same time. A producer that answers null is remembered as
   * "there is none" under this key; one that throws is not remembered.
   */
  get(key: string, produce: () => Promise<Uint8Array | null>): Promise<Uint8Array | null>;
}

export declare function createDerivedCache(deps: DerivedCacheDeps): DerivedCache;
