import type { Clock, Random } from "#platform/clock";
import type { Logger } from "#platform/log";

/** How a store is set up; secrets come from files. */
export type TierConfig =
  | { readonly name: string; readonly kind: "disk"; readonly path: string; readonly role: "cold" | "fast" }
  | {
      readonly name: string;
      readonly kind: "s3";
      readonly endpoint: string;
      readonly bucket: string;
      readonly region: string;
      readonly prefix: string;
      readonly accessKeyId: string;
      readonly secretKeyFile: string;
      readonly readBack: boolean;
    };

export interface PutContent {
  readonly sizeBytes: number;
  readonly signal: AbortSignal;
  /** Called once; in order from the first byte. */
  readonly stream: () => ReadableStream<Uint8Array>;
}

/**
 * Where content lies that is not on its volume. Objects are written once under a random id and never changed. Every wait ends within
 * a bounded time; errors are AppErrors, `unavailable` when the store cannot be reached.
 */
export interface ContentStore {
  readonly name: string;
  readonly kind: "disk" | "s3";
  readonly role: "cold" | "fast";
  /** Folder or bucket, for a person. */
  readonly place: string;
  /** Content must be read once after it was written, before it counts as kept. */
  readonly readBack: boolean;
  /**
   * Why it cannot be used, as far as is known without waiting; null while it can. For anybody: it says no path of this machine.
   */
  offlineReason(): string | null;
  freeBytes(): number | null;
  /** Asks the store itself; throws `unavailable` when it cannot be reached, `gone` when it does not have the object. */
  check(objectId: string, sizeBytes: number): Promise<void>;
  /** Durable when it resolves; leaves nothing that counts when it fails. */
  put(objectId: string, content: PutContent): Promise<void>;
  /** Bytes from `start` to before `end`. */
  read(objectId: string, start: number, end: number): ReadableStream<Uint8Array>;
  /** Path of an object on a disk here; undefined elsewhere. */
  pathOf(objectId: string): string | undefined;
  /** An object that is not there is removed already. */
  remove(objectId: string): Promise<void>;
  /** Looks whether the store can be reached, so that `offlineReason` knows. */
  look(): Promise<void>;
}

export interface StoreDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** The mark a disk carries: known ones are compared, so that a disk that is not mounted is never written to. */
  readonly marks: {
    get(tier: string): string | undefined;
    set(tier: string, mark: string): void;
  };
}
