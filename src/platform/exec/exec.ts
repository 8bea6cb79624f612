import { childEnvironment } from "#platform/config";
import { type Clock, inTime } from "#platform/clock";
import { AppError, toAppError } from "#platform/errors";
import type { Logger } from "#platform/log";
import { type Child, type ChildOptions, spawnChild } from "./child.ts";

export interface RunOptions extends ChildOptions {
  readonly maxOutputBytes: number;
}
export type StreamOptions = ChildOptions;

export interface RunResult {
  /** 128 + signal when a signal that was not ours ended it. */
  readonly exitCode: number;
  readonly stdout: Uint8Array;
  /** The last 16 KiB. */
  readonly stderr: string;
}

export interface ProgramStream {
  /**
   * Not reading holds the program back (its pipe fills). Cancelling ends the program. Errors when the program was ended or
   * its exit code is not 0, so half an output never looks whole.
   */
  readonly stdout: ReadableStream<Uint8Array>;
  /** Throws AppError when the program was ended by us. */
  readonly finished: Promise<Omit<RunResult, "stdout">>;
  /** The last part of what it has written to stderr so far, as a daemon that says where it listens. */
  stderr(): string;
  /** Holds the program where it is, or lets it go on. Its time-out runs on. */
  pause(isPaused: boolean): void;
  /** Ends the program. */
  kill(): void;
}

export interface Exec {
  /** Runs a program to its end. `argv[0]` is found on the PATH; there is no shell. A failing exit code is an answer, not an error. */
  run(argv: readonly string[], options: RunOptions): Promise<RunResult>;
  /** Starts a program whose output is read while it runs. */
  stream(argv: readonly string[], options: StreamOptions): ProgramStream;
  /** Absolute path of a program, or null when it is not installed. */
  which(program: string): string | null;
  /** How many programs run now. */
  running(): number;
  /** Ends every program and starts none any more. Resolves when all are gone. */
  stopAll(): Promise<void>;
}

interface ExecDeps {
  readonly log: Logger;
  readonly clock: Clock;
  /** What children inherit; our own environment without HEARTH_* when absent. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The one place that starts programs. Every child has a time-out and an owner: this. */
export function createExec({ log, clock, env = childEnvironment() }: ExecDeps): Exec {
  const children = new Set<Child>();
  let stopping = false;

  const start = (argv: readonly string[], options: ChildOptions): Child => {
    if (stopping) throw stoppedError();
    const startedAtMs = clock.now();
    const child = spawnChild(argv, options, { log, env });
    children.add(child);
    const end = () => {
      children.delete(child);
      log.debug("program took", { program: child.program, tookMs: clock.now() - startedAtMs });
    };
    child.exited.then(end, end);
    return child;
  };

  return {
    run: (argv, options) => collect(start(argv, options), options.maxOutputBytes),
    stream: (argv, options) => streamOf(start(argv, options), options.maxOutputBytes),
    which: (program) => Bun.which(program, { PATH: env["PATH"] ?? "" }),
    running: () => children.size,
    stopAll: async () => {
      stopping = true;
      for (const child of children) child.kill(stoppedError());
      await Promise.allSettled([...children].map((child) => child.exited));
    },
  };
}

const stoppedError = () => new AppError("unavailable", "The server is stopping.");
const tooMuch = (program: string) => new AppError("too-large", `${program} gave more output than expected.`);

/** After its end a program's output is in the pipe; whoever else holds the pipe open for longer is not waited for. */
const drainMs = 2000;

async function collect(child: Child, maxOutputBytes: number): Promise<RunResult> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  const reader = child.stdout.getReader();
  const drain = async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      sizeBytes += value.byteLength;
      if (sizeBytes > maxOutputBytes) throw tooMuch(child.program);
      chunks.push(value);
    }
  };
  let broken: unknown;
  const drained = drain().catch((thrown: unknown) => {
    broken = thrown;
    child.kill(toAppError(thrown));
  });
  try {
    const exitCode = await child.exited;
    await inTime(drained, drainMs, () => new AppError("unavailable", `${child.program} left its output open.`));
    if (broken !== undefined) throw toAppError(broken);
    return { exitCode, stdout: Buffer.concat(chunks), stderr: child.stderr() };
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

/** Never resolves; rejects when the other does. */
function rejected(other: Promise<unknown>): Promise<never> {
  return new Promise((_, reject) => void other.catch(reject));
}

function streamOf(child: Child, maxOutputBytes = Infinity): ProgramStream {
  const reader = child.stdout.getReader();
  const broken = rejected(child.exited);
  // Nobody may be reading when the program ends.
  broken.catch(() => undefined);
  let sizeBytes = 0;
  const stdout = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const { done, value } = await Promise.race([reader.read(), broken]);
        if (!done) {
          sizeBytes += value.byteLength;
          if (sizeBytes > maxOutputBytes) child.kill(tooMuch(child.program));
          else return controller.enqueue(value);
        }
        const exitCode = await child.exited;
        if (exitCode !== 0) throw failed(child, exitCode);
        controller.close();
      },
      cancel: async () => {
        child.kill(new AppError("unavailable", `The reader of ${child.program} went away.`));
        await reader.cancel();
      },
    },
    { highWaterMark: 0 },
  );
  const finished = child.exited.then((exitCode) => ({ exitCode, stderr: child.stderr() }));
  finished.catch(() => undefined);
  return {
    stdout,
    finished,
    stderr: child.stderr,
    pause: child.pause,
    kill: () => child.kill(new AppError("unavailable", `${child.program} was ended.`)),
  };
}

function failed(child: Child, exitCode: number): AppError {
  return new AppError("internal", `${child.program} failed.`, {
    cause: new Error(`exit code ${exitCode}: ${child.stderr()}`),
  });
}
