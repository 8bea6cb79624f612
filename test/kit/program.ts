import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dir, "../..");
const readyTimeoutMs = 60_000;
const stopTimeoutMs = 15_000;
const pollMs = 10;

interface ProgramOptions {
  /** Kept after `stop` when given; else a temporary folder that goes with the program. */
  readonly dataDir?: string;
  readonly user?: string;
  readonly password?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Further arguments of `hearth up`. */
  readonly args?: readonly string[];
  /** What an earlier start of the same data folder was given: clients go on with the app password they have. */
  readonly again?: { readonly url: string; readonly cookie: string; readonly appPassword: string };
}

export type RunningHearth = Awaited<ReturnType<typeof startHearth>>;

export interface RunningProgram {
  readonly url: string;
  readonly pid: number;
  /** What it has printed for a person so far, the set-up code among it. */
  readonly output: () => string;
  /** What it has logged so far, one JSON object a line. */
  readonly log: () => string;
  /** Sends the signal and waits for the end. */
  readonly end: (signal: NodeJS.Signals) => Promise<void>;
}

/** Starts `hearth <argv>` and waits until it says where it can be reached. */
export async function runProgram(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<RunningProgram> {
  const child = Bun.spawn([process.execPath, "src/cli.ts", ...argv], {
    cwd: root,
    env: { ...process.env, ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const lines: string[] = [];
  const errors: string[] = [];
  const drained = Promise.all([collect(child.stderr, errors), collect(child.stdout, lines)]);
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await within(stopTimeoutMs, child.exited, () => child.kill("SIGKILL"));
    await drained;
  };
  const output = () => lines.join("");
  try {
    const url = await readyUrl(output, child);
    return { url, pid: child.pid, output, log: () => errors.join(""), end };
  } catch (error) {
    await end("SIGKILL");
    throw new Error(`the program did not start:\n${errors.join("")}`, { cause: error });
  }
}

/** The real program on a free port of this machine, with an owner and an app password of theirs. */
export async function startHearth(options: ProgramOptions = {}) {
  const { user = "alice", password = "correct horse battery" } = options;
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), "hearth-program-"));
  const forget = () => {
    if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
  };
  const env = { HEARTH_ADMIN_USER: user, HEARTH_ADMIN_PASSWORD: password, ...options.env };
  const address = options.again === undefined ? "127.0.0.1:0" : new URL(options.again.url).host;
  const argv = ["up", "--data", dataDir, "--listen", address, ...(options.args ?? [])];
  const program = await runProgram(argv, env).catch((error: unknown) => {
    forget();
    throw error;
  });
  const end = async (signal: NodeJS.Signals) => {
    await program.end(signal);
    forget();
  };
  const { url, pid, log } = program;
  try {
    const cookie = options.again?.cookie ?? (await login(url, user, password));
    const appPassword = options.again?.appPassword ?? (await makeAppPassword(url, cookie));
    const authorization = basic(user, appPassword);
    return {
      url,
      /** The caller's home over WebDAV, with a slash at the end. */
      davUrl: `${url}/dav/home/`,
      user,
      password,
      appPassword,
      /** `Authorization` header of the app password. */
      authorization,
      /** `Cookie` header of a session. */
      cookie,
      dataDir,
      pid,
      log,
      /** A request with the app password; `path` begins with a slash. */
      fetch: (path: string, init: RequestInit = {}) => {
        const headers = new Headers(init.headers);
        if (!headers.has("authorization")) headers.set("authorization", authorization);
        return fetch(`${url}${path}`, { ...init, headers, redirect: "manual" });
      },
      stop: () => end("SIGTERM"),
      /** Ends the program at once, as a power cut would; the data folder stays when it was given. */
      kill: () => end("SIGKILL"),
    };
  } catch (error) {
    await end("SIGKILL");
    throw new Error(`the program did not start:\n${log()}`, { cause: error });
  }
}

export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}

async function login(url: string, name: string, password: string): Promise<string> {
  const response = await callOperation(url, "session.login", { name, password });
  const cookie = response.headers.get("set-cookie")?.split(";")[0];
  if (cookie === undefined) throw new Error(`login failed: ${response.status}`);
  return cookie;
}

async function makeAppPassword(url: string, cookie: string): Promise<string> {
  const response = await callOperation(url, "appPassword.create", { label: "test" }, { cookie });
  const { secret } = (await response.json()) as { secret?: string };
  if (secret === undefined) throw new Error(`no app password: ${response.status}`);
  return secret;
}

/** `POST /api/<name>` as the page would send it. */
function callOperation(
  url: string,
  name: string,
  input: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${url}/api/${name}`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: url, ...headers },
    body: JSON.stringify(input),
  });
}

async function readyUrl(output: () => string, child: Bun.Subprocess): Promise<string> {
  const until = performance.now() + readyTimeoutMs;
  while (performance.now() < until) {
    const url = /hearth is ready at (\S+)\n/.exec(output())?.[1];
    if (url !== undefined) return url;
    if (child.exitCode !== null) throw new Error(`the program ended before it was ready: ${output()}`);
    await Bun.sleep(pollMs);
  }
  throw new Error(`not ready within ${readyTimeoutMs} ms: ${output()}`);
}

async function collect(output: ReadableStream<Uint8Array>, into: string[]): Promise<void> {
  const decoder = new TextDecoder();
  for await (const part of output) into.push(decoder.decode(part, { stream: true }));
}

/** Waits so long; then `onTimeout` runs and the wait fails. */
async function within<T>(timeoutMs: number, wait: Promise<T>, onTimeout: () => void): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      onTimeout();
      reject(new Error(`nothing within ${timeoutMs} ms`));
    }, timeoutMs);
  });
  try {
    return await Promise.race([wait, late]);
  } finally {
    clearTimeout(timer);
  }
}
