import type { Db } from "#platform/db";
import type { Clock } from "#platform/clock";
import { AppError } from "#platform/errors";
import { type Actor, type Handlers, implement, type Implementation, type UseCaseContext } from "#platform/usecase";
import type { Access } from "#security/access";
import type { Storage } from "#storage/primary";
import type { Canaries } from "./canaries.ts";
import { ransomwareContract } from "./contract.ts";
import type { Incidents } from "./incidents.ts";
import { isRemoved, isReturning, type Plan, type PlanItem } from "./plan.ts";
import type { IncidentRow, Repository } from "./repository.ts";
import type { RollBacks } from "./roll-backs.ts";
import type { StepState } from "./roll-back-repository.ts";
import { createRollBackRepository } from "./roll-back-repository.ts";
import type { Views } from "./views.ts";
import type { Watch } from "./watch.ts";

interface UseCaseDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly storage: Storage;
  readonly access: Access;
  readonly repository: Repository;
  readonly incidents: Incidents;
  readonly views: Views;
  readonly canaries: Canaries;
  readonly watch: Watch;
  readonly acts: RollBacks;
  readonly enabled: boolean;
}

type All = Handlers<typeof ransomwareContract>;
const maxIncidents = 50;

export function implementRansomware(deps: UseCaseDeps): Implementation[] {
  return implement(ransomwareContract, {
    ...incidentHandlers(deps),
    ...rollBackHandlers(deps),
    ...canaryHandlers(deps),
  });
}

/** The incident, which must concern the caller. Throws the same `not-found` whether it is missing or somebody else's. */
function requireIncident({ repository, views }: UseCaseDeps, context: UseCaseContext, id: number): IncidentRow {
  const row = repository.incident(id);
  if (row === undefined || !views.concerns(context.actor, row)) {
    throw new AppError("not-found", "There is no such incident.", { isRefusal: row !== undefined });
  }
  context.checked(`incident ${id}`);
  return row;
}

function incidentHandlers(
  deps: UseCaseDeps,
): Pick<All, "ransomware.status" | "ransomware.incident" | "ransomware.release"> {
  const { db, repository, incidents, views, watch, enabled } = deps;
  return {
    "ransomware.status": ({ actor }) => {
      const looksAfter = actor.capabilities.has("security.read");
      const { lastLookAtMs, waiting } = watch.state();
      return {
        enabled,
        devices: looksAfter ? repository.deviceCount() : null,
        lastLookAtMs,
        waiting: looksAfter ? waiting : null,
        looksAfter,
        incidents: repository
          .incidents(maxIncidents)
          .filter((row) => views.concerns(actor, row))
          .map((row) => views.incident(actor, row)),
      };
    },
    "ransomware.incident": (context, { id }) => {
      const row = requireIncident(deps, context, id);
      const { actor } = context;
      return {
        incident: views.incident(actor, row),
        verdict: views.verdict(actor, row),
        timeline: views.timeline(row),
      };
    },
    "ransomware.release": async (context, { id, wasMe }) => {
      const row = requireIncident(deps, context, id);
      const { actor } = context;
      if (!views.mayRelease(actor, row)) {
        throw new AppError("forbidden", "Its own person lets this device go on, or whoever looks after security.");
      }
      if (row.closed_at_ms !== null) throw new AppError("conflict", "It was released already.");
      const { rollBack } = views.incident(actor, row);
      if (rollBack?.state === "running" || rollBack?.state === "undoing") {
        throw new AppError("conflict", "Files are being taken back. Wait for the end, or cancel it first.");
      }
      incidents.close(row, actor.userId, wasMe ? "was-me" : "released");
      await db.sync();
      return { incident: views.incident(actor, requireIncident(deps, context, id)) };
    },
  };
}

function rollBackHandlers(
  deps: UseCaseDeps,
): Pick<
  All,
  | "ransomware.preview"
  | "ransomware.rollBack"
  | "ransomware.cancel"
  | "ransomware.resume"
  | "ransomware.undo"
  | "ransomware.items"
