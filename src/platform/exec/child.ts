import { constants, setPriority } from "node:os";
import process from "node:process";
import { inTime } from "#platform/clock";
import { AppError, errnoOf } from "#platform/errors";
import type { Logger } from "#platform/log";
import { installLine } from "./tools.ts";

/** What a program may take of the machine (setrlimit(2)); one that takes more fails, and leaves no core dump. */
export interface ChildLimits {
  /** Memory of its own: heap, stacks and what it maps for itself (RLIMIT_DATA), not what it reserves and never touches. */
  readonly memoryBytes: number;
  /** Of the processor, on all cores together. */
  readonly cpuSeconds?: number;
  /** Of each file that it writes. */
  readonly fileBytes?: number;
  readonly openFiles?: number;
}

export interface ChildOptions {
  /** For the whole life of the child; then it is killed. `Infinity` for a daemon that lives as long as whoever started it. */
  readonly timeoutMs: number;
  /** Bytes of stdout after which the child is killed and the call fails. */
  readonly maxOutputBytes?: number;
  readonly stdin?: Uint8Array | ReadableStream<Uint8Array>;
  /** Added to the environment that children inherit. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly signal?: AbortSignal;
  /** 0 (normal) to 19 (only when nothing else wants the processor). */
  readonly niceness?: number;
  readonly limits?: ChildLimits;
  /** Lives on when this program is killed, and the next start of it cleans up: for what carries connections, as a VPN. */
  readonly outlivesUs?: boolean;
}

export interface Child {
  readonly program: string;
  readonly stdout: ReadableStream<Uint8Array>;
  /** The last part of what was written to stderr; complete when `exited` has resolved. */
  stderr(): string;
  /** Exit code, 128 + signal when a signal ended it. Throws AppError when we ended it, whatever the code was. */
  readonly exited: Promise<number>;
  /** Holds the child and everything it started where they are, or lets them go on. Its time-out runs on. */
  pause(isPaused: boolean): void;
  /** Ends the child and everything it started: first asked, then forced. The first reason counts. */
  kill(reason: AppError): void;
}

interface SpawnDeps {
  readonly log: Logger;
  readonly env: Readonly<Record<string, string>>;
}

/** How long a child may clean up after it was asked to end. */
const killGraceMs = 1000;
const maxStderrBytes = 16 * 1024;
const maxTimerMs = 2 ** 31 - 1;

/** Starts a program in a process group of its own. Throws AppError when it is missing, naming the package that has it. */
export function spawnChild(argv: readonly string[], options: ChildOptions, deps: SpawnDeps): Child {
  const program = argv[0] ?? "";
  if (options.signal?.aborted) throw cancelled(program, options.signal.reason);
  const subprocess = launch(argv, options, { ...deps.env, ...options.env });
  if (options.niceness !== undefined) lowerPriority(subprocess.pid, options.niceness);

  let ended = false;
  let killedFor: AppError | undefined;
  let forceTimer: ReturnType<typeof setTimeout> | undefined;
  const kill = (reason: AppError) => {
    if (ended || killedFor !== undefined) return;
    killedFor = reason;
    signalGroup(subprocess.pid, "SIGTERM");
    // Whoever is held cannot hear that it is asked.
    signalGroup(subprocess.pid, "SIGCONT");
    forceTimer = setTimeout(() => signalGroup(subprocess.pid, "SIGKILL"), killGraceMs);
  };
  const late = () => kill(new AppError("unavailable", `${program} did not end within ${options.timeoutMs / 1000} s.`));
  const timer = options.timeoutMs === Infinity ? undefined : setTimeout(late, Math.min(options.timeoutMs, maxTimerMs));
  const onAbort = () => kill(cancelled(program, options.signal?.reason));
  options.signal?.addEventListener("abort", onAbort, { once: true });

  const stderr = collectTail(subprocess.stderr, maxStderrBytes);
  const settle = async (): Promise<number> => {
    const code = await subprocess.exited;
    ended = true;
    // What it left running in its group has no owner any more.
    signalGroup(subprocess.pid, "SIGKILL");
    // A grandchild may hold stderr open for as long as it lives; its last words are not worth the wait.
    await inTime(stderr.ended, killGraceMs, () => new Error("stderr is held open")).catch(() => undefined);
    stderr.cancel();
    clearTimeout(timer);
    clearTimeout(forceTimer);
    options.signal?.removeEventListener("abort", onAbort);
    if (killedFor !== undefined) throw killedFor;
    deps.log.debug("program ended", { program, exitCode: code });
    return subprocess.signalCode === null
      ? code
      : 128 + (constants.signals[subprocess.signalCode as NodeJS.Signals] ?? 0);
  };
  const exited = settle();
  // Whoever only reads stdout must not bring the process down by not looking at this.
  exited.catch(() => undefined);
  const pause = (isPaused: boolean) => {
    if (!ended && killedFor === undefined) signalGroup(subprocess.pid, isPaused ? "SIGSTOP" : "SIGCONT");
  };
  return { program, stdout: subprocess.stdout, stderr: stderr.text, exited, pause, kill };
}

