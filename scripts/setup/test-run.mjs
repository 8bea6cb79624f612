import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawn } from "node:child_process";
import { root } from "./install.mjs";

const nothing = { passed: 0, failed: 0 };

/** @typedef {{ passed: number, failed: number }} Counts */

/**
 * Sums the counts of two runs of `bun test`.
 *
 * @param {Counts} a
 * @param {Counts} b
 * @returns {Counts}
 */
export function plus(a, b) {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed };
}

/**
 * Counts of a JUnit report; a test that was left out counts as failed, for nothing may pass by not running.
 *
 * @param {string} report
 * @returns {Counts}
 */
export function countsOf(report) {
  const head = /<testsuites\b[^>]*>/.exec(report)?.[0] ?? "";
  const number = (/** @type {string} */ name) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(head)?.[1] ?? 0);
  const failed = number("failures") + number("errors") + number("skipped");
  return { passed: number("tests") - failed, failed };
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {number} timeoutMs
 * @returns {Promise<boolean>}
 */
function waitFor(child, timeoutMs) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
    child.on("error", () => resolve(false));
    child.on("exit", (code) => {
      clearTimeout(timer);
      resolve(code === 0);
    });
  });
}

/**
 * Runs test files in one process, its output passed through. A run that ends badly without a failed test (a file that
 * does not load, a crash, an early exit, the time is up) counts as one failure.
 *
 * @param {string} bun
 * @param {readonly string[]} files
 * @param {{ testTimeoutMs: number, runTimeoutMs: number, output?: "inherit" | "ignore" }} options
 * @returns {Promise<Counts>}
 */
export async function runTests(bun, files, { testTimeoutMs, runTimeoutMs, output = "inherit" }) {
  const folder = mkdtempSync(join(tmpdir(), "hearth-test-"));
  const report = join(folder, "report.xml");
  const args = [
    "test",
    "--no-orphans",
    "--isolate",
    `--timeout=${testTimeoutMs}`,
    "--reporter=junit",
    `--reporter-outfile=${report}`,
  ];
  try {
    const child = spawn(bun, [...args, ...files.map((file) => `./${file}`)], {
      cwd: root,
      stdio: ["ignore", output, output],
    });
    const succeeded = await waitFor(child, runTimeoutMs);
    const counts = existsSync(report) ? countsOf(readFileSync(report, "utf8")) : nothing;
    const isWhole = succeeded && counts.passed > 0;
    return isWhole || counts.failed > 0 ? counts : { ...counts, failed: 1 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
