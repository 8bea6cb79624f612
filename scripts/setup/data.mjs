import { homedir } from "node:os";
import { join } from "node:path";

/** Where a household's data lies when nobody says otherwise: of the machine for root, of the person for a user. */
export function householdData() {
  if (process.getuid?.() === 0) return "/var/lib/hearth";
  return join(process.env.XDG_DATA_HOME || join(homedir(), ".local/share"), "hearth");
}

/**
 * The environment for Hearth, with a data folder for when neither it nor `--data` names one.
 *
 * @param {string} defaultData
 * @returns {NodeJS.ProcessEnv}
 */
export function withData(defaultData) {
  return { ...process.env, HEARTH_DATA: process.env.HEARTH_DATA || defaultData };
}
