import type { Carry, CarryTask, placesContract } from "#contract/apps/files/places";
import { visibleNode } from "#apps/files/browse";
import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import type { Jobs } from "#platform/jobs";
import type { Handlers } from "#platform/usecase";
import { type CarryDeps, endsOf, placesCarry } from "./carry-job.ts";
import { nameOf } from "./paths.ts";
import type { CarryRow } from "./repository.ts";

export interface CarryOperationsDeps extends CarryDeps {
  readonly db: Db;
  readonly clock: Clock;
  /** Made after the apps. */
  readonly jobs: () => Pick<Jobs, "enqueue" | "find" | "cancel">;
}

type Names = "places.carry" | "places.carries" | "places.cancelCarry";

const keepMs = 7 * 86_400_000;

/** Copies and moves between places and Hearth. */
export function carryHandlers(deps: CarryOperationsDeps): Pick<Handlers<typeof placesContract>, Names> {
  const { db, clock, repository, jobs } = deps;
  return {
    "places.carry": async (context, task) => {
      const { actor } = context;
      endsOf(deps, actor, task);
      const nodes = task.from.kind === "nodes" ? task.from.nodeIds.map((id) => visibleNode(deps, actor, id)) : [];
      context.checked();
      const names = task.from.kind === "place" ? task.from.paths.map(nameOf) : nodes.map(({ name }) => name);
      for (const resource of resourcesOf(task)) context.checked(resource);
      const id = db.transaction(() => {
        repository.forgetCarriesBefore(clock.now() - keepMs);
        const jobId = jobs().enqueue(placesCarry, {});
        const row = {
          jobId,
          userId: actor.userId,
          task: JSON.stringify(task),
          name: names[0] ?? "",
          count: names.length,
        };
        repository.addCarry(row, clock.now());
        return jobId;
      });
      await db.sync();
      return { id };
    },
    "places.carries": ({ actor }) => ({
      carries: repository.carriesOf(actor.userId).flatMap((row) => present(row)),
    }),
    "places.cancelCarry": (_context, { id }) => {
      const row = repository.carry(id);
      if (row === undefined || row.userId !== _context.actor.userId) throw new AppError("not-found");
      jobs().cancel(id);
      return {};
    },
  };

  function present(row: CarryRow): Carry[] {
    const job = jobs().find(row.jobId);
    if (job === undefined) return [];
    const { state, done, total, startedAtMs, error } = job;
    const task: CarryTask = JSON.parse(row.task);
    const tookMs = startedAtMs === null ? 0 : clock.now() - startedAtMs;
    const isMeasured = state === "running" && done > 0 && tookMs > 1_000;
    const { name, count, skipped } = row;
    return [
      {
        ...{ id: row.jobId, state, name, count, move: task.move, startedAtMs, error, skipped: [...skipped] },
        ...{ doneBytes: done, totalBytes: total },
        leftMs: isMeasured ? Math.round((tookMs * (total - done)) / done) : null,
      },
    ];
  }
}

function resourcesOf({ from, to }: CarryTask): string[] {
  const source = from.kind === "place" ? [`place ${from.placeId}`] : from.nodeIds.map((id) => `node ${id}`);
  return [to.kind === "place" ? `place ${to.placeId}` : `node ${to.folderId}`, ...source];
}
