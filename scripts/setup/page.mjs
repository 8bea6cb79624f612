import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { runStep } from "./child.mjs";
import { root } from "./install.mjs";
import { fail, say } from "./say.mjs";

const buildTimeoutMs = 120_000;
const stamp = join(root, "dist/web-inputs");

/**
 * Whether a file below `src/` becomes part of the page.
 *
 * @param {string} path
 */
export function isPageInput(path) {
  return path.startsWith("web/") || path.startsWith("wire/") || /[/-]contract\.ts$/.test(path);
}

/** Changes whenever a file the page is made of does: names, sizes and times. */
function fingerprint() {
  const hash = createHash("sha256");
  const inputs = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).filter(isPageInput).sort();
  for (const path of [...inputs.map((name) => `src/${name}`), "package-lock.json"]) {
    const { size, mtimeMs } = statSync(join(root, path));
    hash.update(`${path}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest("hex");
}

/**
 * Builds the page into `dist/web` when it is missing or older than its sources; false when that failed.
 *
 * @param {string} bun
 */
export function preparePage(bun) {
  const wanted = fingerprint();
  const built = existsSync(stamp) && existsSync(join(root, "dist/web")) ? readFileSync(stamp, "utf8") : "";
  if (built === wanted) return true;
  say("building the page");
  if (!buildPage(bun)) return false;
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
  return true;
}

/**
 * As `preparePage`, for who cannot go on without a page.
 *
 * @param {string} bun
 */
export function requirePage(bun) {
  if (!preparePage(bun)) fail("the page could not be built, see above");
}

/**
 * One build, true when it succeeded.
 *
 * @param {string} bun
 */
export function buildPage(bun) {
  return runStep(bun, ["src/web/build.ts"], { cwd: root, timeoutMs: buildTimeoutMs });
}
