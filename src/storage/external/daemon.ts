import { type Clock, type Random, randomToken } from "#platform/clock";
import { AppError } from "#platform/errors";
import type { Exec, ProgramStream } from "#platform/exec";
import type { Logger } from "#platform/log";
import { RemoteOffline, remoteErrorOf } from "./errors.ts";

export interface DaemonDeps {
  readonly exec: Exec;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Without a call for so long the program is ended. */
  readonly idleMs?: number;
}

export interface CallOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** The running rclone. */
export interface Session {
  /** Counts starts: what was told to an earlier one is forgotten. */
  readonly generation: number;
  call(command: string, input: object, options: CallOptions): Promise<unknown>;
  /** Headers must come within the time-out; the body may take as long as it moves. */
  get(path: string, headers: Record<string, string>, options: CallOptions): Promise<Response>;
}

export interface Daemon {
  /** Runs `work` with the program, which is started when it does not run, and not ended before. Throws `unavailable`. */
  use<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** While held the program is not idle; the answer ends that. */
  hold(): () => void;
  stop(): Promise<void>;
}

interface Running extends Session {
  readonly program: ProgramStream;
  isOver: boolean;
}

const defaultIdleMs = 5 * 60_000;
const startTimeoutMs = 10_000;
const pollMs = 10;
const backOffMs = { first: 500, most: 60_000 };
/** After so long a run, a death is a new one and not the next of a series. */
const steadyMs = 60_000;
const maxAnswerBytes = 64 * 1024 * 1024;
const announcement = /Serving remote control on (http:\/\/127\.0\.0\.1:\d+\/)/;

/** Bounded waits and memory: a server that hangs is given up, and a large file needs a few buffers. */
const flags = [
  ["--config", ""],
  ["--rc-addr", "127.0.0.1:0"],
  ["--rc-serve"],
  ["--rc-server-read-timeout", "24h"],
  ["--rc-server-write-timeout", "24h"],
  ["--rc-job-expire-duration", "60s"],
  ["--contimeout", "5s"],
  ["--timeout", "20s"],
  ["--low-level-retries", "2"],
  ["--retries", "1"],
  ["--buffer-size", "4M"],
  // Else every entry of an S3 listing costs a request of its own.
  ["--use-server-modtime"],
].flat();

/** One `rclone rcd`: started on demand, ended when idle, started again after a growing pause when it died. */
export function createDaemon(deps: DaemonDeps): Daemon {
  const { clock, idleMs = defaultIdleMs } = deps;
  let running: Promise<Running> | undefined;
  let generation = 0;
  let users = 0;
  let idleTimer: ReturnType<typeof setTimeout> | undefined;
  let deaths = 0;
  let notBeforeMs = 0;
  let isStopping = false;

  const end = async () => {
    const last = running;
    running = undefined;
    const session = await last?.catch(() => undefined);
    if (session === undefined) return;
    session.isOver = true;
    session.program.kill();
    await session.program.finished.catch(() => undefined);
  };

  const died = (startedAtMs: number) => {
    const nowMs = clock.now();
    deaths = nowMs - startedAtMs > steadyMs ? 1 : deaths + 1;
    notBeforeMs = nowMs + Math.min(backOffMs.most, backOffMs.first * 2 ** Math.min(deaths - 1, 20));
  };

  const start = (): Promise<Running> => {
    if (isStopping) throw new AppError("unavailable", "The server is stopping.");
    if (clock.now() < notBeforeMs) {
      throw new AppError(
        "unavailable",
        "The program that reaches other servers ended by itself; it is started again soon.",
        {
          retryAfterSeconds: Math.ceil((notBeforeMs - clock.now()) / 1000),
        },
      );
    }
    generation += 1;
    const startedAtMs = clock.now();
    const starting = launch(deps, generation);
    running = starting;
    const over = (session: Running | undefined) => {
      if (running === starting) running = undefined;
      if (session?.isOver === true) return;
      died(startedAtMs);
      deps.log.warn("rclone ended by itself", { deaths });
    };
    starting.then(
      (session) =>
        session.program.finished.then(
          () => over(session),
          () => over(session),
        ),
      () => over(undefined),
    );
    return starting;
  };

  const hold = () => {
    users += 1;
    clearTimeout(idleTimer);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      users -= 1;
      if (users === 0 && !isStopping) idleTimer = setTimeout(() => void end(), idleMs);
    };
  };

  return {
    hold,
    use: async (work) => {
      const release = hold();
      try {
        return await work(await (running ?? start()));
      } finally {
        release();
      }
    },
    stop: async () => {
      isStopping = true;
      clearTimeout(idleTimer);
      await end();
    },
  };
}

