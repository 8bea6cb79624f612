import type { LibraryReader } from "#apps/media/library";
import type { Probe } from "#apps/media/probe";
import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import type { Exec } from "#platform/exec";
import type { Jobs } from "#platform/jobs";
import type { Logger } from "#platform/log";
import type { Storage } from "#storage/primary";
import type { SentLimits } from "./choices.ts";

export interface OfflineDeps {
  readonly db: Db;
  readonly exec: Exec;
  readonly clock: Clock;
  readonly log: Logger;
  readonly storage: Storage;
  readonly library: LibraryReader;
  readonly probe: Pick<Probe, "facts">;
  readonly enqueue: Jobs["enqueue"];
  /** Somebody watches something. */
  readonly playing: () => boolean;
  readonly limitsOf: (userId: number) => SentLimits | undefined;
  /** Tells open pages of these people how far a copy is. */
  readonly tell: (userIds: readonly number[], copyId: number, done: number, total: number) => void;
  /** Of their own; made when needed. */
  readonly folder: string;
  /** Null: what fits the disk. */
  readonly budgetBytes: number | null;
  /** Films may be made anew. */
  readonly transcoding: boolean;
}