function launch(argv: readonly string[], options: ChildOptions, env: Record<string, string>) {
  const [program = "", ...rest] = argv;
  const path = program.includes("/") ? program : Bun.which(program, { PATH: env["PATH"] ?? "" });
  if (path === null) throw missing(program);
  const before = [...(options.outlivesUs === true ? [] : boundToUs(env)), ...limited(options.limits, env)];
  try {
    return Bun.spawn([...before, path, ...rest], {
      stdin: options.stdin ?? "ignore",
      stdout: "pipe",
      stderr: "pipe",
      env,
      cwd: options.cwd,
      detached: true,
    });
  } catch (cause) {
    if (errnoOf(cause) === "ENOENT" && options.cwd === undefined) throw missing(program);
    throw new AppError("unavailable", `${program} could not be started.`, { cause });
  }
}

/**
 * The kernel ends the program when we are killed (PR_SET_PDEATHSIG, prctl(2)), however it is held: a pipe that breaks is noticed only by
 * whoever writes. Without setpriv, which is in every Debian, it lives to its own end.
 */
function boundToUs(env: Readonly<Record<string, string>>): readonly string[] {
  const setpriv = Bun.which("setpriv", { PATH: env["PATH"] ?? "" });
  return setpriv === null ? [] : [setpriv, "--pdeathsig", "KILL", "--"];
}

/** A program that reads what nobody vouches for does not start without its limits. */
function limited(limits: ChildLimits | undefined, env: Readonly<Record<string, string>>): readonly string[] {
  if (limits === undefined) return [];
  const prlimit = Bun.which("prlimit", { PATH: env["PATH"] ?? "" });
  if (prlimit === null) throw missing("prlimit");
  const { memoryBytes, cpuSeconds, fileBytes, openFiles } = limits;
  const given = Object.entries({ data: memoryBytes, cpu: cpuSeconds, fsize: fileBytes, nofile: openFiles, core: 0 });
  return [
    prlimit,
    ...given.flatMap(([name, most]) => (most === undefined ? [] : [`--${name}=${Math.ceil(most)}`])),
    "--",
  ];
}

function missing(program: string): AppError {
  const install = installLine(program);
  const remedy = install === undefined ? "" : ` Install it: ${install}`;
  return new AppError("unavailable", `The program ${program} is not installed.${remedy}`, { retryable: false });
}

function cancelled(program: string, reason: unknown): AppError {
  return new AppError("unavailable", `${program} was cancelled.`, { cause: reason });
}

/** The child leads its group, so this reaches its children too. Gone already is fine. */
function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (thrown) {
    if (errnoOf(thrown) !== "ESRCH") throw thrown;
  }
}

/** The child may have ended before we reach it. */
function lowerPriority(pid: number, niceness: number): void {
  try {
    setPriority(pid, niceness);
  } catch (thrown) {
    if (errnoOf(thrown) === undefined) throw thrown;
  }
}

interface Tail {
  readonly ended: Promise<void>;
  text(): string;
  cancel(): void;
}

/** Reads a stream to its end and keeps only the last `maxBytes` of it. */
function collectTail(stream: ReadableStream<Uint8Array>, maxBytes: number): Tail {
  const reader = stream.getReader();
  let tail = new Uint8Array(0);
  const pump = async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const joined = Buffer.concat([tail, value]);
      tail = joined.subarray(Math.max(0, joined.byteLength - maxBytes));
    }
  };
  const ended = pump().catch(() => undefined);
  return {
    ended,
    text: () => new TextDecoder().decode(tail),
    cancel: () => void reader.cancel().catch(() => undefined),
  };
}
