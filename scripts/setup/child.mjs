import { spawn, spawnSync } from "node:child_process";
import { constants } from "node:os";

const forwarded = ["SIGTERM", "SIGINT", "SIGHUP"];

/** The shell's convention: a child ended by a signal counts as 128 + its number. */
function codeOf(code, signal) {
  return code ?? 128 + (constants.signals[signal] ?? 0);
}

/** Runs a step to its end with its output on stderr; true when it succeeded within the time. */
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

/**
 * Runs `command` as this process' successor: same input and output, signals passed on, its exit code returned.
 * A terminal sends Ctrl-C to both by itself, so then it is not passed on a second time.
 */
export function runOwned(command, args, { cwd, env = process.env }) {
  const child = spawn(command, args, { cwd, env, stdio: "inherit" });
  const handlers = forwarded.map((signal) => {
    const handler = () => {
      if (signal !== "SIGINT" || process.stdin.isTTY !== true) child.kill(signal);
    };
    process.on(signal, handler);
    return [signal, handler];
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      for (const [name, handler] of handlers) process.off(name, handler);
      resolve(codeOf(code, signal));
    });
  });
}
