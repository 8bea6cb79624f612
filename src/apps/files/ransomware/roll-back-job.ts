import { z } from "zod";
import type { Clock } from "#platform/clock";
import { AppError } from "#platform/errors";
import { handleJob, type JobContext, type JobHandler, type JobKind } from "#platform/jobs";
import type { Storage } from "#storage/primary";
import type { RollBackRepository, RollBackRow, Step } from "./roll-back-repository.ts";
import { actorOfRollBack, doStep, undoStep } from "./steps.ts";

const payload = z.object({ rollBackId: z.int() });
const common = { lane: "io", payload, maxAttempts: 20, timeoutMs: 24 * 3_600_000 } as const;

/** Takes the changes of a device back, step by step. */
export const ransomwareRollBack = { name: "ransomware.rollBack", ...common } satisfies JobKind;
/** Takes a roll-back back. */
export const ransomwareUndo = { name: "ransomware.undoRollBack", ...common } satisfies JobKind;

export interface RollBackJobDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly rollBacks: RollBackRepository;
  readonly personName: (id: number) => string | undefined;
  /** Files of these spaces went back. */
  readonly onFinished: (row: RollBackRow) => void;
}

const stepsAtATime = 100;

export function rollBackHandlers(deps: RollBackJobDeps): JobHandler[] {
  const { rollBacks, clock, storage } = deps;

  const run = async (
    context: JobContext,
    row: RollBackRow,
    next: () => Step[],
    act: (step: Step) => Promise<void>,
    end: "done" | "undone",
  ): Promise<void> => {
    const counts = rollBacks.counts(row.id);
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
    let left = end === "done" ? counts.waiting + counts.doing : counts.done;
    for (let steps = next(); steps.length > 0; steps = next()) {
      for (const step of steps) {
        if (context.signal.aborted) throw context.signal.reason;
        await act(step);
        left -= 1;
        context.progress(total - left, total);
      }
    }
    rollBacks.finish(row.id, end, clock.now());
    deps.onFinished(row);
  };
  const actorOf = ({ by_id: byId }: RollBackRow) => actorOfRollBack(byId, deps.personName(byId) ?? "hearth");
  const rowOf = (id: number): RollBackRow => {
    const row = rollBacks.get(id);
    if (row === undefined) throw new AppError("not-found", "There is no such roll-back.");
    return row;
  };
  return [
    handleJob(ransomwareRollBack, (context, { rollBackId }) => {
      const row = rowOf(rollBackId);
      const actor = actorOf(row);
      const act = (step: Step) => doOne(rollBackId, step, () => doStep(storage, actor, step));
      return run(context, row, () => rollBacks.toDo(rollBackId, stepsAtATime), act, "done");
    }),
    handleJob(ransomwareUndo, (context, { rollBackId }) => {
      const row = rowOf(rollBackId);
      const actor = actorOf(row);
      const act = (step: Step) => undoOne(rollBackId, step, () => undoStep(storage, actor, step));
      return run(context, row, () => rollBacks.toUndo(rollBackId, stepsAtATime), act, "undone");
    }),
  ];

  async function doOne(id: number, step: Step, act: () => ReturnType<typeof doStep>): Promise<void> {
    if (step.state === "waiting") rollBacks.saveStep(id, step.ord, "doing", null, null);
    try {
      const { state, reason, undo } = await act();
      rollBacks.saveStep(id, step.ord, state, reason, undo);
    } catch (thrown) {
      rollBacks.saveStep(id, step.ord, "failed", failure(thrown), null);
    }
  }
  async function undoOne(id: number, step: Step, act: () => Promise<void>): Promise<void> {
    try {
      await act();
      rollBacks.saveStep(id, step.ord, "undone", null, null);
    } catch (thrown) {
      rollBacks.saveStep(id, step.ord, "failed", failure(thrown), null);
    }
  }
}

/** One file that does not come back must not keep the others; a disk that is away or full is tried again later. */
function failure(thrown: unknown): string {
  if (!(thrown instanceof AppError) || thrown.code === "storage-offline" || thrown.code === "disk-full") throw thrown;
  return thrown.detail;
}
