import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import type { Events } from "#platform/events";
import type { Logger } from "#platform/log";
import type { HeldSpace, Storage } from "#storage/primary";
import { baseThreshold, type Profile, type Tally, warnedThreshold } from "./detector.ts";
import { idOf, isDisk } from "./devices.ts";
import { deviceOfChange } from "./devices.ts";
import type { Ports } from "./ports.ts";
import type { IncidentRow, Repository } from "./repository.ts";

/** What other parts of the house may want to know. */
export interface RansomwareEvents {
  suspected: { readonly incidentId: number; readonly label: string; readonly personId: number };
  released: { readonly incidentId: number; readonly wasMe: boolean };
}

export interface IncidentsDeps {
  readonly db: Db;
  readonly storage: Storage;
  readonly clock: Clock;
  readonly log: Logger;
  readonly repository: Repository;
  readonly events: Events<RansomwareEvents>;
  readonly ports: Ports;
  readonly forget: (device: string) => void;
}

export interface Incidents {
  /** Stops a device, unless it is stopped already; in force when it returns, durable soon after. */
  open(device: string, tally: Tally, profile: Profile): void;
  /** Sets again what open incidents stop; before the first request. */
  enforce(): void;
  close(row: IncidentRow, byId: number, outcome: "was-me" | "released"): void;
}

/** Changes of a device looked through for the spaces it touched. */
const maxChanges = 200_000;
/** A lesson at least so far above what was reached, and never so high that it protects nothing. */
const lesson = { factor: 1.5, most: 100 };

export function createIncidents(deps: IncidentsDeps): Incidents {
  const { db, storage, clock, log, repository, ports, events } = deps;

  const enforce = (): void => {
    const frozen = new Map<string, string>();
    const held = new Map<number, HeldSpace>();
    for (const row of repository.openIncidents()) {
      if (!isDisk(row.device)) frozen.set(row.device, frozenMessage(row.label));
      for (const spaceId of repository.spacesOf(row.id)) {
        const isReadOnly = isDisk(row.device) || held.get(spaceId)?.isReadOnly === true;
        held.set(spaceId, { isReadOnly, reason: heldReason(isReadOnly) });
      }
    }
    storage.restrain({ frozen, held });
  };

  const spacesOf = (device: string, beganAtMs: number, evidenced: readonly number[]): number[] => {
    if (isDisk(device)) return [Number(idOf(device))];
    const touched = storage
      .spaces()
      .filter(({ id }) =>
        storage.changes.since(id, beganAtMs, maxChanges).some((change) => deviceOfChange(change) === device),
      );
    return [...new Set([...evidenced, ...touched.map(({ id }) => id)])];
  };

  const open: Incidents["open"] = (device, tally, profile) => {
    const { isAttack: _, beganAtMs, ...verdict } = tally.verdict(profile, clock.now());
    const text = JSON.stringify({ ...verdict, reasons: verdict.reasons.map((one) => ({ ...one, examples: [] })) });
    const known = repository.openIncidents().find((row) => row.device === device);
    if (known !== undefined) {
      repository.saveVerdict(known.id, text);
      repository.claimEvidence(device, known.id);
      return;
    }
    const { label, personId } = ports.describe(device);
    const spaceIds = spacesOf(device, beganAtMs, [...new Set(tally.evidence().map(({ spaceId }) => spaceId))]);
    const id = db.transaction(() => {
      const row = {
        device,
        label,
        person_id: personId,
        began_at_ms: beganAtMs,
        stopped_at_ms: clock.now(),
        verdict: text,
      };
      const incidentId = repository.insertIncident(row, spaceIds);
      repository.claimEvidence(device, incidentId);
      if (!isDisk(device)) ports.freeze(device, personId, frozenMessage(label));
      const concerned = new Set([
        personId,
        ...ports.caretakers(),
        ...spaceIds.flatMap((spaceId) => ports.managersOf(spaceId)),
      ]);
      for (const one of concerned) if (one > 0) ports.notify(one, label);
      return incidentId;
    });
    enforce();
    log.warn("a device was stopped: what it does looks like ransomware", {
      incidentId: id,
      device,
      points: verdict.points,
    });
    ports.record("ransomware.stop", { id: personId, name: label }, `incident ${id}`);
    events.publish("suspected", { incidentId: id, label, personId });
    void db.sync().catch((cause: unknown) => log.error("the stop of a device is not on disk yet", { cause }));
  };

  return {
    enforce,
    open,
    close: (row, byId, outcome) => {
      const verdict = JSON.parse(row.verdict) as { points: number; threshold: number; patience?: number };
      const { points, threshold, patience = 1 } = verdict;
      db.transaction(() => {
        repository.closeIncident(row.id, clock.now(), byId, outcome);
        if (outcome === "was-me") {
          const learned = Math.min(
            lesson.most,
            Math.max(baseThreshold, points / patience, threshold / patience) * lesson.factor,
          );
          repository.teach(row.device, learned, clock.now(), byId);
        }
        // Taken back and let go on, it may still hold what it has not sent yet.
        if (outcome === "released") repository.teach(row.device, warnedThreshold, clock.now(), byId);
        if (!isDisk(row.device)) ports.thaw(row.device);
      });
      deps.forget(row.device);
      enforce();
      if (outcome === "released") for (const spaceId of repository.spacesOf(row.id)) ports.contentRestored(spaceId);
      events.publish("released", { incidentId: row.id, wasMe: outcome === "was-me" });
    },
  };
}

function frozenMessage(label: string): string {
  return `Hearth has stopped "${label}": what it did to your files looks like ransomware. Open Hearth in a browser to see why, and to let it go on.`;
}

function heldReason(isReadOnly: boolean): string {
  return isReadOnly
    ? "Something writes into this space past Hearth in a way that looks like ransomware, so it can only be read until somebody has looked at it."
    : "A device that changed files here was stopped, because it looks like ransomware; somebody has to look at it first.";
}
