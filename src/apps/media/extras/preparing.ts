import type { Item } from "#apps/media/library";
import type { MediaFacts } from "#apps/media/probe";
import type { Clock } from "#platform/clock";
import { AppError } from "#platform/errors";
import type { Logger } from "#platform/log";
import type { Failure, Preparing } from "./contract.ts";
import type { ExtraFiles } from "./files.ts";
import { hasStyled } from "./make-fonts.ts";
import type { Making, Pass } from "./making.ts";
import type { ExtraRows } from "./repository.ts";

interface PreparingDeps {
  readonly rows: ExtraRows;
  readonly files: Pick<ExtraFiles, "path">;
  readonly making: Pick<Making, "ensureNow" | "pass">;
  readonly facts: (item: Item) => MediaFacts | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

/** For so long a failure is an answer; whoever asks later has it tried again. */
const freshMs = 10 * 60_000;
/** What failed before anything was read is remembered of so many files. */
const maxRefused = 200;
/** From here on the pace says something. */
const paceMs = 2_000;

/** Takes the subtitles out of a film for somebody who wants one, who asks again and again how far that is. */
export function createPreparing({ rows, files, making, facts, clock, log }: PreparingDeps) {
  const refused = new Map<string, { readonly why: Failure; readonly atMs: number }>();

  const failureOf = (contentKey: string): Failure | undefined => {
    const failure = refused.get(contentKey) ?? rows.failure(contentKey, "subtitles");
    return failure !== undefined && clock.now() - failure.atMs < freshMs ? failure.why : undefined;
  };
  /** With the fonts that they are drawn with. What is lost from the disk is forgotten, so that it is made again. */
  const isReady = async (contentKey: string, known: MediaFacts): Promise<boolean> => {
    const taken = rows.get(contentKey, "subtitles");
    if (taken == null) return false;
    for (const { file } of taken) {
      if (await Bun.file(files.path(contentKey, file)).exists()) continue;
      rows.forget(contentKey, "subtitles");
      return false;
    }
    return (
      !hasStyled(known) ||
      rows.get(contentKey, "fonts") !== undefined ||
      rows.failure(contentKey, "fonts") !== undefined
    );
  };
  const start = async (item: Item, contentKey: string): Promise<void> => {
    refused.delete(contentKey);
    try {
      await making.ensureNow(item, "subtitles");
      // Does nothing where no subtitle has looks of its own.
      if (rows.get(contentKey, "subtitles") != null) await making.ensureNow(item, "fonts");
    } catch (thrown) {
      log[thrown instanceof AppError ? "debug" : "error"]("subtitles are put off", { item: item.id, cause: thrown });
      for (const [oldest] of refused) if (refused.size >= maxRefused) refused.delete(oldest);
      refused.set(contentKey, { why: "away", atMs: clock.now() });
    }
  };
  const viewOf = (pass: Pass | undefined, totalBytes: number): Preparing => {
    const doneBytes = pass?.doneBytes() ?? null;
    const tookMs = pass?.startedAtMs == null ? 0 : clock.now() - pass.startedAtMs;
    const isPaced = doneBytes !== null && doneBytes > 0 && tookMs >= paceMs;
    const leftMs = isPaced ? Math.round((tookMs * Math.max(0, totalBytes - doneBytes)) / doneBytes) : null;
    return { state: pass?.startedAtMs == null ? "waiting" : "running", doneBytes, totalBytes, leftMs, why: null };
  };

  return {
    failureOf,
    /** Begins what is not there yet, unless it failed a moment ago and is not wanted anew. One pass for all who ask. Never waits for it. */
    prepare: async (item: Item, isAnew: boolean): Promise<Preparing> => {
      const known = facts(item);
      const { contentKey, sizeBytes: totalBytes } = item;
      if (known === undefined || contentKey === null)
        throw new AppError("unavailable", "This film was not looked into yet; try again in a moment.");
      const pass = making.pass(item, "subtitles");
      if (pass !== undefined) return viewOf(pass, totalBytes);
      const over = { doneBytes: null, totalBytes, leftMs: null };
      if (await isReady(contentKey, known)) return { state: "ready", ...over, why: null };
      const why = isAnew ? undefined : failureOf(contentKey);
      if (why !== undefined) return { state: "failed", ...over, why };
      void start(item, contentKey);
      return viewOf(making.pass(item, "subtitles"), totalBytes);
    },
  };
}

export type Preparation = ReturnType<typeof createPreparing>;
