import { existsSync } from "node:fs";
import { join } from "node:path";
import { quickCheck } from "#platform/db";
import { toAppError } from "#platform/errors";
import type { Exec } from "#platform/exec";
import { implement } from "#platform/usecase";
import { type DoctorFinding, doctorContract } from "./contract.ts";
import { checkLimits } from "./limits.ts";
import { checkDataDir, checkVolumes } from "./storage.ts";
import { checkTools } from "./tools.ts";
import { checkWireGuard } from "./wireguard.ts";

export interface DoctorDeps {
  readonly exec: Pick<Exec, "which">;
  readonly dataDir: string;
  /** Name to folder. */
  readonly volumes: Readonly<Record<string, string>>;
  /** What only the running server knows. */
  readonly more?: () => DoctorFinding[];
  /** `/proc`, or a stand-in. */
  readonly procDir?: string;
}

const databaseFile = "hearth.db";
const checkTimeoutMs = 60_000;
const order = { error: 0, warning: 1, ok: 2 };

/** Looks at the machine, not at the database: needs no running server. The worst first. */
export function runDoctor({ exec, dataDir, volumes, procDir = "/proc" }: DoctorDeps): DoctorFinding[] {
  const isNew = !existsSync(join(dataDir, databaseFile));
  return sorted([
    ...checkDataDir(dataDir),
    ...checkVolumes(volumes, isNew),
    ...checkLimits(procDir),
    ...checkTools(exec),
    checkWireGuard(exec),
  ]);
}

/** The same from inside the server, with a look into the database file. */
export function createDoctor(deps: DoctorDeps) {
  const report = async () => {
    const database = await checkDatabase(join(deps.dataDir, databaseFile));
    return { findings: sorted([...runDoctor(deps), database, ...(deps.more?.() ?? [])]) };
  };
  return { implementations: implement(doctorContract, { "doctor.report": report }) };
}

async function checkDatabase(path: string): Promise<DoctorFinding> {
  const id = "database.integrity";
  try {
    const faults = await quickCheck(path, checkTimeoutMs);
    if (faults.length === 0) return { id, state: "ok", message: "the database is sound", remedy: null, feature: null };
    const message = `the database is damaged: ${faults.slice(0, 3).join("; ")}`;
    const remedy = `stop the server and restore ${path} from a backup or from its newest .before-… copy`;
    return { id, state: "error", message, remedy, feature: "everything" };
  } catch (thrown) {
    return { id, state: "warning", message: toAppError(thrown).detail, remedy: null, feature: null };
  }
}

function sorted(findings: readonly DoctorFinding[]): DoctorFinding[] {
  return findings.toSorted((a, b) => order[a.state] - order[b.state]);
}

const marks = { ok: "ok     ", warning: "warning", error: "ERROR  " };

/** For a terminal: a line each, with what is off and what mends it below. */
export function renderReport(findings: readonly DoctorFinding[]): string {
  const lines = findings.flatMap(({ state, message, feature, remedy }) => [
    `${marks[state]}  ${message}`,
    ...(feature === null ? [] : [`           off or at risk: ${feature}`]),
    ...(remedy === null ? [] : [`           mend it: ${remedy}`]),
  ]);
  return `${lines.join("\n")}\n`;
}
