import type { z } from "zod";
import type { OnClash as OnClashSchema } from "#contract/apps/files/browse";
import { AppError } from "#platform/errors";
import type { Actor } from "#platform/usecase";
import { type Guard, type NodeInfo, numberedName, type Place, type Storage } from "#storage/primary";

export type OnClash = z.output<typeof OnClashSchema>;

const maxDepth = 128;
const maxAttempts = 8;
const maxNumbered = 100;

/** The names of a `/`-separated relative path; empty segments are dropped. Throws `invalid-name` for `..`, and when it is too deep. */
export function splitPath(path: string): string[] {
  const names = path.split("/").filter((name) => name !== "" && name !== ".");
  if (names.includes("..")) throw new AppError("invalid-name", "A path cannot hold '..'.");
  if (names.length > maxDepth) throw new AppError("invalid-name", `A path can have at most ${maxDepth} folders.`);
  return names;
}

interface EnsureOptions {
  readonly actor: Actor;
  /** Where a file stands in the way, a folder of a numbered name is taken instead of refusing. */
  readonly avoidFiles?: boolean;
  /** Throws for what stands on the way already and must not be entered. */
  readonly authorize?: (existing: NodeInfo) => void;
}

/**
 * The folder at the end of `names` below `parentId`; missing ones are made, existing ones kept. Throws `exists` when a file
 * stands in the way.
 */
export async function ensureFolder(
  storage: Storage,
  parentId: number,
  names: readonly string[],
  options: EnsureOptions,
): Promise<NodeInfo> {
  let folder = requireFolder(storage, parentId);
  for (const name of names) {
    const free = options.avoidFiles === true ? nameToEnter(storage, folder.id, name, options) : name;
    folder = await ensureChild(storage, folder, free, options);
  }
  return folder;
}

/** A name at which nothing stands, or a folder that may be entered. */
function nameToEnter(
  storage: Storage,
  parentId: number,
  name: string,
  { authorize = () => undefined }: EnsureOptions,
): string {
  for (let count = 1; count <= maxNumbered; count += 1) {
    const candidate = count === 1 ? name : numberedName(name, count);
    const existing = storage.child(parentId, candidate);
    if (existing === undefined || (existing.kind === "folder" && passes(() => authorize(existing)))) return candidate;
  }
  throw new AppError("conflict", "There are too many files of this name.");
}

function passes(check: () => void): boolean {
  try {
    check();
    return true;
  } catch (thrown) {
    if (thrown instanceof AppError) return false;
    throw thrown;
  }
}

async function ensureChild(
  storage: Storage,
  parent: NodeInfo,
  name: string,
  { actor, authorize = () => undefined }: EnsureOptions,
): Promise<NodeInfo> {
  const place = { parentId: parent.id, name };
  const existing = storage.child(parent.id, name);
  if (existing !== undefined) {
    authorize(existing);
    return asFolder(existing);
  }
  try {
    return await storage.makeFolder(place, { actor });
  } catch (thrown) {
    // Another upload of the same tree made it in between.
    const made = isTaken(thrown) ? storage.child(parent.id, name) : undefined;
    if (made === undefined) throw thrown;
    authorize(made);
    return asFolder(made);
  }
}

function asFolder(node: NodeInfo): NodeInfo {
  if (node.kind === "folder") return node;
  throw new AppError("exists", `${node.name} is a file, not a folder.`);
}

/** The node, which must be a folder. Throws `not-found`, `bad-request`. */
export function requireFolder(storage: Storage, nodeId: number): NodeInfo {
  const node = requireNode(storage, nodeId);
  if (node.kind !== "folder") throw new AppError("bad-request", `${node.name} is not a folder.`);
  return node;
}

/** The visible node. Throws `not-found`. */
export function requireNode(storage: Storage, nodeId: number): NodeInfo {
  const node = storage.node(nodeId);
  if (node === undefined) throw new AppError("not-found", "It was moved or deleted.");
  return node;
}

function isTaken(thrown: unknown): boolean {
  return thrown instanceof AppError && thrown.code === "exists";
}

/**
 * Runs `act` at a place where `onClash` lets it stand. `rename` moves on to a free name as often as another one takes it;
 * `skip` gives null when the name is taken. Throws `exists`.
 */
export async function actAtPlace<T>(
  storage: Storage,
  place: Place,
  onClash: OnClash,
  act: (place: Place, replace: boolean) => Promise<T>,
): Promise<T | null> {
  for (let attempt = 1; ; attempt += 1) {
    const name = onClash === "rename" ? storage.freeName(place) : place.name;
    try {
      return await act({ parentId: place.parentId, name }, onClash === "replace");
    } catch (thrown) {
      if (!isTaken(thrown)) throw thrown;
      if (onClash === "skip") return null;
      if (onClash !== "rename" || attempt >= maxAttempts) throw thrown;
    }
  }
}

/** Refuses a file that would be put where something stands, unless it may replace a file. */
export function clashGuard(replace: boolean): Guard {
  return (existing) => {
    if (existing === undefined || (replace && existing.kind === "file")) return;
    const what = existing.kind === "folder" ? "a folder" : "a file";
    throw new AppError("exists", `There already is ${what} called ${existing.name}.`);
  };
}
