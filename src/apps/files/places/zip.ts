import { crc32 } from "node:zlib";
import {
  dataDescriptor,
  directoryRecord,
  endRecords,
  localHeader,
  safePath,
  type ZipContent,
  type ZipEntry,
} from "#apps/files/archive";
import { attachment } from "#apps/files/browse";
import { AppError } from "#platform/errors";
import type { RemoteEntry } from "#storage/external";
import type { Directory } from "./directory.ts";
import { below } from "./paths.ts";
import type { PlaceRow } from "./repository.ts";

/** From this size on the form with 8-byte sizes is taken. */
const zip64FromBytes = 0xf0000000;
const maxEntries = 200_000;

interface Item {
  readonly entry: RemoteEntry;
  /** At the place. */
  readonly path: string;
  /** In the archive. */
  readonly name: string;
}

/**
 * A folder of a place as a ZIP made while it is sent. When the place goes away on the way the answer breaks off without the
 * directory at its end, so that no program takes it for whole.
 */
export function zipResponse(directory: Directory, place: PlaceRow, top: RemoteEntry, path: string): Response {
  const controller = new AbortController();
  const pieces = zipPieces(directory, place, { entry: top, path, name: safePath(top.name) }, controller.signal);
  const stream = new ReadableStream<Uint8Array>(
    {
      pull: async (sink) => {
        const { done, value } = await pieces.next();
        if (done === true) sink.close();
        else sink.enqueue(value);
      },
      cancel: async () => {
        controller.abort();
        await pieces.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
  const headers = {
    "content-type": "application/zip",
    "content-disposition": attachment(`${top.name}.zip`),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  };
  return new Response(stream, { headers });
}

async function* zipPieces(
  directory: Directory,
  place: PlaceRow,
  top: Item,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, undefined> {
  const records: Buffer[] = [];
  let offset = 0;
  const sent = (piece: Uint8Array) => {
    offset += piece.byteLength;
    return piece;
  };
  for await (const { entry, path, name } of walk(directory, place, top)) {
    const isFolder = entry.kind === "folder";
    const head: ZipEntry = {
      ...{ name: Buffer.from(isFolder ? `${name}/` : name), folder: isFolder, offset },
      ...{ modifiedAtMs: entry.modifiedAtMs ?? 0, zip64: entry.sizeBytes >= zip64FromBytes },
    };
    const content: { -readonly [K in keyof ZipContent]: ZipContent[K] } = { crc32: 0, sizeBytes: 0 };
    yield sent(localHeader(head));
    if (!isFolder) {
      const { stream } = await directory.ask(place, (remote) => remote.open(path, entry.sizeBytes, undefined, signal));
      for await (const chunk of stream) {
        content.crc32 = crc32(chunk, content.crc32);
        content.sizeBytes += chunk.byteLength;
        yield sent(chunk);
      }
    }
    yield sent(dataDescriptor(head, content));
    records.push(directoryRecord(head, content));
  }
  const directoryOffset = offset;
  for (const record of records) yield sent(record);
  yield endRecords(records.length, directoryOffset, offset - directoryOffset);
  return undefined;
}

/** The entry and everything below it, folder by folder as it is asked for. */
async function* walk(directory: Directory, place: PlaceRow, top: Item): AsyncGenerator<Item> {
  const waiting = [top];
  let count = 0;
  for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) {
    const { path, name } = item;
    count += 1;
    if (count > maxEntries) throw new AppError("too-large", `An archive can hold at most ${maxEntries} files.`);
    yield item;
    if (item.entry.kind === "file") continue;
    const { entries } = await directory.list(place, path);
    for (const entry of entries.toReversed()) {
      waiting.push({ entry, path: below(path, entry.name), name: `${name}/${safePath(entry.name)}` });
    }
  }
}
