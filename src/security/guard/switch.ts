import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "#platform/errors";

const pathIn = (dataDir: string) => join(dataDir, "guard.off");

/** The emergency way in for who has the machine: while this file is in the data folder, the guard refuses nothing. */
export function isSwitchedOff(dataDir: string): boolean {
  return existsSync(pathIn(dataDir));
}

/** Sets or removes the file; a running server sees it within seconds. Throws `not-found` without a data folder. */
export function switchGuard(dataDir: string, state: "on" | "off"): void {
  if (!existsSync(dataDir)) throw new AppError("not-found", `There is no data folder ${dataDir}. Name it with --data.`);
  if (state === "on") rmSync(pathIn(dataDir), { force: true });
  else writeFileSync(pathIn(dataDir), "While this file is here, Hearth's application firewall refuses nothing.\n");
}
