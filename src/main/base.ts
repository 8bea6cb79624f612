import type { Clock, Random } from "#platform/clock";
import type { Config } from "#platform/config";
import type { Db } from "#platform/db";
import type { Exec } from "#platform/exec";
import type { Logger } from "#platform/log";
import type { Storage } from "#storage/primary";

/** What every part of the product is made with. */
export interface Base {
  readonly config: Config;
  readonly dataDir: string;
  readonly db: Db;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly exec: Exec;
  readonly storage: Storage;
}
