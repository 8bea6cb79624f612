import { z } from "zod";
import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import { handleJob, type JobHandler, type JobKind } from "#platform/jobs";
import type { Actor } from "#platform/usecase";
import type { NfoRows, NfoRunRow } from "./nfo-rows.ts";
import type { NfoSaving } from "./nfo-saving.ts";

/** Writes the NFO files of all works of a library, as the person who asked for it. */
export const nfoWriteAll = {
  name: "nfo.writeAll",
  lane: "io",
  payload: z.object({ libraryId: z.int(), userId: z.int() }),
  maxAttempts: 10,
  timeoutMs: 86_400_000,
} satisfies JobKind;

interface NfoJobDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly rows: NfoRows;
  readonly saving: NfoSaving;
  readonly worksAfter: (libraryId: number, afterId: number, limit: number) => readonly number[];
  readonly worksCount: (libraryId: number) => number;
  readonly actorOf: (userId: number) => Actor | undefined;
}

const pieceSize = 20;

export function nfoHandler({ db, clock, rows, saving, actorOf, ...works }: NfoJobDeps): JobHandler {
  return handleJob(nfoWriteAll, async (context, { libraryId, userId }) => {
    const before = rows.run(libraryId);
    if (actorOf(userId) === undefined || before?.jobId !== context.id || before.state === "cancelled") return;
    const run: { -readonly [K in keyof NfoRunRow]: NfoRunRow[K] } = { ...before, state: "running" };
    run.totalCount = works.worksCount(libraryId);
    const save = () => {
      db.transaction(() => rows.saveRun(run));
      context.progress(run.doneCount, run.totalCount);
    };
    save();
    try {
      for (;;) {
        const ids = works.worksAfter(libraryId, run.cursor, pieceSize);
        if (ids.length === 0) break;
        // Whoever is switched off or loses a role meanwhile writes no more.
        const actor = actorOf(userId);
        if (actor === undefined) throw new AppError("forbidden", "Whoever began this has no account any more.");
        const sinceMs = clock.now();
        for (const id of ids) {
          context.signal.throwIfAborted();
          const outcome = await saving.save(actor, id);
          run.cursor = id;
          run.doneCount += 1;
          if (outcome === "written") run.writtenCount += 1;
          if (outcome === "refused") run.refusedCount += 1;
        }
        run.busyMs += clock.now() - sinceMs;
        save();
      }
      run.state = "done";
      save();
    } catch (error) {
      // Stopped with the server, it goes on where it was; whoever cancelled it has noted so.
      if (!context.signal.aborted) {
        run.state = "failed";
        save();
      }
      throw error;
    }
  });
}
