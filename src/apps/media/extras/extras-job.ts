import type { Item, LibraryReader } from "#apps/media/library";
import { AppError } from "#platform/errors";
import { createRounds, handleJob, type JobContext, type JobHandler, type Jobs } from "#platform/jobs";
import type { ExtraFiles } from "./files.ts";
import { mediaExtras } from "./jobs.ts";
import { type Making, plan } from "./making.ts";
import type { ExtraRows } from "./repository.ts";

interface ExtrasJobDeps {
  readonly library: Pick<LibraryReader, "item" | "libraries" | "library">;
  readonly rows: ExtraRows;
  readonly files: ExtraFiles;
  readonly making: Making;
  readonly enqueue: Jobs["enqueue"];
  readonly playing: () => boolean;
}

const batchSize = 20;
const waitStepMs = 2_000;
/** New files come in swarms: what is made of them waits until most are known. */
const settleMs = 5_000;

/** Makes what is missing in the background, one thing at a time, while nobody watches. */
export function createExtrasJob(deps: ExtrasJobDeps) {
  const { library, rows, files, making, enqueue, playing } = deps;
  const rounds = createRounds(() => enqueue(mediaExtras, {}, { delayMs: settleMs }));
  let last: Promise<unknown> = Promise.resolve();

  const untilIdle = async (signal: AbortSignal) => {
    while (playing() && !signal.aborted) await Bun.sleep(waitStepMs);
    signal.throwIfAborted();
  };
  /** Never two at a time, whoever asks for them. */
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
  const makeOne = async (item: Item, kind: (typeof plan)[number]["kind"], { signal, log }: JobContext) => {
    await untilIdle(signal);
    await inTurn(async () => {
      try {
        await making.ensure(item, kind, { signal });
      } catch (thrown) {
        if (signal.aborted) throw thrown;
        // Its disk is away, or it changes: it is found again when that is over. Anything else is of this file alone: others go on.
        const level = thrown instanceof AppError ? "debug" : "error";
        log[level]("an extra was put off", { kind, item: item.id, cause: thrown });
      }
    });
  };

  const ofItem = async (context: JobContext, itemId: number): Promise<void> => {
    const item = library.item(itemId);
    const kind = item && library.library(item.libraryId)?.kind;
    if (item?.state !== "ready" || kind === undefined) return;
    const steps = plan.filter((step) => step.of === item.kind && step.in.includes(kind));
    for (const [at, step] of steps.entries()) {
      await makeOne(item, step.kind, context);
      context.progress(at + 1, steps.length);
    }
  };
  const ofAll = async (context: JobContext): Promise<void> => {
    let done = 0;
    for (const step of plan) {
      for (const { id: libraryId, kind, isOn } of library.libraries()) {
        if (!isOn || !step.in.includes(kind)) continue;
        for (let after = 0; ;) {
          const ids = rows.missing(libraryId, step.of, step.kind, after, batchSize);
          for (const id of ids) {
            const item = library.item(id);
            if (item?.state === "ready") await makeOne(item, step.kind, context);
            context.progress((done += 1), done + ids.length);
          }
          const highest = ids.at(-1);
          if (highest === undefined) break;
          after = highest;
        }
      }
    }
    sweep(context.signal);
  };
  const sweep = (signal: AbortSignal) => {
    for (let keys = rows.orphans(batchSize); keys.length > 0 && !signal.aborted; keys = rows.orphans(batchSize)) {
      for (const key of keys) {
        files.forget(key);
        rows.forget(key);
      }
    }
  };

  const handler: JobHandler = handleJob(mediaExtras, async (context, { itemId }) => {
    if (itemId !== undefined) return ofItem(context, itemId);
    await rounds.run(() => ofAll(context));
  });

  return {
    handler,
    wake: rounds.wake,
    makeFirst: (itemId: number): void => void enqueue(mediaExtras, { itemId }, { dedupeKey: `item ${itemId}` }),
    hasWork: (): boolean =>
      plan.some((step) =>
        library
          .libraries()
          .some(
            ({ id, kind, isOn }) =>
              isOn && step.in.includes(kind) && rows.missing(id, step.of, step.kind, 0, 1).length > 0,
          ),
      ),
  };
}
