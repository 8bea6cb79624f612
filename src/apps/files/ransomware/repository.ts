import type { Db } from "#platform/db";
import type { Signal } from "./contract.ts";
import type { Evidence } from "./facts.ts";

export interface IncidentRow {
  readonly id: number;
  readonly device: string;
  readonly label: string;
  readonly person_id: number;
  readonly began_at_ms: number;
  readonly stopped_at_ms: number;
  readonly verdict: string;
  readonly closed_at_ms: number | null;
  readonly closed_by: number | null;
  readonly outcome: "was-me" | "released" | "withdrawn" | null;
}

type NewIncident = Pick<IncidentRow, "device" | "label" | "person_id" | "began_at_ms" | "stopped_at_ms" | "verdict">;

interface EvidenceRow {
  readonly device: string;
  readonly key: string;
  readonly node_id: number;
  readonly space_id: number;
  readonly signal: Signal;
  readonly points: number;
  readonly at_ms: number;
  readonly name: string;
  readonly subject: string;
  readonly count: number;
  readonly folder_id: number;
}

const toEvidence = (row: EvidenceRow): Evidence => ({
  key: row.key,
  nodeId: row.node_id,
  spaceId: row.space_id,
  folderId: row.folder_id,
  signal: row.signal,
  points: row.points,
  atMs: row.at_ms,
  name: row.name,
  subject: row.subject,
  count: row.count,
});

/** All SQL of watching: how far, what was seen, what is usual. */
function watchStatements(db: Db) {
  return {
    cursors: () => db.prepare<{ space_id: number; seq: number }, []>("SELECT * FROM ransomware_cursor").all(),
    saveCursor: (spaceId: number, seq: number): void => {
      db.prepare<never, [number, number]>(
        "INSERT INTO ransomware_cursor VALUES (?, ?) ON CONFLICT DO UPDATE SET seq = excluded.seq",
      ).run(spaceId, seq);
    },
    countHour: (device: string, hour: number, changes: number, risky: number): void => {
      db.prepare<never, [string, number, number, number]>(
        `INSERT INTO ransomware_hour VALUES (?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET changes = changes + excluded.changes, risky = risky + excluded.risky`,
      ).run(device, hour, changes, risky);
    },
    forgetHoursBefore: (hour: number): void => {
      db.prepare<never, [number]>("DELETE FROM ransomware_hour WHERE hour < ?").run(hour);
    },
    /** Risky changes in the busiest hour of a device but the present one. */
    busiest: (device: string, hour: number): number =>
      db
        .prepare<{ most: number | null }, [string, number]>(
          "SELECT max(risky) AS most FROM ransomware_hour WHERE device = ? AND hour < ?",
        )
        .get(device, hour)?.most ?? 0,
    deviceCount: (): number =>
      db.prepare<{ count: number }, []>("SELECT count(DISTINCT device) AS count FROM ransomware_hour").get()?.count ??
      0,
    addEvidence: (device: string, one: Evidence): void => {
      const { key, nodeId, spaceId, folderId, signal, points, atMs, name, subject, count = 1 } = one;
      db.prepare<never, (string | number)[]>(
        `INSERT INTO ransomware_evidence VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?)
         ON CONFLICT DO UPDATE SET points = excluded.points, signal = excluded.signal, subject = excluded.subject`,
      ).run(device, key, nodeId, spaceId, signal, points, atMs, name, subject, count, folderId);
    },
    /** What no incident came of yet, by device. */
    openEvidence: (sinceMs: number): Map<string, Evidence[]> => {
      const rows = db
        .prepare<EvidenceRow, [number]>("SELECT * FROM ransomware_evidence WHERE incident_id IS NULL AND at_ms >= ?")
        .all(sinceMs);
      const groups = Map.groupBy(rows, ({ device }) => device);
      return new Map([...groups].map(([device, group]) => [device, group.map(toEvidence)]));
    },
    forgetEvidenceBefore: (atMs: number): void => {
      db.prepare<never, [number]>("DELETE FROM ransomware_evidence WHERE incident_id IS NULL AND at_ms < ?").run(atMs);
    },
    /** The last lesson about a device, and when it was taught. */
    lesson: (device: string): { readonly threshold: number; readonly atMs: number } | undefined =>
      db
        .prepare<{ threshold: number; atMs: number }, [string]>(
          "SELECT threshold, at_ms AS atMs FROM ransomware_lesson WHERE device = ?",
        )
        .get(device) ?? undefined,
    teach: (device: string, threshold: number, atMs: number, byId: number): void => {
      db.prepare<never, [string, number, number, number]>(
        "INSERT OR REPLACE INTO ransomware_lesson VALUES (?, ?, ?, ?)",
      ).run(device, threshold, atMs, byId);
    },
    canaries: () =>
      db.prepare<{ node_id: number; space_id: number }, []>("SELECT node_id, space_id FROM ransomware_canary").all(),
    addCanary: (nodeId: number, spaceId: number): void => {
      db.prepare<never, [number, number]>("INSERT OR REPLACE INTO ransomware_canary VALUES (?, ?)").run(
        nodeId,
        spaceId,
      );
    },
    removeCanary: (nodeId: number): void => {
      db.prepare<never, [number]>("DELETE FROM ransomware_canary WHERE node_id = ?").run(nodeId);
    },
  };
}

