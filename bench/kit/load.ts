import type { LoadAnswer, LoadJob } from "./load/jobs.ts";
import type { Peer } from "./types.ts";
import type { Endpoint } from "./load/jobs.ts";

/** A server may close a kept connection now and then; more than this in a run is a failure. */
const toleratedErrors = 20;
const jobTimeoutMs = 180_000;
const entry = new URL("./load/main.ts", import.meta.url).pathname;

/** Runs one load job in its own process, so that the harness and the load never share an event loop. */
export async function runLoad(job: LoadJob): Promise<LoadAnswer> {
  const child = Bun.spawn([process.execPath, entry, JSON.stringify(job)], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), jobTimeoutMs);
  const [stdout, stderr, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  clearTimeout(timer);
  if (code !== 0) throw new Error(`load ${job.kind} ended with ${code}: ${stderr.slice(-800)}`);
  return JSON.parse(stdout) as LoadAnswer;
}

/** The endpoint of `name` below what the peer serves; `name` is already URL-safe. */
export function at(peer: Peer, name: string): Endpoint {
  return { port: peer.port, path: peer.prefix + name, authorization: peer.authorization };
}

export function atTls(peer: Peer, name: string): Endpoint {
  if (peer.tlsPort === undefined) throw new Error(`${peer.name} has no TLS port`);
  return { port: peer.tlsPort, path: peer.prefix + name, authorization: peer.authorization };
}

/** Requests per second of `wrk` (Debian's package) for one URL: one thread, `connections` kept alive. */
export async function runWrk(target: Endpoint, options: { connections: number; seconds: number }): Promise<number> {
  const header = target.authorization.trim();
  const flags = ["-t1", `-c${options.connections}`, `-d${options.seconds}s`, ...(header ? ["-H", header] : [])];
  const argv = ["wrk", ...flags, `http://127.0.0.1:${target.port}${target.path}`];
  const child = Bun.spawn(argv, { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const timer = setTimeout(() => child.kill("SIGKILL"), options.seconds * 1000 + 20_000);
  const [stdout, code] = await Promise.all([new Response(child.stdout).text(), child.exited]);
  clearTimeout(timer);
  const rate = Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1] ?? Number.NaN);
  if (code !== 0 || Number.isNaN(rate)) throw new Error(`wrk ended with ${code}: ${stdout}`);
  const broken =
    /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(stdout)?.slice(1).map(Number) ?? [];
  const errors = broken.reduce((sum, value) => sum + value, 0);
  if (stdout.includes("Non-2xx") || errors > toleratedErrors) throw new Error(`wrk saw failures: ${stdout}`);
  return rate;
}
