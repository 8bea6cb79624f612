import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dir, "../..");
/** What a clone does not have. */
const notCloned = new Set(["node_modules", "dist", "data", ".git"]);
const installTimeoutMs = 300_000;
const hookTimeoutMs = 60_000;
/** `nobody`: as root the test becomes an ordinary user, as whom nothing outside the home folder can be written. */
const nobody = "65534";

let folder = "";
let clone = "";
let home = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hearth-clone-"));
  chmodSync(folder, 0o755);
  clone = join(folder, "clone");
  home = join(folder, "home");
  mkdirSync(clone);
  mkdirSync(home);
  for (const name of readdirSync(root).filter((one) => !notCloned.has(one))) {
    cpSync(join(root, name), join(clone, name), { recursive: true });
  }
  if (process.getuid?.() === 0) Bun.spawnSync(["chown", "-R", `${nobody}:${nobody}`, folder]);
}, hookTimeoutMs);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
}, hookTimeoutMs);

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

/** `npm start` in the clone with an empty home folder and nothing else from our environment. */
function npmStart(port: number) {
  const asUser = process.getuid?.() === 0 ? ["setpriv", "--reuid", nobody, "--regid", nobody, "--clear-groups"] : [];
  return Bun.spawn([...asUser, "npm", "start", "--", "--listen", `127.0.0.1:${port}`], {
    cwd: clone,
    env: { HOME: home, PATH: "/usr/local/bin:/usr/bin:/bin", HEARTH_NO_INSTALL: "1" },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "ignore",
    timeout: installTimeoutMs,
  });
}

/** Reads until the line that says where it serves. */
async function untilReady(stdout: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of stdout) {
    text += decoder.decode(chunk, { stream: true });
    if (/^hearth is ready at /m.test(text)) return text;
  }
  throw new Error(`it ended before it was ready:\n${text}`);
}

/** npm ends first and the server soon after it. */
async function untilClosed(port: number): Promise<boolean> {
  const deadlineMs = performance.now() + 10_000;
  while (performance.now() < deadlineMs) {
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
    if (answer === undefined) return true;
    await Bun.sleep(100);
  }
  return false;
}

test(
  "on a clone without packages and an empty home folder, npm start alone gives a working cloud to an ordinary user",
  async () => {
    const port = await freePort();
    const child = npmStart(port);
    try {
      const output = await untilReady(child.stdout);
      expect(output).toContain(`hearth is ready at http://127.0.0.1:${port}`);
      expect(output).toMatch(/set-up code: +\S+/);
      expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
      expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toContain("<!doctype html>");
      const data = join(home, ".local/share/hearth");
      expect(existsSync(data)).toBe(true);
      expect(statSync(data).mode & 0o077).toBe(0);
      // Running it takes what it needs, not what only building and testing do.
      expect(existsSync(join(clone, "node_modules/playwright-core"))).toBe(false);
    } finally {
      child.kill("SIGTERM");
    }
    await child.exited;
    expect(await untilClosed(port)).toBe(true);
  },
  installTimeoutMs,
);
