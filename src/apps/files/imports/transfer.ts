import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "#platform/errors";
import { systemActor } from "#platform/usecase";
import type { Storage } from "#storage/primary";
import type { Source, SourceEntry } from "./source.ts";

/** What happened to the entries so far. */
export interface Tally {
  done(bytes: number): void;
  /** `path` as people know it, below their home. */
  failed(path: string, reason: string): void;
}

export interface TransferOptions {
  readonly storage: Storage;
  readonly source: Source;
  /** The folder `files` of a person in the data folder. */
  readonly from: string;
  /** Id of that folder in the Nextcloud. */
  readonly fromId: number;
  /** The top folder of the home. */
  readonly toId: number;
  readonly how: "copy" | "link";
  /** Ids below were given to others before the import and are not taken. */
  readonly firstFreeId: number;
  readonly signal: AbortSignal;
  readonly tally: Tally;
}

interface Step {
  readonly path: string;
  readonly fromId: number | undefined;
  readonly toId: number;
}

/** Files taken at the same time: they share commits. */
const atATime = 16;
/** Of uploads that were under way, and of sync programs. */
const leavings = /\.ocTransferId\d+\.part$|^\.ocdata$/;
const maxDepth = 500;

/**
 * Brings everything below a folder over: the disk says what there is, the Nextcloud's table what it is known as. What is there
 * already with the same size and time is left as it is, so a second run goes on where the first one ended.
 */
export async function transferTree(options: TransferOptions): Promise<void> {
  const todo: Step[] = [{ path: "", fromId: options.fromId, toId: options.toId }];
  for (let step = todo.pop(); step !== undefined && !options.signal.aborted; step = todo.pop()) {
    todo.push(...(await transferFolder(options, step)));
  }
}

/** Takes the files of one folder and makes the folders in it, which are the answer. */
async function transferFolder(options: TransferOptions, { path, fromId, toId }: Step): Promise<Step[]> {
  const { source, tally, from, signal } = options;
  const known = fromId === undefined ? new Map<string, SourceEntry>() : await source.entries(fromId);
  const folders: Step[] = [];
  const files: { name: string; entry: SourceEntry | undefined }[] = [];
  for (const name of namesIn(join(from, path), path, tally)) {
    const entry = known.get(name);
    const here = path === "" ? name : `${path}/${name}`;
    const facts = lstatSync(join(from, here), { throwIfNoEntry: false });
    if (facts?.isDirectory() === true) {
      const made = await tried(here, tally, () => folderAt(options, toId, name, entry));
      if (made === undefined || here.split("/").length > maxDepth) continue;
      if (entry?.isEncrypted === true)
        tally.failed(here, "It is encrypted end to end; only its own devices can read it.");
      else folders.push({ path: here, fromId: entry?.id, toId: made });
    } else if (facts?.isFile() === true) files.push({ name, entry });
    else tally.failed(here, "It is neither file nor folder.");
  }
  for (let at = 0; at < files.length && !signal.aborted; at += atATime) {
    await Promise.all(
      files.slice(at, at + atATime).map(({ name, entry }) => takeFile(options, { path, toId }, name, entry)),
    );
  }
  return folders;
}

function namesIn(folder: string, path: string, tally: Tally): string[] {
  try {
    return readdirSync(folder).filter((name) => !leavings.test(name));
  } catch (cause) {
    tally.failed(path, reasonOf(cause));
    return [];
  }
}

async function folderAt(
  { storage, firstFreeId }: TransferOptions,
  parentId: number,
  name: string,
  entry: SourceEntry | undefined,
) {
  const existing = storage.child(parentId, name);
  if (existing?.kind === "folder") return existing.id;
  const carried = entry !== undefined && entry.id >= firstFreeId ? { id: entry.id, etag: null } : undefined;
  return (await storage.makeFolder({ parentId, name }, { actor: systemActor, carried })).id;
}

async function takeFile(
  { storage, from, how, firstFreeId, tally }: TransferOptions,
  { path, toId }: Pick<Step, "path" | "toId">,
  name: string,
  entry: SourceEntry | undefined,
): Promise<void> {
  const here = path === "" ? name : `${path}/${name}`;
  await tried(here, tally, async () => {
    const facts = lstatSync(join(from, here));
    // Only of what the Nextcloud has seen as it is: its clients have fetched just that.
    const isKnown = entry?.sizeBytes === facts.size && entry.modifiedAtSeconds === Math.floor(facts.mtimeMs / 1000);
    const etag = isKnown && isPlainEtag(entry.etag) ? entry.etag : null;
    const carried = entry !== undefined && entry.id >= firstFreeId ? { id: entry.id, etag } : undefined;
    if (storage.child(toId, name) === undefined) {
      const options = { actor: systemActor, how, carried, guard: refuseTaken };
      await storage.takeOver(join(from, here), { parentId: toId, name }, options).catch(unlessTaken);
    }
    // What an interrupted run took may only now have been seen on the disk.
    const now = storage.child(toId, name);
    const isSame = now?.sizeBytes === facts.size && Math.abs(now.modifiedAtMs - facts.mtimeMs) < 1000;
    if (!isSame) throw new AppError("exists", "Something else of that name is here already; it was left as it is.");
    tally.done(facts.size);
  });
}

function refuseTaken(existing: unknown): void {
  if (existing !== undefined) throw new AppError("exists");
}

function unlessTaken(thrown: unknown): void {
  if (!(thrown instanceof AppError) || thrown.code !== "exists") throw thrown;
}

const isPlainEtag = (etag: string) => /^[\w.-]{8,64}$/.test(etag);

/** One entry that cannot come along stops no other; a disk that is full or gone stops all. */
async function tried<T>(path: string, tally: Tally, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof AppError && (thrown.code === "disk-full" || thrown.code === "storage-offline")) throw thrown;
    tally.failed(path, reasonOf(thrown));
    return undefined;
  }
}

function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
