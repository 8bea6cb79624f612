import { z } from "zod";
import { CarryTask } from "#contract/apps/files/places";
import { AppError } from "#platform/errors";
import { handleJob, type JobContext, type JobHandler, type JobKind } from "#platform/jobs";
import type { Actor } from "#platform/usecase";
import type { Access } from "#security/access";
import { numberedName, type Storage } from "#storage/primary";
import { type CarryTree, treeAtPlace, treeOfNode } from "./carry-source.ts";
import { type CarryTarget, targetAtPlace, targetInFolder } from "./carry-target.ts";
import type { Directory } from "./directory.ts";
import { below, cleanPath } from "./paths.ts";
import type { CarryRow, PlacesRepository } from "./repository.ts";
import type { PlaceRights } from "./rights.ts";
import type { Stage } from "./stage.ts";

/** What to carry stands in the table of copies under the number of the job. */
export const placesCarry = {
  name: "places.carry",
  lane: "io",
  payload: z.object({}),
  maxAttempts: 6,
  timeoutMs: 24 * 60 * 60_000,
} satisfies JobKind;

export interface CarryDeps {
  readonly storage: Storage;
  readonly access: Access;
  readonly repository: PlacesRepository;
  readonly rights: PlaceRights;
  readonly directory: Directory;
  readonly stage: Stage;
  /** A person as they are now; undefined when the account is gone or disabled. */
  actorOf(userId: number): Actor | undefined;
}

const maxNumbered = 1_000;

export function carryHandler(deps: CarryDeps): JobHandler {
  return handleJob(placesCarry, async (context) => {
    const row = deps.repository.carry(context.id);
    if (row === undefined) return;
    const actor = deps.actorOf(row.userId);
    if (actor === undefined) throw new AppError("forbidden", "Whoever asked for this has no account any more.");
    await carry(deps, context, row, actor);
  });
}

/** What the task touches, with the rights of this moment. Throws before anything is done. */
export function endsOf(
  deps: CarryDeps,
  actor: Actor,
  task: CarryTask,
): { target: CarryTarget; trees: (() => Promise<CarryTree>)[] } {
  const { from, to, move } = task;
  const { rights, directory, stage } = deps;
  const target =
    to.kind === "place"
      ? targetAtPlace(directory, stage, rights.writable(actor, to.placeId), cleanPath(to.path))
      : targetInFolder(deps, actor, to.folderId);
  if (from.kind === "nodes") {
    if (to.kind === "folder") throw new AppError("bad-request", "Within Hearth, files are moved and copied at once.");
    return { target, trees: from.nodeIds.map((id) => async () => treeOfNode(deps, actor, id)) };
  }
  const place = move ? rights.writable(actor, from.placeId) : rights.readable(actor, from.placeId);
  const paths = from.paths.map(cleanPath);
  const isInside = (path: string) =>
    to.kind === "place" && to.placeId === place.id && `${to.path}/`.startsWith(`${path}/`);
  if (paths.some((path) => path === "" || isInside(path))) {
    throw new AppError("conflict", "A folder cannot be carried into itself.");
  }
  return { target, trees: paths.map((path) => () => treeAtPlace(directory, place, path)) };
}

/**
 * Brings one entry after the other, and takes each from its source when all of it has arrived. Runs again after a crash: names that
 * were chosen are kept, and files that have arrived are not brought twice.
 */
async function carry(deps: CarryDeps, { id, attempt, signal, progress }: JobContext, row: CarryRow, actor: Actor) {
  const task = CarryTask.parse(JSON.parse(row.task));
  const { target, trees: lookups } = endsOf(deps, actor, task);
  const names = new Map(Object.entries(row.names));
  const skipped = new Set(row.skipped);
  const note = () => deps.repository.noteCarry(id, Object.fromEntries(names), [...skipped]);

  const trees: CarryTree[] = [];
  for (const look of lookups) {
    signal.throwIfAborted();
    const tree = await look().catch((thrown: unknown) => {
      // An earlier run has moved it.
      if (attempt > 1 && thrown instanceof AppError && thrown.code === "not-found") return undefined;
      throw thrown;
    });
    if (tree !== undefined) trees.push(tree);
  }
  const totalBytes = Math.max(
    1,
    trees.flatMap(({ files }) => files).reduce((sum, file) => sum + file.sizeBytes, 0),
  );
  progress(0, totalBytes);
  const taken = new Set(await target.names());
  let doneBytes = 0;
  for (const tree of trees) {
    if (skipped.has(tree.name)) continue;
    const name = names.get(tree.name) ?? freeName(tree.name, taken, task.onClash);
    if (name === undefined) {
      skipped.add(tree.name);
      note();
      continue;
    }
    const isResumed = names.has(tree.name);
    names.set(tree.name, name);
    taken.add(name.toLowerCase());
    note();
    doneBytes = await bring(tree, name, target, {
      signal,
      isResumed,
      doneBytes,
      progress: (done) => progress(Math.min(done, totalBytes - 1), totalBytes),
    });
    if (task.move) await tree.remove();
  }
  progress(totalBytes, totalBytes);
}

interface Bringing {
  readonly signal: AbortSignal;
  readonly isResumed: boolean;
  readonly doneBytes: number;
  readonly progress: (doneBytes: number) => void;
}

async function bring(
  tree: CarryTree,
  name: string,
  target: CarryTarget,
  { signal, isResumed, progress, ...before }: Bringing,
) {
  let { doneBytes } = before;
  if (tree.kind === "folder") await target.makeFolder(name);
  for (const folder of tree.folders) {
    signal.throwIfAborted();
    await target.makeFolder(below(name, folder));
  }
  for (const file of tree.files) {
    signal.throwIfAborted();
    const path = file.path === "" ? name : below(name, file.path);
    const start = doneBytes;
    if (!(isResumed && (await target.has(path, file)))) {
      await target.put(path, file, signal, (bytes) => progress(start + Math.min(bytes, file.sizeBytes)));
    }
    doneBytes += file.sizeBytes;
    progress(doneBytes);
  }
  return doneBytes;
}

/** Undefined to leave it out. Throws `exists`. */
function freeName(name: string, taken: ReadonlySet<string>, onClash: CarryTask["onClash"]): string | undefined {
  if (!taken.has(name.toLowerCase())) return name;
  if (onClash === "skip") return undefined;
  if (onClash === "fail") throw new AppError("exists", `There already is ${name}.`);
  for (let count = 2; count < maxNumbered; count += 1) {
    const candidate = numberedName(name, count);
    if (!taken.has(candidate.toLowerCase())) return candidate;
  }
  throw new AppError("conflict", "There are too many files of this name.");
}
