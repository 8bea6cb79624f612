import { readFileSync, readdirSync } from "node:fs";
import { createServer, connect } from "node:net";

/** A server the benchmark started: it is stopped by its own pid and nothing else is. */
export interface OwnedProcess {
  readonly name: string;
  readonly pid: number;
  /** Everything written to stdout and stderr so far. */
  readonly output: () => string;
  readonly exited: Promise<number>;
  readonly stop: () => Promise<void>;
}

const stopTimeoutMs = 15_000;
const outputLimitChars = 4_000_000;

const running = new Set<Bun.Subprocess>();

/** For an interrupted run: ends every server that is still up, without waiting. */
export function stopAllOwned(): void {
  for (const child of running) child.kill("SIGTERM");
}

/** Starts `argv` and keeps its output (bounded). */
export function startOwned(
  name: string,
  argv: string[],
  options: { env?: Record<string, string>; cwd?: string } = {},
): OwnedProcess {
  const child = Bun.spawn(argv, {
    env: { ...process.env, ...options.env },
    cwd: options.cwd,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  running.add(child);
  void child.exited.then(() => running.delete(child));
  let output = "";
  const collect = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      if (output.length < outputLimitChars) output += decoder.decode(chunk, { stream: true });
    }
  };
  void collect(child.stdout);
  void collect(child.stderr);
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), stopTimeoutMs);
    await child.exited;
    clearTimeout(timer);
  };
  return { name, pid: child.pid, output: () => output, exited: child.exited, stop };
}

/** A free loopback port. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}

/** Asks `check` every `everyMs` until it is true; fails with `what` after `timeoutMs` or when `owner` has died. */
export async function waitFor(
  what: string,
  check: () => boolean | Promise<boolean>,
  options: { timeoutMs: number; everyMs?: number; owner?: OwnedProcess },
): Promise<void> {
  const deadline = performance.now() + options.timeoutMs;
  let code: number | undefined;
  void options.owner?.exited.then((value) => (code = value));
  while (performance.now() < deadline) {
    if (await check()) return;
    if (code !== undefined) break;
    await Bun.sleep(options.everyMs ?? 20);
  }
  const reason = code === undefined ? `not within ${options.timeoutMs} ms` : `the process ended with ${code}`;
  const tail = options.owner?.output().slice(-2000) ?? "";
  throw new Error(`${what}: ${reason}${tail ? `\n${tail}` : ""}`);
}

/** True when something accepts a TCP connection on the loopback port. */
export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.once("connect", () => (socket.destroy(), resolve(true)));
    socket.once("error", () => resolve(false));
  });
}

function processTree(pid: number): number[] {
  const found = [pid];
  for (const parent of found) {
    for (const task of readdirSync(`/proc/${parent}/task`)) {
      const children = readFileSync(`/proc/${parent}/task/${task}/children`, "utf8").trim();
      if (children) found.push(...children.split(" ").map(Number));
    }
  }
  return found;
}

/** Resident memory in bytes of the process and all its descendants (VmRSS; shared pages count in each). */
export function residentBytes(pid: number): number {
  const rssOf = (id: number): number => {
    const match = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${id}/status`, "utf8"));
    return Number(match?.[1] ?? 0) * 1024;
  };
  return processTree(pid).reduce((sum, id) => sum + rssOf(id), 0);
}

const ticksPerSecond = 100;

/** Processor time in seconds that the process with all its threads has had (utime and stime of `/proc/PID/stat`). */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The second field is the name, in brackets, and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Highest resident memory the process itself has had, in bytes (VmHWM). */
export function peakResidentBytes(pid: number): number {
  const match = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(match?.[1] ?? 0) * 1024;
}
