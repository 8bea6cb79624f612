import { spawn, spawnSync } from "node:child_process";
import { constants } from "node:os";

/** @type {readonly NodeJS.Signals[]} */
const forwarded = ["SIGTERM", "SIGINT", "SIGHUP"];

/**
 * The shell's convention: a child ended by a signal counts as 128 + its number.
 *
 * @param {number | null} code
 * @param {NodeJS.Signals | null} signal
 */
function codeOf(code, signal) {
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}

/**
 * Runs a step to its end with its output on stderr; true when it succeeded within the time.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs: number }} options
 */
export function runStep(command, args, { cwd, env = process.env, timeoutMs }) {
  const result = spawnSync(command, args, {
    cwd,
    env,
    stdio: ["ignore", 2, 2],
    timeout: timeoutMs,
    killSignal: "SIGKILL",
  });
  return result.status === 0;
}

const parentCheckMs = 500;

/**
 * Calls `onGone` when npm, which started us, has gone: it ends at a signal but does not always hand it on. Who was started by
 * a shell may outlive it.
 *
 * @param {() => void} onGone
 */
function watchNpm(onGone) {
  if (process.env.npm_lifecycle_event === undefined) return undefined;
  const parent = process.ppid;
  return setInterval(() => {
    if (process.ppid !== parent) onGone();
  }, parentCheckMs);
}

/**
 * Runs `command` as this process' successor: same input and output, signals passed on, its exit code returned.
 * A terminal sends Ctrl-C to both by itself, so then it is not passed on a second time.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<number>}
 */
export function runOwned(command, args, { env = process.env }) {
  const passOn = (/** @type {NodeJS.Signals} */ signal) => {
    if (signal !== "SIGINT" || process.stdin.isTTY !== true) child.kill(signal);
  };
  // Before the child runs: a signal in between would end us and leave it behind. Handlers run when the child is known.
  for (const signal of forwarded) process.on(signal, passOn);
  const child = spawn(command, args, { env, stdio: "inherit" });
  const watch = watchNpm(() => child.kill("SIGTERM"));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      clearInterval(watch);
      for (const name of forwarded) process.off(name, passOn);
      resolve(codeOf(code, signal));
    });
  });
}