/** All SQL of incidents. */
function incidentStatements(db: Db) {
  return {
    insertIncident: (row: NewIncident, spaceIds: readonly number[]): number => {
      const { device, label, person_id, began_at_ms, stopped_at_ms, verdict } = row;
      const id = db
        .prepare<{ id: number }, (string | number)[]>(
          `INSERT INTO ransomware_incident (device, label, person_id, began_at_ms, stopped_at_ms, verdict)
           VALUES (?, ?, ?, ?, ?, ?) RETURNING id`,
        )
        .get(device, label, person_id, began_at_ms, stopped_at_ms, verdict)?.id as number;
      for (const spaceId of spaceIds) {
        db.prepare<never, [number, number]>("INSERT INTO ransomware_incident_space VALUES (?, ?)").run(id, spaceId);
      }
      return id;
    },
    claimEvidence: (device: string, incidentId: number): void => {
      db.prepare<never, [number, string]>(
        "UPDATE ransomware_evidence SET incident_id = ? WHERE device = ? AND incident_id IS NULL",
      ).run(incidentId, device);
    },
    saveVerdict: (id: number, verdict: string): void => {
      db.prepare<never, [string, number]>("UPDATE ransomware_incident SET verdict = ? WHERE id = ?").run(verdict, id);
    },
    incident: (id: number): IncidentRow | undefined =>
      db.prepare<IncidentRow, [number]>("SELECT * FROM ransomware_incident WHERE id = ?").get(id) ?? undefined,
    openIncidents: (): IncidentRow[] =>
      db
        .prepare<IncidentRow, []>("SELECT * FROM ransomware_incident WHERE closed_at_ms IS NULL ORDER BY id DESC")
        .all(),
    /** Open ones first, then the newest. */
    incidents: (limit: number): IncidentRow[] =>
      db
        .prepare<IncidentRow, [number]>(
          "SELECT * FROM ransomware_incident ORDER BY closed_at_ms IS NULL DESC, id DESC LIMIT ?",
        )
        .all(limit),
    spacesOf: (incidentId: number): number[] =>
      db
        .prepare<{ space_id: number }, [number]>(
          "SELECT space_id FROM ransomware_incident_space WHERE incident_id = ? ORDER BY space_id",
        )
        .all(incidentId)
        .map((row) => row.space_id),
    evidenceOf: (incidentId: number): Evidence[] =>
      db
        .prepare<EvidenceRow, [number]>("SELECT * FROM ransomware_evidence WHERE incident_id = ? ORDER BY at_ms")
        .all(incidentId)
        .map(toEvidence),
    closeIncident: (id: number, atMs: number, byId: number, outcome: string): void => {
      db.prepare<never, [number, number, string, number]>(
        "UPDATE ransomware_incident SET closed_at_ms = ?, closed_by = ?, outcome = ? WHERE id = ? AND closed_at_ms IS NULL",
      ).run(atMs, byId, outcome, id);
    },
  };
}

export function createRepository(db: Db) {
  return { ...watchStatements(db), ...incidentStatements(db) };
}

export type Repository = ReturnType<typeof createRepository>;
