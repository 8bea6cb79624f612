import { AppError } from "#platform/errors";

/** A request body under our control: it ends by `stop`, and never gives more than `maxBytes`. */
export interface HeldBody {
  readonly stream: ReadableStream<Uint8Array>;
  /** Lets the stream fail after what was read so far, as a lost connection does. */
  stop(): void;
}

export function holdBody(body: ReadableStream<Uint8Array> | null, maxBytes: number): HeldBody {
  const reader = body?.getReader();
  const stopped = Promise.withResolvers<never>();
  stopped.promise.catch(() => undefined);
  let leftBytes = maxBytes;
  const stream = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        if (reader === undefined) return controller.close();
        const { done, value } = await Promise.race([reader.read(), stopped.promise]);
        if (done) return controller.close();
        leftBytes -= value.byteLength;
        if (leftBytes < 0) throw new AppError("too-large", "More bytes came than were announced.");
        controller.enqueue(value);
      },
      cancel: (reason) => reader?.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  return {
    stream,
    stop: () => {
      stopped.reject(new AppError("conflict", "The upload goes on over another connection."));
      reader?.cancel().catch(() => undefined);
    },
  };
}

/** The whole of a small body. Throws `length-mismatch` when it is not as long as announced. */
export async function readExactly(body: ReadableStream<Uint8Array> | null, sizeBytes: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(sizeBytes);
  let filled = 0;
  for await (const chunk of body ?? []) {
    if (filled + chunk.byteLength > sizeBytes) throw new AppError("length-mismatch");
    bytes.set(chunk, filled);
    filled += chunk.byteLength;
  }
  if (filled !== sizeBytes) throw new AppError("length-mismatch");
  return bytes;
}