> {
  const { acts, views, db } = deps;
  const rollBacks = createRollBackRepository(db);
  return {
    "ransomware.preview": (context, { id, momentMs, search, only, offset, limit }) => {
      const row = requireIncident(deps, context, id);
      const { actor } = context;
      const plan = acts.plan(actor, row, momentMs ?? row.began_at_ms);
      const found = matching(plan, only, search, (one) => views.canSee(actor, one));
      return {
        momentMs: plan.momentMs,
        totals: totalsOf(plan),
        items: found.slice(offset, offset + limit).map((one) => views.item(actor, one)),
        count: found.length,
        isCut: plan.isCut,
      };
    },
    "ransomware.rollBack": async (context, { id, momentMs, except }) => {
      const row = requireIncident(deps, context, id);
      return { rollBack: await acts.begin(context.actor, row, momentMs, except) };
    },
    "ransomware.cancel": async (context, { rollBackId }) => ({
      rollBack: await acts.cancel(acts.requireSteered(context.actor, rollBackId)),
    }),
    "ransomware.resume": async (context, { rollBackId }) => ({
      rollBack: await acts.resume(acts.requireSteered(context.actor, rollBackId)),
    }),
    "ransomware.undo": async (context, { rollBackId }) => ({
      rollBack: await acts.undo(acts.requireSteered(context.actor, rollBackId)),
    }),
    "ransomware.items": (context, { rollBackId, offset, limit }) => {
      const row = acts.require(context.actor, rollBackId);
      const spaceIds = views.spacesFor(context.actor, requireIncident(deps, context, row.incident_id));
      return {
        items: rollBacks.list(row.id, spaceIds, offset, limit).map((step) => ({
          nodeId: step.nodeId,
          path: views.canSee(context.actor, step) ? step.what.path : null,
          state: shownState(step.state),
          reason: step.reason,
        })),
        count: rollBacks.countIn(row.id, spaceIds),
      };
    },
  };
}

const shownState = (state: StepState) => (state === "doing" ? "waiting" : state);

function matching(
  { items }: Plan,
  only: "all" | "returns" | "removes" | "cannot",
  search: string,
  canSee: (one: PlanItem) => boolean,
): readonly PlanItem[] {
  const wanted = search.trim().toLowerCase();
  return items.filter((one) => {
    if (only === "returns" && !isReturning(one)) return false;
    if (only === "removes" && !isRemoved(one)) return false;
    if (only === "cannot" && (isReturning(one) || isRemoved(one))) return false;
    if (wanted === "") return true;
    return `${one.path}\n${one.targetPath ?? ""}`.toLowerCase().includes(wanted) && canSee(one);
  });
}

function totalsOf({ items }: Plan) {
  const returning = items.filter(isReturning);
  const removes = items.filter(isRemoved).length;
  return {
    returns: returning.length,
    removes,
    cannot: items.length - returning.length - removes,
    bytes: returning.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  };
}

function canaryHandlers(deps: UseCaseDeps): Pick<All, "ransomware.canaries" | "ransomware.setCanaries"> {
  const { storage, access, canaries } = deps;
  const list = (actor: Actor) => ({
    spaces: storage
      .spaces()
      .filter(({ id }) => access.can(actor, "manage", { spaceId: id }))
      .map(({ id, name }) => ({
        spaceId: id,
        spaceName: name,
        enabled: canaries.isOn(id),
        files: canaries.countIn(id),
      })),
  });
  return {
    "ransomware.canaries": ({ actor }) => list(actor),
    "ransomware.setCanaries": async (context, { spaceId, enabled }) => {
      access.require(context.actor, "manage", { spaceId });
      context.checked(`space ${spaceId}`);
      await (enabled ? canaries.place(spaceId) : canaries.remove(spaceId));
      return list(context.actor);
    },
  };
}
