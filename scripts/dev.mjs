import { spawn } from "node:child_process";
import { watch } from "node:fs";
import { join } from "node:path";
import { withData } from "./setup/data.mjs";
import { prepareRuntime, root, serverFlags } from "./setup/install.mjs";
import { buildPage, isPageInput, requirePage } from "./setup/page.mjs";
import { say } from "./setup/say.mjs";

/** Editors write a file in several steps; one round follows when they are done. */
const settleMs = 150;
const stopTimeoutMs = 5_000;

const bun = prepareRuntime({ withTools: true });
requirePage(bun);
const args = process.argv.slice(2);
const env = withData(join(root, "data"));

const start = () => spawn(bun, [...serverFlags, join(root, "src/cli.ts"), "up", ...args], { env, stdio: "inherit" });
let server = start();

/**
 * @param {import("node:child_process").ChildProcess} child
 * @returns {Promise<void>}
 */
function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill("SIGKILL"), stopTimeoutMs);
    child.once("exit", () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill("SIGTERM");
  });
}

/** @type {Set<string>} */
const changed = new Set();
/** @type {NodeJS.Timeout | undefined} */
let timer;
let round = Promise.resolve();

async function react() {
  const paths = [...changed];
  changed.clear();
  if (paths.some(isPageInput) && buildPage(bun)) say("the page is built: reload it");
  if (paths.every((path) => path.startsWith("web/"))) return;
  say("restarting");
  await stop(server);
  server = start();
}

watch(join(root, "src"), { recursive: true }, (_event, path) => {
  if (path === null || !/\.(ts|tsx|css|html|sql)$/.test(path) || /\.test\.tsx?$/.test(path)) return;
  changed.add(path);
  clearTimeout(timer);
  timer = setTimeout(() => {
    round = round.then(react);
  }, settleMs);
});

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    void round.then(() => stop(server)).then(() => process.exit(0));
  });
}
