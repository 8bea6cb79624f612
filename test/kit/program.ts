import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dir, "../..");
const readyTimeoutMs = 20_000;
const stopTimeoutMs = 15_000;

interface ProgramOptions {
  /** Kept after `stop` when given; else a temporary folder that goes with the program. */
  readonly dataDir?: string;
  readonly user?: string;
  readonly password?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Further arguments of `hearth up`. */
  readonly args?: readonly string[];
}

export type RunningHearth = Awaited<ReturnType<typeof startHearth>>;

/** The real program on a free port of this machine, with an owner and an app password of theirs. */
export async function startHearth(options: ProgramOptions = {}) {
  const { user = "alice", password = "correct horse battery" } = options;
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), "hearth-program-"));
  const child = Bun.spawn(
    [process.execPath, "src/cli.ts", "up", "--data", dataDir, "--listen", "127.0.0.1:0", ...(options.args ?? [])],
    {
      cwd: root,
      env: { ...process.env, HEARTH_ADMIN_USER: user, HEARTH_ADMIN_PASSWORD: password, ...options.env },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    },
  );
  const errors: string[] = [];
  const drained = collect(child.stderr, errors);
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await within(stopTimeoutMs, child.exited, () => child.kill("SIGKILL"));
    await drained;
    if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    const url = await within(readyTimeoutMs, readyUrl(child.stdout), () => child.kill("SIGKILL"));
    const cookie = await login(url, user, password);
    const appPassword = await makeAppPassword(url, cookie);
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
      pid: child.pid,
      /** What the program has logged so far, one JSON object a line. */
      log: () => errors.join(""),
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
    throw new Error(`the program did not start:\n${errors.join("")}`, { cause: error });
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

async function readyUrl(output: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  const reader = output.getReader();
  let text = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    text += decoder.decode(part.value, { stream: true });
    const url = /hearth is ready at (\S+)/.exec(text)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error(`the program ended before it was ready: ${text}`);
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
