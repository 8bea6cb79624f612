import { z } from "zod";
import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import { handleJob, type JobHandler, type JobKind } from "#platform/jobs";
import type { Storage } from "#storage/primary";
import { dayMs } from "./forecast.ts";
import type { UsageRepository } from "./repository.ts";

/** Writes down how full everything is; to be scheduled hourly. */
export const usageSample = {
  name: "usage.sample",
  lane: "io",
  payload: z.object({}),
  maxAttempts: 3,
  timeoutMs: 60_000,
} satisfies JobKind;

const keepDays = 400;

interface SampleDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly db: Db;
  readonly repository: UsageRepository;
}

export function sampleHandler({ storage, clock, db, repository }: SampleDeps): JobHandler {
  return handleJob(usageSample, () => {
    const day = Math.floor(clock.now() / dayMs);
    const disks = storage.volumes().filter(({ online }) => online);
    const online = new Set(disks.map(({ name }) => name));
    db.transaction(() => {
      for (const { id, volume, usedBytes, trashBytes } of storage.spaces()) {
        if (online.has(volume)) repository.record(`space ${id}`, { day, usedBytes: usedBytes + trashBytes });
      }
      for (const { name, sizeBytes, freeBytes } of disks)
        repository.record(`disk ${name}`, { day, usedBytes: sizeBytes - freeBytes });
      repository.removeBefore(day - keepDays);
    });
  });
}
