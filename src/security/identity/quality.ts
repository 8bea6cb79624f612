import { Worker } from "node:worker_threads";
import { inTime } from "#platform/clock";
import { AppError } from "#platform/errors";
import type { PasswordQuality } from "./contract.ts";

/** What a password is worth; `words` are those that somebody would guess first, as the person's names. */
export type PasswordCheck = (password: string, words: readonly string[]) => Promise<PasswordQuality>;

export interface QualityQuestion {
  readonly id: number;
  readonly password: string;
  readonly words: readonly string[];
}

export interface QualityAnswer {
  readonly id: number;
  readonly score: 0 | 1 | 2 | 3 | 4;
  readonly warning: string | null;
  readonly suggestions: string[];
}

/** "Safely unguessable" in zxcvbn's words: out of reach also for somebody who tries slow hashes at home. */
const goodScore = 3;
const maxWaiting = 20;
const timeoutMs = 10_000;
/** The dictionaries take some 80 MB, so they stay only while somebody is choosing a password. */
const defaultIdleMs = 20_000;

/**
 * zxcvbn on a thread of its own, which starts with the first question and ends when nobody has asked for a while. Throws
 * `too-many-requests` when too many wait, `unavailable` when no answer comes.
 */
export function createPasswordCheck(idleMs = defaultIdleMs): PasswordCheck {
  const waiting = new Map<number, (answer: QualityAnswer | Error) => void>();
  let worker: Worker | undefined;
  let idle: ReturnType<typeof setTimeout> | undefined;
  let lastId = 0;

  const end = (reason?: Error): void => {
    void worker?.terminate();
    worker = undefined;
    for (const settle of waiting.values()) settle(reason ?? new Error("the check ended"));
    waiting.clear();
  };
  const begin = (): Worker => {
    const started = new Worker(new URL("./quality-worker.ts", import.meta.url));
    started.unref();
    started.on("message", (answer: QualityAnswer) => waiting.get(answer.id)?.(answer));
    started.on("error", end);
    return started;
  };
  const ask = (password: string, words: readonly string[]): Promise<QualityAnswer> => {
    const { promise, resolve, reject } = Promise.withResolvers<QualityAnswer>();
    const id = ++lastId;
    waiting.set(id, (answer) => (answer instanceof Error ? reject(answer) : resolve(answer)));
    worker ??= begin();
    worker.postMessage({ id, password, words } satisfies QualityQuestion);
    return inTime(promise, timeoutMs, () => new Error(`no answer within ${timeoutMs} ms`)).finally(() =>
      waiting.delete(id),
    );
  };
  return async (password, words) => {
    if (waiting.size >= maxWaiting) throw new AppError("too-many-requests", "Too many ask at once; try again.");
    clearTimeout(idle);
    try {
      const { score, warning, suggestions } = await ask(password, words);
      return { score, good: score >= goodScore, warning, suggestions };
    } catch (cause) {
      end();
      throw new AppError("unavailable", "The password could not be checked. Try again.", { cause });
    } finally {
      clearTimeout(idle);
      // Others may still wait for the answer that the thread is working on.
      if (waiting.size === 0) {
        idle = setTimeout(end, idleMs);
        idle.unref();
      }
    }
  };
}

/** Throws `bad-request` that says why a password is too easy. */
export async function requireGoodPassword(
  check: PasswordCheck,
  password: string,
  words: readonly string[],
): Promise<void> {
  const quality = await check(password, words);
  if (quality.good) return;
  throw new AppError("bad-request", `This password is too easy to guess. ${adviceOf(quality)}`);
}

export function adviceOf({ warning, suggestions }: PasswordQuality): string {
  const sentences = [warning, ...suggestions].filter((sentence) => sentence !== null);
  return sentences.length === 0 ? "Use three or four words that have nothing to do with you." : sentences.join(" ");
}
