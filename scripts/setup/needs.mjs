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
    const needs = list === undefined ? [] : list.split(",").map((word) => word.trim());
    const unclear = needs.find((need) => need === "" || /\s/.test(need));
    if (unclear !== undefined) throw new Error(`"${line}": needs are separated by commas`);
    return needs;
  });
}

/**
 * Whether a test file says among its first lines, `// beside: another`, that one more may run at the same time: it asserts no times, and
 * keeps its files, ports and programs to itself.
 *
 * @param {string} source
 */
export function mayRunBeside(source) {
  return source.split("\n").slice(0, headLines).includes("// beside: another");
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