async function launch({ exec, random }: DaemonDeps, generation: number): Promise<Running> {
  const user = randomToken(random, 128);
  const password = randomToken(random, 256);
  // A server that is killed cannot end it: the kernel does, or it would go on with every password in its memory.
  const bound = exec.which("setpriv") === null ? [] : ["setpriv", "--pdeathsig", "KILL"];
  const program = exec.stream([...bound, "rclone", "rcd", ...flags], {
    timeoutMs: Infinity,
    // The library below the S3 backend fails when this one is set.
    env: { RCLONE_RC_USER: user, RCLONE_RC_PASS: password, AWS_CA_BUNDLE: "" },
  });
  try {
    const base = await addressOf(program);
    const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
    return { generation, program, isOver: false, ...sessionOf(base, authorization) };
  } catch (thrown) {
    program.kill();
    throw thrown;
  }
}

/** The address in its first lines. */
async function addressOf(program: ProgramStream): Promise<string> {
  let isOver = false;
  const end = () => {
    isOver = true;
  };
  program.finished.then(end, end);
  for (let waitedMs = 0; waitedMs < startTimeoutMs && !isOver; waitedMs += pollMs) {
    const found = announcement.exec(program.stderr())?.[1];
    if (found !== undefined) return found;
    await Bun.sleep(pollMs);
  }
  throw new AppError("unavailable", "rclone did not start.", { cause: new Error(program.stderr()) });
}

function sessionOf(base: string, authorization: string): Pick<Session, "call" | "get"> {
  const request = async (path: string, init: RequestInit, options: CallOptions): Promise<Response> => {
    const controller = new AbortController();
    const expire = () => controller.abort(new RemoteOffline("timed-out"));
    const timer = options.timeoutMs === Infinity ? undefined : setTimeout(expire, options.timeoutMs);
    const signal =
      options.signal === undefined ? controller.signal : AbortSignal.any([controller.signal, options.signal]);
    try {
      // The runtime's own limit of five minutes would end a long copy.
      return await fetch(`${base}${path}`, { ...init, signal, redirect: "error", ...{ timeout: false } });
    } catch (thrown) {
      if (controller.signal.aborted) throw controller.signal.reason;
      if (options.signal?.aborted === true) throw cancelled(options.signal.reason);
      throw new AppError("unavailable", "The program that reaches other servers ended; try again.", { cause: thrown });
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    call: async (command, input, options) => {
      const headers = { authorization, "content-type": "application/json" };
      const response = await request(command, { method: "POST", headers, body: JSON.stringify(input) }, options);
      const text = await readText(response);
      const answer: unknown = text === "" ? {} : JSON.parse(text);
      if (response.ok) return answer;
      throw remoteErrorOf(errorText(answer));
    },
    get: (path, headers, options) => request(path, { headers: { ...headers, authorization } }, options),
  };
}

function cancelled(reason: unknown): AppError {
  return reason instanceof AppError ? reason : new AppError("unavailable", "It was cancelled.", { cause: reason });
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of response.body ?? []) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > maxAnswerBytes) throw new AppError("too-large", "This folder has too many entries to be listed.");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function errorText(answer: unknown): string {
  const isRecord = typeof answer === "object" && answer !== null && "error" in answer;
  return isRecord ? String(answer.error) : "no answer";
}
