import { closeSync, read } from "node:fs";
import { promisify } from "node:util";
import { AppError } from "#platform/errors";
import type { Fetch } from "./tiers-in.ts";
import type { Placeholder } from "./tiers-placeholder.ts";
import type { ContentStore } from "./tiers-stores.ts";

const readAsync = promisify(read);
const chunkBytes = 256 * 1024;

/** Reads along with a transfer to the volume; goes on from the store when that fails, as on a full disk. */
export function followFetch(
  fetch: Fetch,
  store: ContentStore,
  placeholder: Placeholder,
  start: number,
  end: number,
): ReadableStream<Uint8Array> {
  const fd = fetch.openStaged();
  if (fd === undefined) return readStore(store, placeholder, start, end);
  let at = start;
  let isOpen = true;
  let direct: ReadableStreamDefaultReader<Uint8Array> | undefined;
  const close = () => {
    if (isOpen) closeSync(fd);
    isOpen = false;
  };
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        try {
          while (direct === undefined && at < end && at >= fetch.readableBytes() && fetch.state() === "running") {
            await fetch.more();
          }
          // What is staged is not what was sent to the store: nothing more of it is handed on.
          const failure = fetch.failure();
          if (failure instanceof AppError && failure.code === "gone") throw failure;
          if (direct === undefined && at < end && at >= fetch.readableBytes()) {
            direct = store.read(placeholder.objectId, at, end).getReader();
          }
          const chunk =
            direct === undefined
              ? await readStaged(fd, at, Math.min(end, fetch.readableBytes()))
              : await nextOf(direct);
          at += chunk.byteLength;
          if (chunk.byteLength > 0) controller.enqueue(chunk);
          if (at < end) {
            if (chunk.byteLength === 0) throw new AppError("unavailable", "The content ended too early.");
            return;
          }
          close();
          controller.close();
        } catch (error) {
          close();
          controller.error(error);
        }
      },
      cancel: async (reason) => {
        close();
        await direct?.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

async function readStaged(fd: number, start: number, end: number): Promise<Uint8Array> {
  const chunk = new Uint8Array(Math.min(chunkBytes, Math.max(0, end - start)));
  if (chunk.byteLength === 0) return chunk;
  const { bytesRead } = await readAsync(fd, chunk, 0, chunk.byteLength, start);
  return chunk.subarray(0, bytesRead);
}

async function nextOf(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array> {
  const { done, value } = await reader.read();
  return done ? new Uint8Array() : value;
}

/** Straight from the store. A whole content is checked before its last bytes are handed on; a part of it cannot be. */
export function readStore(
  store: ContentStore,
  { objectId, sizeBytes, sha256 }: Placeholder,
  start: number,
  end: number,
): ReadableStream<Uint8Array> {
  const stream = store.read(objectId, start, end);
  const isWhole = start === 0 && end === sizeBytes;
  const hash = new Bun.CryptoHasher("sha256");
  let bytes = 0;
  return stream.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        bytes += chunk.byteLength;
        if (isWhole) hash.update(chunk);
        if (isWhole && bytes >= sizeBytes && (bytes > sizeBytes || hash.digest("hex") !== sha256)) {
          throw new AppError("gone", `What "${store.name}" gave back is not the content that was sent there.`);
        }
        controller.enqueue(chunk);
      },
      flush: () => {
        if (bytes !== end - start) throw new AppError("unavailable", `"${store.name}" gave back too little.`);
      },
    }),
  );
}
