import type { LibraryReader } from "#apps/media/library";
import { metadataContract, type NfoRun } from "#contract/apps/media/metadata";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import type { Jobs } from "#platform/jobs";
import { implement, type Implementation, type UseCaseContext } from "#platform/usecase";
import type { Access } from "#security/access";
import { nfoWriteAll } from "./nfo-job.ts";
import type { NfoRows, NfoRunRow } from "./nfo-rows.ts";

interface NfoOperationsDeps {
  readonly db: Db;
  readonly access: Access;
  readonly library: Pick<LibraryReader, "library" | "sight">;
  readonly rows: NfoRows;
  readonly jobs: () => Pick<Jobs, "enqueue" | "cancel" | "find">;
}

export function nfoOperations({ db, access, library, rows, jobs }: NfoOperationsDeps): readonly Implementation[] {
  /** Throws `not-found` where the caller may not even read. */
  const requireWrite = ({ actor, checked }: UseCaseContext, libraryId: number): void => {
    const of = library.library(libraryId);
    const at = of && { spaceId: of.spaceId, nodeId: of.folderId };
    if (at === undefined || !access.can(actor, "read", at)) {
      throw new AppError("not-found", "There is no such library.", { isRefusal: of !== undefined });
    }
    checked(`library ${libraryId}`);
    if (!access.can(actor, "write", at)) {
      throw new AppError("forbidden", "NFO files are written by whoever may write in the folder of the library.");
    }
  };
  /** As it is told by the run itself while its job lives: one that ended otherwise could not say so. */
  const runOf = (libraryId: number): NfoRunRow | undefined => {
    const run = rows.run(libraryId);
    if (!isUnderWay(run)) return run;
    const job = jobs().find(run.jobId);
    return job?.state === "queued" || job?.state === "running" ? run : { ...run, state: "failed" };
  };
  const statusOf = (libraryId: number) => ({ isOn: rows.isOn(libraryId), run: presented(runOf(libraryId)) });

  return implement(metadataContract, {
    "nfo.status": (context, { libraryId }) => {
      requireWrite(context, libraryId);
      return statusOf(libraryId);
    },
    "nfo.setOn": async (context, { libraryId, isOn }) => {
      requireWrite(context, libraryId);
      db.transaction(() => rows.setOn(libraryId, isOn));
      await db.sync();
      return statusOf(libraryId);
    },
    "nfo.writeAll": async (context, { libraryId }) => {
      requireWrite(context, libraryId);
      if (isUnderWay(runOf(libraryId))) return statusOf(libraryId);
      db.transaction(() => {
        const { userId } = context.actor;
        const jobId = jobs().enqueue(nfoWriteAll, { libraryId, userId }, { dedupeKey: `${libraryId}` });
        const none = { cursor: 0, doneCount: 0, totalCount: 0, writtenCount: 0, refusedCount: 0, busyMs: 0 };
        rows.saveRun({ libraryId, jobId, state: "waiting", ...none });
      });
      await db.sync();
      return statusOf(libraryId);
    },
    "nfo.cancel": async (context, { libraryId }) => {
      requireWrite(context, libraryId);
      const run = runOf(libraryId);
      if (isUnderWay(run)) {
        jobs().cancel(run.jobId);
        db.transaction(() => rows.saveRun({ ...run, state: "cancelled" }));
        await db.sync();
      }
      return statusOf(libraryId);
    },
    "nfo.problems": ({ actor }, { limit, offset }) => rows.problems(library.sight(actor), limit, offset),
  });
}

function isUnderWay(run: NfoRunRow | undefined): run is NfoRunRow {
  return run?.state === "waiting" || run?.state === "running";
}

function presented(run: NfoRunRow | undefined): NfoRun | null {
  if (run === undefined) return null;
  const { state, doneCount, totalCount, writtenCount, refusedCount, busyMs } = run;
  const left = Math.max(0, totalCount - doneCount);
  const secondsLeft = state === "running" && doneCount > 0 ? Math.ceil(((busyMs / doneCount) * left) / 1000) : null;
  return { state, doneCount, totalCount, secondsLeft, writtenCount, refusedCount };
}
