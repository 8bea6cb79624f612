import { join } from "node:path";
import { z } from "zod";
import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import { handleJob, type JobContext, type JobHandler, type JobKind } from "#platform/jobs";
import type { Person } from "#security/identity";
import { type OpenNextcloud, openNextcloud } from "./inspect.ts";
import { bringAppPasswords, bringGroups, type PeopleDeps, personFor, settlePerson } from "./people.ts";
import type { ImportsRepository, Run } from "./repository.ts";
import { bringFavorites, bringShares, type Household, type SharingDeps } from "./sharing.ts";
import type { SourcePerson } from "./source.ts";
import { type Tally, transferTree } from "./transfer.ts";

/** Brings over what an import was ordered to; begins again after a crash and passes over what is there. */
export const importRun = {
  name: "imports.run",
  lane: "io",
  payload: z.object({ runId: z.int() }),
  maxAttempts: 5,
  timeoutMs: 7 * 24 * 3600_000,
} satisfies JobKind;

export interface ImportJobDeps extends PeopleDeps, SharingDeps {
  readonly dataDir: string;
  readonly db: Db;
  readonly clock: Clock;
  readonly groups: PeopleDeps["groups"];
  readonly repository: ImportsRepository;
}

const writeEveryMs = 1_000;
const maxKeptFailures = 10_000;

export function importHandler(deps: ImportJobDeps): JobHandler {
  const { repository, clock, db } = deps;
  return handleJob(importRun, async (context, { runId }) => {
    const run = repository.find(runId);
    if (run === undefined || run.state !== "running") return;
    try {
      const { order } = run;
      const nextcloud = await openNextcloud(deps, order);
      try {
        await bring(deps, context, run, nextcloud);
      } finally {
        await nextcloud.source.close();
      }
      // Cancelled, or the server stops: then the queue runs it again after the start.
      context.signal.throwIfAborted();
      repository.update(runId, { state: "done", endedAtMs: clock.now() });
    } catch (thrown) {
      if (context.signal.aborted) throw thrown;
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      repository.update(runId, { reason, state: "failed", endedAtMs: clock.now() });
      throw thrown instanceof AppError ? thrown : new AppError("internal", reason, { cause: thrown });
    } finally {
      await db.sync();
    }
  });
}

interface Mover {
  readonly source: SourcePerson;
  readonly name: string;
  readonly root: { readonly id: number; readonly files: number; readonly sizeBytes: number } | undefined;
}

async function bring(deps: ImportJobDeps, context: JobContext, run: Run, nextcloud: OpenNextcloud): Promise<void> {
  const { repository } = deps;
  const { source, config } = nextcloud;
  const firstFreeId = repository.firstFreeId() ?? (await reserveIds(deps, nextcloud));
  const movers = await moversOf(run, nextcloud);
  const tally = createTally(deps, context, run.id, movers);
  const people = new Map<string, Person>();
  const brought = { ...run.brought, people: 0 };
  for (const mover of movers) {
    const { person, isNew } = await personFor(deps, mover.source, mover.name);
    people.set(mover.source.uid, person);
    if (isNew) brought.people += 1;
    await bringFiles(deps, { context, run, nextcloud, firstFreeId, tally }, mover, person);
    if (isNew) await settlePerson(deps, person, mover.source);
    if (context.signal.aborted) break;
  }
  if (!context.signal.aborted) {
    const ownerOf = new Map(
      movers.flatMap(({ source: { uid, storage } }) => {
        const person = people.get(uid);
        return storage === null || person === undefined ? [] : [[storage, person] as const];
      }),
    );
    const household: Household = { people, ownerOf };
    const groups = await bringGroups(deps, source, people);
    const appPasswords = await bringAppPasswords(deps, source, config.secret, people);
    const shared = await bringShares(deps, source, household, tally);
    await bringFavorites(deps, source, household);
    Object.assign(brought, { groups, appPasswords, ...shared });
  }
  tally.write(brought);
}

/** Ids of the Nextcloud are kept free for what comes from it; once, so that an import can be run again. */
async function reserveIds({ storage, repository, db }: ImportJobDeps, { source }: OpenNextcloud): Promise<number> {
  const maxId = await source.maxFileId();
  return db.transaction(() => {
    const firstFree = storage.reserveIds(maxId);
    repository.setFirstFreeId(firstFree);
    return firstFree;
  });
}

async function moversOf({ order }: Run, { source }: OpenNextcloud): Promise<Mover[]> {
  const all = await source.people();
  return Promise.all(
    order.people.map(async ({ uid, name }) => {
      const person = all.find((one) => one.uid === uid);
      if (person === undefined)
        throw new AppError("not-found", `There is nobody called ${uid} in the Nextcloud any more.`);
      return { source: person, name, root: person.storage === null ? undefined : await source.root(person.storage) };
    }),
  );
}

interface Moving {
  readonly context: JobContext;
  readonly run: Run;
  readonly nextcloud: OpenNextcloud;
  readonly firstFreeId: number;
  readonly tally: Tally;
}

async function bringFiles(
  { storage }: ImportJobDeps,
  moving: Moving,
  { source: { uid }, root }: Mover,
  person: Person,
): Promise<void> {
  const home = storage.findSpace("home", person.name);
  if (root === undefined || home === undefined) return;
  const { context, run, nextcloud, firstFreeId, tally } = moving;
  await transferTree({
    ...{ storage, source: nextcloud.source, how: run.order.how, firstFreeId, signal: context.signal },
    from: join(nextcloud.dataFolder, uid, "files"),
    fromId: root.id,
    toId: home.rootId,
    tally: { done: tally.done, failed: (path, reason) => tally.failed(`${person.name}/${path}`, reason) },
  });
}

function createTally(
  { repository, clock }: ImportJobDeps,
  context: JobContext,
  runId: number,
  movers: readonly Mover[],
) {
  const totalFiles = movers.reduce((sum, { root }) => sum + (root?.files ?? 0), 0);
  const totalBytes = movers.reduce((sum, { root }) => sum + (root?.sizeBytes ?? 0), 0);
  const beganMs = clock.now();
  let [doneFiles, doneBytes, failureCount, writtenMs] = [0, 0, 0, 0];
  repository.forgetFailures(runId);
  const progress = () => {
    const share = totalBytes > 0 ? doneBytes / totalBytes : 0;
    const leftMs = share > 0 ? Math.round(((clock.now() - beganMs) * (1 - share)) / share) : null;
    return { doneFiles, totalFiles, doneBytes, totalBytes, leftMs: leftMs === null ? null : Math.max(0, leftMs) };
  };
  const step = () => {
    if (clock.now() - writtenMs < writeEveryMs) return;
    writtenMs = clock.now();
    context.progress(doneFiles, totalFiles);
    repository.update(runId, { progress: progress(), failureCount });
  };
  return {
    done: (bytes: number): void => {
      doneFiles += 1;
      doneBytes += bytes;
      step();
    },
    failed: (path: string, reason: string): void => {
      failureCount += 1;
      if (failureCount <= maxKeptFailures) repository.addFailure(runId, path, reason);
      step();
    },
    write: (brought: Run["brought"]): void => repository.update(runId, { progress: progress(), failureCount, brought }),
  };
}
