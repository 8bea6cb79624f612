import type { Actor } from "#platform/usecase";
import type { Access } from "#security/access";
import type { Storage } from "#storage/primary";
import type { Incident, Reason, RollBack, RollBackItem, Verdict, WatchedDevice } from "./contract.ts";
import { deviceOfChange, idOf, isDisk, kindOf } from "./devices.ts";
import type { Evidence } from "./facts.ts";
import type { PlanItem } from "./plan.ts";
import type { Ports } from "./ports.ts";
import type { IncidentRow, Repository } from "./repository.ts";
import type { RollBackRepository, RollBackRow } from "./roll-back-repository.ts";

export interface JobsPort {
  cancel(id: number): boolean;
  /** How a job stands; undefined for one that is long gone. */
  stateOf(id: number): "queued" | "running" | "done" | "failed" | "cancelled" | undefined;
}

export interface ViewDeps {
  readonly storage: Storage;
  readonly access: Access;
  readonly repository: Repository;
  readonly rollBacks: RollBackRepository;
  readonly ports: Ports;
  readonly jobs: JobsPort;
  readonly nowMs: () => number;
}

interface Seen {
  readonly nodeId: number;
  readonly spaceId: number;
}

const maxTimeline = 120;
const minuteMs = 60_000;
const maxExamples = 5;
const maxChanges = 200_000;

