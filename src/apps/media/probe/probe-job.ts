import type { Item, LibraryReader, ProbedItem } from "#apps/media/library";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import { createRounds, handleJob, type JobContext, type JobHandler, type Jobs } from "#platform/jobs";
import type { Storage } from "#storage/primary";
import { Broken } from "./broken.ts";
import { mediaProbe } from "./jobs.ts";
import { probeFile, type FileToProbe, type ProbeDeps } from "./probe-file.ts";
import { type FactsRows, type Finding, probedKinds } from "./repository.ts";

/** What is asked of the libraries. */
export interface ProbedLibrary extends Pick<LibraryReader, "item" | "libraries"> {
  /** Identity of the content of an item; read when it is not known yet. */
  contentKey(itemId: number): Promise<string>;
  /** Reads the identity of many at once, where it is not known. */
  readKeys(itemIds: readonly number[]): Promise<void>;
  /** Notes what came of looking into files, and tells it. */
  setProbed(results: readonly ProbedItem[]): void;
}

export interface ProbeJobDeps extends ProbeDeps {
  readonly storage: Pick<Storage, "open">;
  readonly db: Db;
  readonly rows: FactsRows;
  readonly library: ProbedLibrary;
  readonly enqueue: Jobs["enqueue"];
  /** Somebody watches something. */
  readonly playing: () => boolean;
}

export type LookDeps = Omit<ProbeJobDeps, "enqueue" | "playing">;

/** Files looked into at a time. */
const atOnce = 2;
const batchSize = 32;
/** So long nothing is looked into after each file while somebody watches. */
const courtesyMs = 500;
/** More than this is written, or so long it was waited: a transaction. */
const flushAfterMs = 500;

export interface Result {
  readonly item: Item;
  readonly contentKey: string;
  readonly finding: Finding;
  /** It was known from another file with the same content. */
  readonly isKnown: boolean;
}

/** Looks into files in the background, in order, and goes on where it was after a restart. */
export function createProbeJob(deps: ProbeJobDeps) {
  const { rows, library, enqueue } = deps;
  const rounds = createRounds(() => enqueue(mediaProbe, {}));

  const look = async (item: Item, signal: AbortSignal): Promise<Result | undefined> => {
    try {
      return await lookInto(deps, item, signal);
    } catch (thrown) {
      // Its disk went away, or it was deleted: whoever told of the file will tell of that too.
      if (thrown instanceof AppError && !signal.aborted) return undefined;
      throw thrown;
    }
  };

  /** `isToKeep`: what came of looking into an item is written down. */
  const pass = async (
    context: JobContext,
    ids: (afterId: number) => number[],
    counter: Counter,
    isToKeep: (result: Result) => boolean = () => true,
  ): Promise<void> => {
    let results: Result[] = [];
    let flushedAt = performance.now();
    const flush = () => {
      keep(deps, results);
      results = [];
      flushedAt = performance.now();
    };
    try {
      for (let after = 0; ;) {
        const batch = ids(after);
        const last = batch.at(-1);
        if (last === undefined) return;
        after = last;
        // While somebody watches each is read in its own time.
        if (!deps.playing()) await library.readKeys(batch);
        await inParallel(batch, atOnce, async (id) => {
          context.signal.throwIfAborted();
          const item = library.item(id);
          if (item !== undefined && item.state !== "away" && item.state !== "gone") {
            const result = await look(item, context.signal);
            if (result !== undefined && isToKeep(result)) results.push(result);
          }
          counter.step(context);
          if (results.length >= batchSize || performance.now() - flushedAt > flushAfterMs) flush();
          if (deps.playing()) await Bun.sleep(courtesyMs);
        });
      }
    } finally {
      flush();
    }
  };

  const parts = () =>
    library
      .libraries()
      .filter(({ isOn }) => isOn)
      .flatMap(({ id }) => probedKinds.map((kind) => ({ id, kind })));
  const foundCount = () => parts().reduce((sum, { id, kind }) => sum + rows.foundCount(id, kind), 0);

  const passAll = async (context: JobContext): Promise<void> => {
    const counter = createCounter(foundCount());
    for (const { id, kind } of parts()) {
      await pass(context, (after) => rows.found(id, kind, after, batchSize), counter);
    }
    // What was read before and could not be read again, as on a disk that was slow, goes on with what is known of it.
    const isKnownAnyhow = ({ contentKey, finding }: Result) =>
      "reason" in finding && rows.facts(contentKey) !== undefined;
    await pass(
      context,
      (after) => rows.outdated(after, batchSize),
      counter,
      (result) => !isKnownAnyhow(result),
    );
  };

  const handler: JobHandler = handleJob(mediaProbe, (context) => rounds.run(() => passAll(context)));

  return {
    handler,
    hasWork: (): boolean => foundCount() > 0 || rows.outdated(0, 1).length > 0,
    /** There are files to look into. */
    wake: rounds.wake,
  };
}

/** Undefined for what cannot be looked into now, as it changes. */
export async function lookInto(deps: LookDeps, item: Item, signal?: AbortSignal): Promise<Result | undefined> {
  if (item.kind === "sidecar") return undefined;
  const contentKey = item.contentKey ?? (await deps.library.contentKey(item.id));
  const known = deps.rows.finding(contentKey);
  if (known !== undefined) return { item, contentKey, finding: known, isKnown: true };
  const file = deps.storage.open(item.nodeId);
  try {
    if (file.node.etag !== item.etag) return undefined;
    const { fd, sizeBytes } = file;
    const finding = await find(deps, { fd, sizeBytes, name: file.node.name, kind: item.kind }, signal);
    return { item, contentKey, finding, isKnown: false };
  } finally {
    file.close();
  }
}

async function find(deps: ProbeDeps, file: FileToProbe, signal?: AbortSignal): Promise<Finding> {
  try {
    return { facts: await probeFile(deps, file, signal === undefined ? {} : { signal }) };
  } catch (thrown) {
    if (thrown instanceof Broken) return { reason: thrown.message };
    if (thrown instanceof AppError || signal?.aborted === true) throw thrown;
    // No file, whatever is in it, keeps the others from being read.
    return { reason: "The file makes the program that reads it fail: it is damaged." };
  }
}

/** Writes down what was found and tells the library. */
export function keep({ db, rows, library }: LookDeps, results: readonly Result[]): void {
  if (results.length === 0) return;
  db.transaction(() => {
    for (const { contentKey, finding, isKnown } of results) if (!isKnown) rows.keep(contentKey, finding);
  });
  library.setProbed(
    results.map(({ item: { id: itemId, etag }, finding }) =>
      "facts" in finding
        ? { itemId, etag, state: "ready", reason: null }
        : { itemId, etag, state: "broken", reason: finding.reason },
    ),
  );
}

type Counter = ReturnType<typeof createCounter>;

function createCounter(total: number) {
  let done = 0;
  return {
    step: ({ progress }: JobContext) => {
      done += 1;
      progress(done, Math.max(total, done));
    },
  };
}

/** Works through a list, so many at a time. The first failure ends it when those under way have ended. */
async function inParallel<T>(list: readonly T[], count: number, work: (one: T) => Promise<void>): Promise<void> {
  const rest = list.values();
  let failure: { readonly thrown: unknown } | undefined;
  const lane = async () => {
    for (const one of rest) {
      if (failure !== undefined) return;
      await work(one).catch((thrown: unknown) => {
        failure ??= { thrown };
      });
    }
  };
  await Promise.all(Array.from({ length: count }, lane));
  if (failure !== undefined) throw failure.thrown;
}
