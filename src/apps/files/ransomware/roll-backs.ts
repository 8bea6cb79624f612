import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import type { Jobs } from "#platform/jobs";
import type { Actor } from "#platform/usecase";
import type { Access } from "#security/access";
import type { Storage } from "#storage/primary";
import type { RollBack } from "./contract.ts";
import { type Plan, type PlanDeps, planRollBack, requirePast } from "./plan.ts";
import type { IncidentRow, Repository } from "./repository.ts";
import { ransomwareRollBack, ransomwareUndo } from "./roll-back-job.ts";
import type { RollBackRepository, RollBackRow } from "./roll-back-repository.ts";
import { stepsOfPlan } from "./steps.ts";
import type { JobsPort, Views } from "./views.ts";

export interface RollBackJobs extends JobsPort {
  enqueue: Jobs["enqueue"];
}

export interface RollBacksDeps {
  readonly db: Db;
  readonly storage: Storage;
  readonly access: Access;
  readonly clock: Clock;
  readonly repository: Repository;
  readonly rollBacks: RollBackRepository;
  readonly views: Views;
  readonly jobs: RollBackJobs;
}

export interface RollBacks {
  /** Kept for a moment while nothing changes: a page asks again for each portion and each letter of a search. */
  plan(actor: Actor, row: IncidentRow, momentMs: number): Plan;
  begin(actor: Actor, row: IncidentRow, momentMs: number, except: readonly number[]): Promise<RollBack>;
  /** Throws `not-found` for what does not concern the actor. */
  require(actor: Actor, rollBackId: number): RollBackRow;
  /** The same for whoever wants to steer it; throws `forbidden` unless the actor may change all that it touches. */
  requireSteered(actor: Actor, rollBackId: number): RollBackRow;
  cancel(row: RollBackRow): Promise<RollBack>;
  resume(row: RollBackRow): Promise<RollBack>;
  undo(row: RollBackRow): Promise<RollBack>;
}

export function createRollBacks(deps: RollBacksDeps): RollBacks {
  const { db, storage, access, clock, repository, rollBacks, views, jobs } = deps;
  let last: { key: string; plan: Plan } | undefined;

  const mayChangeOf = (actor: Actor): PlanDeps["mayChange"] => {
    if (actor.capabilities.has("security.manage")) return () => true;
    return ({ spaceId, nodeId, isInTrash }) =>
      access.can(actor, "write", { spaceId, nodeId, ...(isInTrash && { inTrash: true }) });
  };
  const plan: RollBacks["plan"] = (actor, row, momentMs) => {
    requirePast(momentMs, clock.now());
    const spaceIds = views.spacesFor(actor, row);
    const numbers = spaceIds.map((id) => storage.changes.lastNumber(id)).join(" ");
    const key = `${row.id} ${momentMs} ${actor.userId} ${numbers}`;
    if (last?.key === key) return last.plan;
    const made = planRollBack({ storage, mayChange: mayChangeOf(actor) }, row.device, spaceIds, momentMs);
    last = { key, plan: made };
    return made;
  };

  const isUnknown = (nodeId: number) =>
    storage.node(nodeId) === undefined && storage.trash.ofNode(nodeId) === undefined;
  const requireIdle = (incidentId: number): void => {
    const known = rollBacks.latestOf(incidentId);
    const state = known === undefined ? undefined : views.rollBack(known).state;
    if (state !== "running" && state !== "undoing") return;
    throw new AppError("conflict", "A roll-back is under way. Wait for its end, or cancel it first.");
  };
  const view = async (id: number): Promise<RollBack> => {
    await db.sync();
    const row = rollBacks.get(id);
    if (row === undefined) throw new AppError("not-found");
    return views.rollBack(row);
  };
  const enqueue = (
    id: number,
    kind: typeof ransomwareRollBack | typeof ransomwareUndo,
    state: RollBack["state"],
  ): void => {
    const jobId = jobs.enqueue(kind, { rollBackId: id }, { dedupeKey: `roll-back ${id}` });
    rollBacks.setJob(id, jobId, state, clock.now());
  };

  const require: RollBacks["require"] = (actor, rollBackId) => {
    const row = rollBacks.get(rollBackId);
    const incident = row && repository.incident(row.incident_id);
    if (row === undefined || incident === undefined || !views.concerns(actor, incident)) {
      throw new AppError("not-found", "There is no such roll-back.", { isRefusal: row !== undefined });
    }
    return row;
  };
  return {
    plan,
    begin: async (actor, row, momentMs, except) => {
      requireIdle(row.id);
      const steps = stepsOfPlan(plan(actor, row, momentMs), new Set(except));
      if (steps.length === 0) throw new AppError("bad-request", "Nothing was chosen that could be taken back.");
      const id = db.transaction(() => {
        const made = rollBacks.insert(
          { incident_id: row.id, moment_ms: momentMs, started_at_ms: clock.now(), by_id: actor.userId },
          steps,
        );
        enqueue(made, ransomwareRollBack, "running");
        return made;
      });
      return view(id);
    },
    require,
    requireSteered: (actor, rollBackId) => {
      const row = require(actor, rollBackId);
      const mayChange = mayChangeOf(actor);
      const isAllowed = rollBacks.touched(row.id).every(({ nodeId, spaceId }) => {
        const isInTrash = storage.node(nodeId) === undefined && storage.trash.ofNode(nodeId) !== undefined;
        return (
          mayChange({ spaceId, nodeId, isInTrash }) || (isUnknown(nodeId) && access.can(actor, "write", { spaceId }))
        );
      });
      if (isAllowed) return row;
      throw new AppError("forbidden", "It is about files, too, that you may not change.");
    },
    cancel: async (row) => {
      if (row.job_id !== null) jobs.cancel(row.job_id);
      return view(row.id);
    },
    resume: async (row) => {
      requireIdle(row.incident_id);
      const { state } = views.rollBack(row);
      if (state !== "cancelled" && state !== "failed")
        throw new AppError("conflict", "It has ended; nothing is left to do.");
      const isUndo = row.state === "undoing";
      db.transaction(() =>
        enqueue(row.id, isUndo ? ransomwareUndo : ransomwareRollBack, isUndo ? "undoing" : "running"),
      );
      return view(row.id);
    },
    undo: async (row) => {
      requireIdle(row.incident_id);
      if (row.state === "undone") throw new AppError("conflict", "It is taken back already.");
      db.transaction(() => enqueue(row.id, ransomwareUndo, "undoing"));
      return view(row.id);
    },
  };
}
