import { homedir } from "node:os";
import { join } from "node:path";

const defaultListen = "0.0.0.0:8420";

function defaultData() {
  if (process.getuid?.() === 0) return "/var/lib/hearth";
  return join(process.env.XDG_DATA_HOME || join(homedir(), ".local/share"), "hearth");
}

/**
 * @param {readonly string[]} args
 * @param {string} name
 */
function has(args, name) {
  return args.some((arg) => arg === name || arg.startsWith(`${name}=`));
}

/**
 * The arguments of `hearth up` from those of `npm start`: what is not said gets the default of a household.
 *
 * @param {readonly string[]} args
 */
export function upArguments(args) {
  return [
    ...(has(args, "--data") ? [] : ["--data", defaultData()]),
    ...(has(args, "--listen") ? [] : ["--listen", defaultListen]),
    ...args,
  ];
}
