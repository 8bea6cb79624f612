import { read } from "node:fs";
import { promisify } from "node:util";
import type { Item } from "#apps/media/library";
import type { Fields } from "#apps/media/works";
import { AppError } from "#platform/errors";
import type { Actor } from "#platform/usecase";
import type { Access } from "#security/access";
import type { OpenedFile, Place, Storage } from "#storage/primary";
import { fieldsOfNfo, readNfo } from "./nfo-read.ts";
import { decodeNfo, maxNfoBytes } from "./nfo-tree.ts";
import { writeNfo, type WrittenKind } from "./nfo-write.ts";
import type { NfoFinding } from "./types.ts";

const readAt = promisify(read);

interface ReadDeps {
  readonly storage: Pick<Storage, "open">;
  /** The first thing that is wrong with the file, or nothing. */
  readonly found: (itemId: number, finding: NfoFinding | undefined) => void;
}

async function bytesOf({ fd, sizeBytes }: OpenedFile): Promise<Uint8Array> {
  const bytes = new Uint8Array(sizeBytes);
  let filled = 0;
  for (let got = 1; got > 0 && filled < sizeBytes; filled += got) {
    ({ bytesRead: got } = await readAt(fd, bytes, filled, sizeBytes - filled, filled));
  }
  return bytes.subarray(0, filled);
}

async function textOf(storage: Pick<Storage, "open">, nodeId: number): Promise<string | undefined> {
  const file = storage.open(nodeId);
  try {
    return file.sizeBytes > maxNfoBytes ? undefined : decodeNfo(await bytesOf(file));
  } finally {
    file.close();
  }
}

/** What an NFO file says; undefined when it says nothing, is too large, or cannot be read now. */
export async function readNfoFile(
  { storage, found }: ReadDeps,
  { id: itemId, nodeId }: Pick<Item, "id" | "nodeId">,
): Promise<Fields | undefined> {
  let text: string | undefined;
  try {
    text = await textOf(storage, nodeId);
  } catch (error) {
    if (!(error instanceof AppError) && !(error instanceof Error && "syscall" in error)) throw error;
    return undefined;
  }
  if (text === undefined) return undefined;
  const reading = readNfo(text);
  found(itemId, reading.findings[0]);
  return fieldsOfNfo(reading);
}

export interface NfoWriterDeps {
  /** As locks leave it: what somebody has locked is not written over. */
  readonly storage: Pick<Storage, "open" | "put" | "child" | "node">;
  readonly access: Access;
}

/**
 * Writes what is known of a work into an NFO file, as the person who asks for it; what the file says besides stays.
 *
 * @returns false: the file said all of it already
 * @throws AppError `forbidden` without the right to write there; `conflict` when the file that is there is not understood, or was
 *   changed meanwhile: then it is as it was
 */
export async function saveNfo(
  { storage, access }: NfoWriterDeps,
  {
    actor,
    place,
    kind,
    said,
  }: {
    readonly actor: Actor;
    readonly place: Place;
    readonly kind: WrittenKind;
    /** What is to be written, and what is to be taken out, of a file that says this now. */
    readonly said: (now: Fields) => { readonly fields: Fields; readonly removed: readonly (keyof Fields)[] };
  },
): Promise<boolean> {
  const folder = storage.node(place.parentId);
  if (folder === undefined || !access.can(actor, "write", { spaceId: folder.spaceId, nodeId: folder.id })) {
    throw new AppError("forbidden", "Writing an NFO file needs the right to change the folder.");
  }
  const existing = storage.child(place.parentId, place.name);
  const before = existing === undefined ? null : await textOf(storage, existing.id);
  if (before === undefined)
    throw new AppError("conflict", "The NFO file that is there is too large; it was left as it is.");
  const { fields, removed } = said((before === null ? undefined : fieldsOfNfo(readNfo(before))) ?? {});
  const text = writeNfo(kind, fields, before, removed);
  if (text === before) return false;
  await storage.put(place, new TextEncoder().encode(text), {
    actor,
    guard: (now) => {
      if (now?.etag !== existing?.etag) throw new AppError("conflict", "The NFO file was changed meanwhile.");
    },
  });
  return true;
}
