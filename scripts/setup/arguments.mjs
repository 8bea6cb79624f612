import { homedir } from "node:os";
import { join } from "node:path";

/** Where a household's data lies when nobody says otherwise: of the machine for root, of the person for a user. */
export function householdData() {
  if (process.getuid?.() === 0) return "/var/lib/hearth";
  return join(process.env.XDG_DATA_HOME || join(homedir(), ".local/share"), "hearth");
}

/**
 * The arguments of `hearth up`: `args`, and the data folder when neither they nor `HEARTH_DATA` name one. Everything else has
 * its default in the configuration.
 *
 * @param {readonly string[]} args
 * @param {string} defaultData
 */
export function upArguments(args, defaultData) {
  const isSaid = args.some((arg) => arg === "--data" || arg.startsWith("--data=")) || Boolean(process.env.HEARTH_DATA);
  return isSaid ? [...args] : ["--data", defaultData, ...args];
}
