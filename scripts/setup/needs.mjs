import { existsSync, readFileSync } from "node:fs";
import { hasTool, packageOf } from "./packages.mjs";

const headLines = 12;

/**
 * What a test file says it needs: `// needs: litmus, /dev/fuse` among its first lines. A word is a program, a path a file
 * or device of the machine.
 *
 * @param {string} source
 */
export function needsOf(source) {
  const head = source.split("\n").slice(0, headLines);
  return head.flatMap((line) => {
    const list = /^\/\/ needs:(.*)$/.exec(line)?.[1];
    return list === undefined ? [] : list.split(",").map((word) => word.trim());
  });
}

/**
 * @typedef {{ need: string, isDevice: boolean, remedy: string }} UnmetNeed
 */

/**
 * The unmet needs of a test file, each with what a person can do about it.
 *
 * @param {string} file
 * @returns {UnmetNeed[]}
 */
export function unmetNeeds(file) {
  return needsOf(readFileSync(file, "utf8"))
    .filter((need) => !(need.startsWith("/") ? existsSync(need) : hasTool(need)))
    .map((need) => {
      const isDevice = need.startsWith("/");
      const known = packageOf[need];
      return { need, isDevice, remedy: known === undefined ? "" : `apt-get install ${known}` };
    });
}
