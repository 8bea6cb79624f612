import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { accepts, freePort, startOwned, waitFor, type OwnedProcess } from "../processes.ts";
import type { Certificate } from "../certificate.ts";
import type { Peer } from "../types.ts";

const repository = new URL("../../../", import.meta.url).pathname;
const owner = "bench";
const password = "a-long-password-for-the-benchmark";
const readyTimeoutMs = 30_000;

export interface HearthOptions {
  /** `strict` is Hearth's default: an answer of 2xx is on disk. */
  readonly durability?: "strict" | "relaxed";
  readonly certificate?: Certificate;
}

/** The folder on disk that is the owner's home; it may be filled before the first start. */
export function hearthHome(dataFolder: string): string {
  return join(dataFolder, "volumes", "main", "home", owner);
}

/** A started Hearth that nobody has logged in to yet. */
export interface RunningHearth {
  readonly owned: OwnedProcess;
  readonly port: number;
  /** Milliseconds from the start of the process to its ready line. */
  readonly readyMs: number;
}

function configuration({ durability = "strict", certificate }: HearthOptions): string {
  const tls = certificate
    ? `  management:\n    tls: { certFile: ${certificate.certFile}, keyFile: ${certificate.keyFile} }\n`
    : "";
  return `services:\n  storage:\n    durability: ${durability}\n${tls}`;
}

/** Starts `hearth up` on a free port and waits for its ready line. */
export async function launchHearth(dataFolder: string, options: HearthOptions = {}): Promise<RunningHearth> {
  const port = await freePort();
  mkdirSync(dataFolder, { recursive: true });
  writeFileSync(join(dataFolder, "hearth.yaml"), configuration(options));
  const startedAt = performance.now();
  const owned = startOwned(
    "hearth",
    [process.execPath, "src/cli.ts", "up", "--data", dataFolder, "--listen", `127.0.0.1:${port}`],
    { cwd: repository, env: { HEARTH_ADMIN_USER: owner, HEARTH_ADMIN_PASSWORD: password } },
  );
  await waitFor("hearth", () => owned.output().includes("hearth is ready at"), {
    timeoutMs: readyTimeoutMs,
    everyMs: 2,
    owner: owned,
  });
  return { owned, port, readyMs: performance.now() - startedAt };
}

async function call(origin: string, name: string, input: unknown, cookie: string): Promise<Response> {
  const response = await fetch(`${origin}/api/${name}`, {
    method: "POST",
    headers: { "content-type": "application/json", origin, cookie },
    body: JSON.stringify(input),
    tls: { rejectUnauthorized: false },
  });
  if (!response.ok) throw new Error(`${name}: ${response.status} ${await response.text()}`);
  return response;
}

/** Logs in and makes an app password; returns the `Authorization` header line. */
async function authorize(origin: string): Promise<string> {
  const session = await call(origin, "session.login", { name: owner, password }, "");
  const cookie = session.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
  const answer = await call(origin, "appPassword.create", { label: "bench", scope: "files" }, cookie);
  const { secret } = (await answer.json()) as { secret: string };
  return `Authorization: Basic ${Buffer.from(`${owner}:${secret}`).toString("base64")}\r\n`;
}

/** Starts Hearth with an owner and an app password, serving the owner's home over WebDAV. */
export async function startHearth(dataFolder: string, options: HearthOptions = {}): Promise<Peer> {
  const running = await launchHearth(dataFolder, options);
  await waitFor("hearth's port", () => accepts(running.port), { timeoutMs: 5_000, owner: running.owned });
  return {
    name: options.durability === "relaxed" ? "Hearth relaxed" : "Hearth",
    pid: running.owned.pid,
    port: running.port,
    tlsPort: options.certificate && running.port,
    prefix: "/dav/home/",
    folder: hearthHome(dataFolder),
    authorization: await authorize(`${options.certificate ? "https" : "http"}://127.0.0.1:${running.port}`),
    stop: running.owned.stop,
  };
}
