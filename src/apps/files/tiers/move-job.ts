import { z } from "zod";
import { AppError } from "#platform/errors";
import { handleJob, type JobContext, type JobHandler, type JobKind } from "#platform/jobs";
import type { Storage } from "#storage/primary";
import type { Clock } from "#platform/clock";
import { matches } from "./plan.ts";
import type { Counts, RunRow, Scope, TiersRepository } from "./repository.ts";
import { placementOf } from "./rules.ts";

/** One run: what the rules say, or content back. It goes on where it was after a restart, since what is done needs no doing. */
export const tiersMove = {
  name: "tiers.move",
  lane: "io",
  payload: z.object({ runId: z.int() }),
  maxAttempts: 50,
  timeoutMs: 14 * 86_400_000,
} satisfies JobKind;

/** Applies the rules at night when that is wanted, and removes content that nothing stands for. */
export const tiersNightly = {
  name: "tiers.nightly",
  lane: "io",
  payload: z.object({}),
  maxAttempts: 3,
  timeoutMs: 86_400_000,
} satisfies JobKind;

export interface MoveDeps {
  readonly storage: Storage;
  readonly repository: TiersRepository;
  readonly clock: Clock;
  /** Whether the person whose run it is may see the file; always true of a run of the server. */
  readonly isShown: (userId: number | undefined, nodeId: number) => boolean;
}

interface Item {
  readonly nodeId: number;
  readonly sizeBytes: number;
  /** The store it goes to; null for back to its volume. */
  readonly tier: string | null;
}

/** So many failures in a row mean that the store itself fails. */
const mostInARow = 5;
const atATime = 500;

export function moveHandler(deps: MoveDeps): JobHandler {
  return handleJob(tiersMove, async (context, { runId }) => {
    const run = deps.repository.run(runId);
    if (run !== undefined) await perform(deps, run, context);
  });
}

async function perform(deps: MoveDeps, run: RunRow, context: JobContext): Promise<void> {
  const { repository } = deps;
  const counts = { ...run, total_bytes: run.done_bytes, total_files: run.done_files };
  for await (const { sizeBytes } of itemsOf(deps, run)) {
    counts.total_bytes += sizeBytes;
    counts.total_files++;
  }
  repository.saveCounts(run.id, counts);
  let inARow = 0;
  for await (const item of itemsOf(deps, run)) {
    context.signal.throwIfAborted();
    const failure = await moveOne(deps, run, item, counts, context);
    inARow = failure === undefined ? 0 : inARow + 1;
    repository.saveCounts(run.id, counts);
    context.progress(counts.done_bytes, counts.total_bytes);
    if (failure !== undefined && (inARow >= mostInARow || failure.code === "disk-full")) throw failure;
  }
}

/** Counts what came of it; the error when the store or the disk is to blame. */
async function moveOne(
  deps: MoveDeps,
  run: RunRow,
  item: Item,
  counts: { -readonly [K in keyof Counts]: Counts[K] },
  { signal, log, progress }: JobContext,
): Promise<AppError | undefined> {
  const { storage, repository, clock } = deps;
  const startedAtMs = clock.now();
  const before = counts.done_bytes;
  const onBytes = (bytes: number) => {
    counts.done_bytes += bytes;
    progress(counts.done_bytes, counts.total_bytes);
  };
  // Somebody may have pinned it since the run began.
  const guard = () => {
    if (placementOf(repository.placements(), item.nodeId, storage.above(item.nodeId)).placement !== "auto")
      throw new AppError("conflict", "It was pinned meanwhile.");
  };
  try {
    if (item.tier === null) await storage.tiers.fetch(item.nodeId, { signal, onBytes });
    else await storage.tiers.moveOut(item.nodeId, item.tier, { signal, onBytes, guard });
    counts.done_bytes = before + item.sizeBytes;
    counts.done_files++;
    counts.busy_ms += clock.now() - startedAtMs;
    return undefined;
  } catch (error) {
    counts.done_bytes = before;
    counts.total_bytes -= item.sizeBytes;
    signal.throwIfAborted();
    if (!(error instanceof AppError)) throw error;
    if (error.code === "conflict" || error.code === "not-found") {
      counts.skipped_files++;
      return undefined;
    }
    counts.failed_files++;
    log.warn("content could not be moved", { runId: run.id, nodeId: item.nodeId, detail: error.detail });
    return error;
  }
}

async function* itemsOf(deps: MoveDeps, run: RunRow): AsyncGenerator<Item> {
  const scope = JSON.parse(run.scope) as Scope;
  const { storage, repository } = deps;
  if (run.act === "apply") {
    for await (const { file, rule } of matches(deps, repository.settings()))
      yield { nodeId: file.nodeId, sizeBytes: file.sizeBytes, tier: rule.tier };
    return;
  }
  for (let afterId = 0; ;) {
    const page = storage.tiers.pageAfter(afterId, atATime, scope.tier);
    const last = page.at(-1);
    if (last === undefined) return;
    afterId = last.nodeId;
    for (const { nodeId, sizeBytes } of page) {
      // In the trash it stays where it is.
      if (storage.node(nodeId) === undefined) continue;
      if (scope.nodeId !== undefined && scope.nodeId !== nodeId && !storage.above(nodeId).includes(scope.nodeId))
        continue;
      if (deps.isShown(scope.userId, nodeId)) yield { nodeId, sizeBytes, tier: null };
    }
    await new Promise((done) => setImmediate(done));
  }
}
