import { Buffer } from "node:buffer";
import { read } from "node:fs";
import { crc32 } from "node:zlib";
import { contentStream, type NodeInfo, type OpenedFile, type Storage } from "#storage/primary";
import type { ArchiveEntry } from "./entries.ts";
import {
  dataDescriptor,
  directoryRecord,
  endRecords,
  localHeader,
  type ZipContent,
  type ZipEntry,
} from "./zip-records.ts";

const readBytes = 256 * 1024;
/** Small pieces are gathered up to this size before they go out. */
const gatherBytes = 64 * 1024;
/** From this size on the form with 8-byte sizes is taken; below 4 GiB, for a file may grow until it is opened. */
const zip64FromBytes = 0xf0000000;

interface ZipDeps {
  readonly storage: Pick<Storage, "open">;
  readonly entries: Iterable<ArchiveEntry>;
  /** Asked right before each of them: rights may have changed since the folder was read. */
  readonly mayPack: (node: NodeInfo) => boolean;
  /** Told of each file that could not be read. */
  readonly onMissing: (path: string, cause: unknown) => void;
  /** Name of the list of such files, free at the top of the archive. */
  readonly missingName: string;
}

/** The archive as a stream that reads on only while somebody reads it; one file is open at a time, none after a cancel. */
export function zipStream(deps: ZipDeps): ReadableStream<Uint8Array> {
  const pieces = gathered(zipPieces(deps));
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const { done, value } = await pieces.next();
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
      cancel: async () => {
        await pieces.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}

async function* gathered(pieces: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array, undefined> {
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  for await (const piece of pieces) {
    if (piece.byteLength >= gatherBytes) {
      if (waitingBytes > 0) yield Buffer.concat(waiting);
      yield piece;
      waiting = [];
      waitingBytes = 0;
      continue;
    }
    waiting.push(piece);
    waitingBytes += piece.byteLength;
    if (waitingBytes < gatherBytes) continue;
    yield Buffer.concat(waiting);
    waiting = [];
    waitingBytes = 0;
  }
  if (waitingBytes > 0) yield Buffer.concat(waiting);
}

async function* zipPieces({ storage, entries, mayPack, onMissing, missingName }: ZipDeps): AsyncGenerator<Uint8Array> {
  const directory: Buffer[] = [];
  const missing: string[] = [];
  let offset = 0;
  const sent = (piece: Uint8Array) => {
    offset += piece.byteLength;
    return piece;
  };
  const drop = (path: string, cause: unknown) => {
    missing.push(path);
    onMissing(path, cause);
  };

  for (const { node, path } of entries) {
    if (!mayPack(node)) continue;
    if (node.kind === "folder") {
      yield sent(addWhole(directory, { ...named(`${path}/`, true), modifiedAtMs: node.modifiedAtMs, offset }, empty));
      continue;
    }
    const file = tryOpen(storage, node.id, (cause) => drop(path, cause));
    if (file === undefined) continue;
    try {
      const entry = {
        ...named(path, false),
        modifiedAtMs: file.node.modifiedAtMs,
        offset,
        zip64: file.sizeBytes >= zip64FromBytes,
      };
      yield sent(localHeader(entry));
      const content = { crc32: 0, sizeBytes: 0 };
      for await (const chunk of fileChunks(file, (cause) => drop(path, cause))) {
        content.crc32 = crc32(chunk, content.crc32);
        content.sizeBytes += chunk.byteLength;
        yield sent(chunk);
      }
      yield sent(dataDescriptor(entry, content));
      directory.push(directoryRecord(entry, content));
    } finally {
      file.close();
    }
  }
  if (missing.length > 0) {
    const list = Buffer.from(`These files could not be read, or not to their end:\n\n${missing.join("\n")}\n`);
    yield sent(addWhole(directory, { ...named(missingName, false), modifiedAtMs: 0, offset }, list));
  }
  const directoryOffset = offset;
  for (const record of directory) yield sent(record);
  yield endRecords(directory.length, directoryOffset, offset - directoryOffset);
}

const empty = Buffer.alloc(0);

function named(name: string, folder: boolean): Pick<ZipEntry, "name" | "folder" | "zip64"> {
  return { name: Buffer.from(name), folder, zip64: false };
}

/** An entry whose bytes are at hand: its record goes into the directory, the answer is what goes out. */
function addWhole(directory: Buffer[], entry: ZipEntry, bytes: Buffer): Buffer {
  const content: ZipContent = { crc32: crc32(bytes), sizeBytes: bytes.length };
  directory.push(directoryRecord(entry, content));
  return Buffer.concat([localHeader(entry), bytes, dataDescriptor(entry, content)]);
}

function tryOpen(
  storage: ZipDeps["storage"],
  nodeId: number,
  onError: (cause: unknown) => void,
): OpenedFile | undefined {
  try {
    return storage.open(nodeId, { remote: true });
  } catch (cause) {
    onError(cause);
    return undefined;
  }
}

/** The bytes up to the size the file had when it was opened; a read that fails ends them early and is reported. */
async function* fileChunks(file: OpenedFile, onError: (cause: unknown) => void): AsyncGenerator<Uint8Array> {
  if (file.remote !== undefined) return yield* remoteChunks(file, onError);
  let position = 0;
  while (position < file.sizeBytes) {
    const buffer = Buffer.allocUnsafeSlow(Math.min(readBytes, file.sizeBytes - position));
    const count = await readAt(file.fd, buffer, position).catch((cause: unknown) => {
      onError(cause);
      return null;
    });
    if (count === null) return;
    if (count === 0) return onError(new Error("the file became shorter while it was read"));
    position += count;
    yield buffer.subarray(0, count);
  }
}

/** From another store, which may be away. */
async function* remoteChunks(file: OpenedFile, onError: (cause: unknown) => void): AsyncGenerator<Uint8Array> {
  try {
    await file.remote?.ready();
    yield* contentStream(file);
  } catch (cause) {
    onError(cause);
  }
}

function readAt(fd: number, buffer: Buffer, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(fd, buffer, 0, buffer.length, position, (error, count) => (error === null ? resolve(count) : reject(error)));
  });
}
