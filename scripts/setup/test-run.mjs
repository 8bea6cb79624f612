import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawn } from "node:child_process";
import { createFailureLog } from "./failures.mjs";
import { root } from "./install.mjs";

const drainMs = 2_000;
const nothing = { passed: 0, failed: 0, failures: [] };

/** @typedef {{ passed: number, failed: number, failures: readonly string[] }} Counts `failures` in words, with the error */

/** @typedef {"inherit" | "hold" | "ignore"} Output as it comes, in one piece at the end, or not at all */

/**
 * Sums the counts of two runs of `bun test`.
 *
 * @param {Counts} a
 * @param {Counts} b
 * @returns {Counts}
 */
export function plus(a, b) {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, failures: [...a.failures, ...b.failures] };
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
  return { passed: number("tests") - failed, failed, failures: [] };
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
      // Its output is read to the end, unless something that it left behind holds the pipe.
      const drain = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, drainMs);
      child.on("close", () => {
        clearTimeout(drain);
        resolve(code === 0);
      });
    });
  });
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {Output} output
 * @param {(text: string) => void} take
 * @returns {() => void} prints what was held
 */
function passThrough({ stdout, stderr }, output, take) {
  /** @type {string[]} */
  const held = [];
  for (const [from, to] of /** @type {const} */ ([
    [stdout, process.stdout],
    [stderr, process.stderr],
  ])) {
    from?.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
      if (output === "inherit") to.write(text);
      if (output === "hold") held.push(text);
      take(text);
    });
  }
  return () => process.stdout.write(held.join(""));
}

/**
 * Runs test files in one process, its output passed through. A run that ends badly without a failed test (a file that
 * does not load, a crash, an early exit, the time is up) counts as one failure.
 *
 * @param {string} bun
 * @param {readonly string[]} files
 * @param {{ testTimeoutMs: number, runTimeoutMs: number, output?: Output }} options
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
      stdio: ["ignore", "pipe", "pipe"],
    });
    const failureLog = createFailureLog();
    const printHeld = passThrough(child, output, failureLog.take);
    const succeeded = await waitFor(child, runTimeoutMs);
    printHeld();
    const counts = existsSync(report) ? countsOf(readFileSync(report, "utf8")) : nothing;
    const failures = failureLog.failures();
    if ((succeeded && counts.passed > 0) || counts.failed > 0) return { ...counts, failures };
    return { ...counts, failed: 1, failures: [...failures, `${files.join(" ")}: the run ended badly`] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Runs each file in a process of its own, as many at a time as there are `lanes`, in order; with several each prints when it has ended.
 *
 * @param {string} bun
 * @param {readonly string[]} files
 * @param {{ lanes: number, testTimeoutMs: number, runTimeoutMs: number, output?: Output }} options
 * @returns {Promise<Counts>}
 */
export async function runEach(bun, files, { lanes, ...options }) {
  /** @type {Counts} */
  let sum = nothing;
  const waiting = [...files];
  const lane = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const counts = await runTests(bun, [file], { output: lanes > 1 ? "hold" : "inherit", ...options });
      sum = plus(sum, counts);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return sum;
}
