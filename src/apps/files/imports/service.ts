import { importsContract } from "#contract/apps/files/imports";
import { AppError } from "#platform/errors";
import type { JobHandler, Jobs } from "#platform/jobs";
import { implement, type Implementation } from "#platform/usecase";
import type { Identity } from "#security/identity";
import { importHandler, type ImportJobDeps, importRun } from "./import-job.ts";
import { inspect, loginNameOf } from "./inspect.ts";
import { createImportsRepository, type Run } from "./repository.ts";

export interface ImportsDeps extends Omit<ImportJobDeps, "repository" | "identity"> {
  readonly identity: ImportJobDeps["identity"] & Pick<Identity, "requireMayChange">;
  /** The queue; not before the program runs. */
  readonly jobs: () => Pick<Jobs, "enqueue" | "cancel">;
}

export interface Imports {
  readonly implementations: readonly Implementation[];
  /** The handler of `importRun`. */
  readonly jobHandlers: readonly JobHandler[];
}

/** Moving in from a Nextcloud on this machine. */
export function createImports(deps: ImportsDeps): Imports {
  const { db, clock, jobs } = deps;
  const repository = createImportsRepository(db);
  const present = (run: Run) => {
    const { id, state, startedAtMs, endedAtMs, reason, progress, brought, failureCount, order } = run;
    const known = { id, state, startedAtMs, endedAtMs, reason, progress, brought, failureCount };
    return { ...known, folder: order.folder, how: order.how, failures: repository.failuresOf(id) };
  };
  const running = () => repository.latest().find(({ state }) => state === "running");

  const implementations = implement(importsContract, {
    "imports.inspect": (_, place) => inspect(deps, place),
    "imports.start": async ({ actor }, order) => {
      requireNames(order.people);
      // Credentials and shares come along: whoever may not change an account must not be able to open it this way.
      for (const { name } of order.people) {
        const known = deps.identity.findByName(name);
        if (known !== undefined) deps.identity.requireMayChange(actor, known.id);
      }
      if (running() !== undefined) throw new AppError("conflict", "An import is running; wait for it, or stop it.");
      const { findings, canLink } = await inspect(deps, order);
      const stop = findings.find(({ level }) => level === "stops");
      if (stop !== undefined) throw new AppError("conflict", stop.text);
      if (order.how === "link" && !canLink)
        throw new AppError("conflict", "Links need both on the same file system; choose copies.");
      const id = db.transaction(() => {
        const runId = repository.insert(order, clock.now());
        repository.update(runId, { jobId: jobs().enqueue(importRun, { runId }) });
        return runId;
      });
      await db.sync();
      return { id };
    },
    "imports.list": () => ({ imports: repository.latest().map(present) }),
    "imports.cancel": async (_, { id }) => {
      const run = repository.find(id);
      if (run === undefined) throw new AppError("not-found", "There is no such import.");
      if (run.state !== "running") return {};
      repository.update(id, { state: "cancelled", endedAtMs: clock.now() });
      if (run.jobId !== null) jobs().cancel(run.jobId);
      await db.sync();
      return {};
    },
  });
  return { implementations, jobHandlers: [importHandler({ ...deps, repository })] };
}

/** Two must not become one, and a name has to be one that can log in. */
function requireNames(people: readonly { readonly uid: string; readonly name: string }[]): void {
  const bad = people.find(({ name }) => loginNameOf(name) !== name);
  if (bad !== undefined)
    throw new AppError("bad-request", `"${bad.name}" cannot be a login name: use a-z, 0-9, dot, dash or underscore.`);
  // The folder of somebody is called as they are.
  const astray = people.find(({ uid }) => uid === "." || uid === ".." || /[/\0]/.test(uid));
  if (astray !== undefined)
    throw new AppError("bad-request", `"${astray.uid}" cannot be anybody's name in a Nextcloud.`);
  for (const key of ["uid", "name"] as const) {
    if (new Set(people.map((person) => person[key])).size < people.length)
      throw new AppError("bad-request", "Everybody can be there only once.");
  }
}
