import { inTime } from "#platform/clock";
import type { ConfigFinding } from "./findings.ts";
import type { Config } from "./schema.ts";

/** A part of the program that lives by the configuration. */
export interface ConfigSubscriber {
  readonly name: string;
  /** Looks at a new configuration and changes nothing; any finding refuses it for all. */
  verify(next: Config, current: Config): Promise<readonly ConfigFinding[]> | readonly ConfigFinding[];
  /** Takes the new configuration over, or says that only a restart can. */
  commit(next: Config, current: Config): Promise<CommitAnswer> | CommitAnswer;
}

export type CommitAnswer = "applied" | "restart-needed";

export type ChangeOutcome =
  | { readonly outcome: "refused"; readonly findings: readonly ConfigFinding[] }
  | {
      readonly outcome: "committed";
      /** Names of the subscribers that keep the old configuration until a restart. */
      readonly restartNeeded: readonly string[];
      /** What went wrong while taking over; these subscribers also stand in `restartNeeded`. */
      readonly failures: readonly ConfigFinding[];
    };

interface Change {
  readonly current: Config;
  readonly next: Config;
  readonly subscribers: readonly ConfigSubscriber[];
  /** For each subscriber and step. */
  readonly timeoutMs: number;
}

/** Two steps: every subscriber verifies; only when none objects do all commit, in order, whatever one of them does. */
export async function changeConfig({ current, next, subscribers, timeoutMs }: Change): Promise<ChangeOutcome> {
  const late = () => new Error(`no answer within ${timeoutMs} ms`);
  const verdicts = subscribers.map(async (subscriber) => {
    try {
      return await inTime((async () => subscriber.verify(next, current))(), timeoutMs, late);
    } catch (cause) {
      return [failure(subscriber, "could not check the change", cause)];
    }
  });
  const findings = (await Promise.all(verdicts)).flat();
  if (findings.length > 0) return { outcome: "refused", findings };

  const restartNeeded: string[] = [];
  const failures: ConfigFinding[] = [];
  for (const subscriber of subscribers) {
    try {
      const answer = await inTime((async () => subscriber.commit(next, current))(), timeoutMs, late);
      if (answer === "restart-needed") restartNeeded.push(subscriber.name);
    } catch (cause) {
      restartNeeded.push(subscriber.name);
      failures.push(failure(subscriber, "could not take the change over", cause));
    }
  }
  return { outcome: "committed", restartNeeded, failures };
}

function failure(subscriber: ConfigSubscriber, what: string, cause: unknown): ConfigFinding {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return { path: subscriber.name, line: 0, column: 0, message: `${what}: ${reason}` };
}
