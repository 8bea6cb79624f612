import { chmodSync, copyFileSync, existsSync, linkSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runStep } from "./child.mjs";
import { fail, say } from "./say.mjs";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

/** The server ends with its starter, and takes nothing from a stray `.env` or from the network. */
export const serverFlags = ["--no-orphans", "--no-env-file", "--no-install"];

const npmTimeoutMs = 15 * 60_000;
/** The package's placeholder is a short text; the program is about 100 MB. */
const smallestBunBytes = 1_000_000;
const linkedBun = join(root, "node_modules/bun/bin/bun.exe");

/**
 * A package in a lock file, as far as it matters here.
 *
 * @typedef {{ version?: string, optional?: boolean, dev?: boolean, devOptional?: boolean }} Locked
 * @typedef {Record<string, Locked>} LockedPackages
 * @typedef {{ withTools: boolean }} Extent
 */

/**
 * @param {string} path
 * @returns {LockedPackages | undefined}
 */
function readLock(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")).packages : undefined;
}

/**
 * Whether what is installed (`node_modules/.package-lock.json`) holds what is wanted (`package-lock.json`); which optional
 * packages fit the machine is npm's business.
 *
 * @param {LockedPackages} installed
 * @param {LockedPackages} wantedPackages
 * @param {Extent} extent
 */
export function holds(installed, wantedPackages, { withTools }) {
  return Object.entries(wantedPackages).every(([path, wanted]) => {
    if (path === "") return true;
    const found = installed[path];
    if (found !== undefined) return found.version === wanted.version;
    return wanted.optional === true || (!withTools && (wanted.dev === true || wanted.devOptional === true));
  });
}

/** @param {Extent} extent */
function isInstalled(extent) {
  const installed = readLock(join(root, "node_modules/.package-lock.json"));
  return installed !== undefined && holds(installed, readLock(join(root, "package-lock.json")) ?? {}, extent);
}

/** @param {Extent} extent */
function npmInstall({ withTools }) {
  say("installing the packages of package-lock.json");
  const args = [
    "ci",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
    ...(withTools ? ["--include=dev"] : ["--omit=dev"]),
  ];
  const npm = process.env.npm_execpath ?? "";
  const [command, prefix] = npm.endsWith(".js") ? [process.execPath, [npm]] : ["npm", []];
  if (!runStep(command, [...prefix, ...args], { cwd: root, timeoutMs: npmTimeoutMs })) fail("npm ci failed, see above");
}

/** @param {string} path */
function isBun(path) {
  return existsSync(path) && statSync(path).size > smallestBunBytes;
}

function platformBuilds() {
  const arch = process.arch === "arm64" ? "aarch64" : process.arch;
  const name = `bun-${process.platform}-${arch}`;
  return [name, `${name}-musl`].map((build) => join(root, `node_modules/@oven/${build}/bin/bun`));
}

/**
 * Where npm runs no install scripts (`ignore-scripts`, or npm 11 without leave) the program stays in its platform
 * package: this does what the script would have done, so that `node_modules/.bin/bun` works.
 */
function linkBun() {
  const built = platformBuilds().find(isBun);
  if (built === undefined) return false;
  rmSync(linkedBun, { force: true });
  try {
    linkSync(built, linkedBun);
  } catch {
    copyFileSync(built, linkedBun);
  }
  chmodSync(linkedBun, 0o755);
  return true;
}

/**
 * Makes the packages and the runtime ready and returns the path of `bun`. `withTools` adds what only building,
 * checking and testing need.
 *
 * @param {Extent} extent
 */
export function prepareRuntime({ withTools }) {
  if (!isInstalled({ withTools })) npmInstall({ withTools });
  if (!isBun(linkedBun) && !linkBun()) {
    fail(`there is no Bun for ${process.platform}-${process.arch} in node_modules; remove node_modules and try again`);
  }
  return linkedBun;
}