/** What one person may know of incidents: who may not see a file learns no name of it. */
export function createViews(deps: ViewDeps) {
  const { storage, access, repository, rollBacks, ports, jobs } = deps;

  const isMine = (actor: Actor, row: IncidentRow): boolean =>
    isDisk(row.device)
      ? ports.managersOf(Number(idOf(row.device))).includes(actor.userId)
      : row.person_id === actor.userId;
  const managesOne = (actor: Actor, row: IncidentRow): boolean =>
    repository.spacesOf(row.id).some((spaceId) => ports.managersOf(spaceId).includes(actor.userId));
  const seesAll = (actor: Actor, row: IncidentRow): boolean =>
    actor.capabilities.has("security.manage") || isMine(actor, row);
  /** Whoever manages one of several spaces learns nothing of the others. */
  const spacesFor = (actor: Actor, row: IncidentRow): readonly number[] => {
    const isAll = seesAll(actor, row);
    return repository.spacesOf(row.id).filter((spaceId) => isAll || access.can(actor, "read", { spaceId }));
  };
  /** The device of a person opens more than one space that somebody else manages. */
  const mayRelease = (actor: Actor, row: IncidentRow): boolean =>
    seesAll(actor, row) ||
    repository.spacesOf(row.id).every((spaceId) => ports.managersOf(spaceId).includes(actor.userId));
  const concerns = (actor: Actor, row: IncidentRow): boolean => seesAll(actor, row) || managesOne(actor, row);

  const canSee = (actor: Actor, { nodeId, spaceId }: Seen): boolean => {
    if (storage.node(nodeId) !== undefined) return access.can(actor, "read", { spaceId, nodeId });
    if (storage.trash.ofNode(nodeId) !== undefined)
      return access.can(actor, "read", { spaceId, nodeId, inTrash: true });
    return access.can(actor, "manage", { spaceId });
  };

  const device = (row: IncidentRow): WatchedDevice => ({
    kind: kindOf(row.device),
    label: row.label,
    person: row.person_id === 0 ? null : (ports.personName(row.person_id) ?? null),
  });

  const rollBackView = (row: RollBackRow): RollBack => {
    const counts = rollBacks.counts(row.id);
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
    const left = row.state === "undoing" || row.state === "undone" ? counts.done : counts.waiting + counts.doing;
    const done = total - left;
    const state = stateOf(row);
    const elapsedMs = deps.nowMs() - row.started_at_ms;
    const isKnown = (state === "running" || state === "undoing") && done > 0;
    return {
      id: row.id,
      state,
      momentMs: row.moment_ms,
      startedAtMs: row.started_at_ms,
      finishedAtMs: row.finished_at_ms,
      done,
      total,
      failed: counts.failed,
      leftMs: isKnown ? Math.round((elapsedMs / done) * left) : null,
      by: ports.personName(row.by_id) ?? "",
    };
  };
  /** A job that ended without the roll-back's end was cancelled or has failed. */
  const stateOf = (row: RollBackRow): RollBack["state"] => {
    if (row.state !== "running" && row.state !== "undoing") return row.state;
    const job = row.job_id === null ? undefined : jobs.stateOf(row.job_id);
    if (job === "cancelled") return "cancelled";
    return job === "failed" || job === undefined ? "failed" : row.state;
  };

  const incident = (actor: Actor, row: IncidentRow): Incident => {
    const rollBack = rollBacks.latestOf(row.id);
    const isOpen = row.closed_at_ms === null;
    return {
      id: row.id,
      state: isOpen ? "open" : "closed",
      device: device(row),
      beganAtMs: row.began_at_ms,
      stoppedAtMs: row.stopped_at_ms,
      closedAtMs: row.closed_at_ms,
      closedBy: row.closed_by === null ? null : (ports.personName(row.closed_by) ?? null),
      outcome: row.outcome,
      frozen: isOpen && !isDisk(row.device),
      spaces: spacesFor(actor, row).map((spaceId) => {
        const { id, name, kind } = storage.space(spaceId);
        return { id, name, kind, readOnly: isOpen && storage.heldSpace(spaceId)?.isReadOnly === true };
      }),
      files: repository.evidenceOf(row.id).reduce((sum, one) => sum + (one.count ?? 1), 0),
      canAct: concerns(actor, row),
      isMine: isMine(actor, row),
      rollBack: rollBack === undefined ? null : rollBackView(rollBack),
    };
  };

  const verdict = (actor: Actor, row: IncidentRow): Verdict => {
    const stored = JSON.parse(row.verdict) as Omit<Verdict, "patience"> & { readonly patience?: number };
    const groups = Map.groupBy(repository.evidenceOf(row.id), ({ signal, subject }) => `${signal} ${subject}`);
    const reasons = stored.reasons.map((reason): Reason => {
      const group: readonly Evidence[] = groups.get(`${reason.signal} ${reason.subject}`) ?? [];
      const shown: string[] = [];
      for (const one of group) {
        if (shown.length >= maxExamples) break;
        if (canSee(actor, one)) shown.push(one.name);
      }
      const isNameOfFile = reason.signal === "ransom-note" || reason.signal === "same-note";
      const subject = isNameOfFile && shown.length === 0 ? "" : reason.subject;
      return { ...reason, subject, examples: shown };
    });
    return { ...stored, patience: stored.patience ?? 1, reasons };
  };

  /** Changes of the device around the incident, in spans of at least a minute. */
  const timeline = (row: IncidentRow) => {
    const fromMs = Math.floor(row.began_at_ms / minuteMs - 15) * minuteMs;
    const untilMs = row.stopped_at_ms + 5 * minuteMs;
    const spanMs = Math.max(1, Math.ceil((untilMs - fromMs) / minuteMs / maxTimeline)) * minuteMs;
    const spans = Array.from({ length: Math.ceil((untilMs - fromMs) / spanMs) }, (_, index) => ({
      fromMs: fromMs + index * spanMs,
      changes: 0,
      spoiled: 0,
    }));
    const at = (atMs: number) => spans[Math.floor((atMs - fromMs) / spanMs)];
    for (const spaceId of repository.spacesOf(row.id)) {
      for (const change of storage.changes.since(spaceId, fromMs, maxChanges)) {
        const span = deviceOfChange(change) === row.device ? at(change.atMs) : undefined;
        if (span !== undefined) span.changes += 1;
      }
    }
    for (const { atMs, count = 1 } of repository.evidenceOf(row.id)) {
      const span = at(atMs);
      if (span !== undefined) span.spoiled += count;
    }
    return spans;
  };

  const item = (actor: Actor, one: PlanItem): RollBackItem => {
    const isSeen = canSee(actor, one);
    return {
      nodeId: one.nodeId,
      path: isSeen ? one.path : null,
      targetPath: isSeen ? one.targetPath : null,
      kind: one.kind,
      outcomes: [...one.outcomes],
      sizeBytes: one.sizeBytes,
      versionAtMs: one.version?.modifiedAtMs ?? null,
      reason: one.reason,
    };
  };
  return { concerns, spacesFor, mayRelease, canSee, incident, verdict, timeline, item, rollBack: rollBackView };
}

export type Views = ReturnType<typeof createViews>;
