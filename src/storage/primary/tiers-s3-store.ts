import { readFileSync } from "node:fs";
import { inTime } from "#platform/clock";
import { AppError } from "#platform/errors";
import type { ContentStore, PutContent, StoreDeps, TierConfig } from "./tiers-stores.ts";

const partBytes = 8 * 1024 * 1024;
const answerTimeoutMs = 30_000;
/** A stream that brings nothing for so long has ended. */
const stallTimeoutMs = 60_000;
/** A part is sent within so long, or the upload has failed. */
const partTimeoutMs = 300_000;

/** A bucket that speaks S3. What is sent is not encrypted by us; the service sees the bytes. */
export function createS3Store(config: Extract<TierConfig, { kind: "s3" }>, deps: StoreDeps): ContentStore {
  const { name, bucket, endpoint, region, accessKeyId } = config;
  let client: Bun.S3Client | undefined;
  let offline: string | null = null;
  // Read when it is first needed: a missing secret concerns what is in the bucket, and nothing else.
  const open = (): Bun.S3Client => {
    client ??= new Bun.S3Client({ bucket, endpoint, region, accessKeyId, secretAccessKey: secretFrom(config) });
    return client;
  };
  const fileOf = (objectId: string) => open().file(`${config.prefix}${objectId.slice(0, 2)}/${objectId}`);
  const failed = (cause: unknown): AppError => {
    if (cause instanceof AppError) return cause;
    const code = codeOf(cause);
    if (code === "NoSuchKey" || code === "NotFound") {
      return new AppError("gone", `The content is not in "${name}" any more.`, { cause });
    }
    offline = `The bucket of "${name}" cannot be reached (${code}).`;
    deps.log.warn("a store of content failed", { tier: name, code });
    return new AppError("unavailable", offline, { cause });
  };
  const ask = async <T>(work: () => Promise<T>, timeoutMs = answerTimeoutMs): Promise<T> => {
    try {
      const answer = await inTime(work(), timeoutMs, () => new AppError("unavailable", `"${name}" does not answer.`));
      offline = null;
      return answer;
    } catch (error) {
      if (error instanceof AppError && error.code === "unavailable") offline = error.detail;
      throw failed(error);
    }
  };

  return {
    name,
    kind: "s3",
    role: "cold",
    place: bucket,
    readBack: config.readBack,
    offlineReason: () => offline,
    freeBytes: () => null,
    check: async (objectId, sizeBytes) => {
      const { size } = await ask(() => fileOf(objectId).stat());
      if (size !== sizeBytes) throw new AppError("gone", `The content in "${name}" is not whole.`);
    },
    put: async (objectId, content) => {
      await sendParts(fileOf(objectId), content, ask);
      const { size } = await ask(() => fileOf(objectId).stat());
      if (size !== content.sizeBytes) throw new AppError("unavailable", `"${name}" did not keep the whole content.`);
    },
    read: (objectId, start, end) => watched(() => fileOf(objectId).slice(start, end).stream(), name, failed),
    pathOf: () => undefined,
    remove: async (objectId) => {
      await ask(() => fileOf(objectId).delete());
    },
    look: async () => {
      await ask(() => open().list({ prefix: config.prefix, maxKeys: 1 })).catch((cause: unknown) =>
        deps.log.debug("a store cannot be reached", { tier: name, cause }),
      );
    },
  };
}

function secretFrom({ secretKeyFile, name }: { secretKeyFile: string; name: string }): string {
  try {
    return readFileSync(secretKeyFile, "utf8").trim();
  } catch (cause) {
    throw new AppError("unavailable", `The file with the secret key of "${name}" cannot be read.`, { cause });
  }
}

function codeOf(cause: unknown): string {
  return typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "no answer";
}

/** In parts, each sent before the next is read, so that memory stays bounded however fast the disk is. */
async function sendParts(
  file: Bun.S3File,
  { stream, sizeBytes, signal }: PutContent,
  ask: <T>(work: () => Promise<T>, timeoutMs?: number) => Promise<T>,
): Promise<void> {
  const writer = file.writer({ partSize: partBytes, queueSize: 1, retry: 3 });
  let sent = 0;
  let unflushed = 0;
  try {
    for await (const chunk of stream()) {
      signal.throwIfAborted();
      await writer.write(chunk);
      sent += chunk.byteLength;
      unflushed += chunk.byteLength;
      if (unflushed < partBytes) continue;
      unflushed = 0;
      await ask(async () => writer.flush(), partTimeoutMs);
    }
    if (sent !== sizeBytes) throw new AppError("length-mismatch", `${sizeBytes} bytes were announced, ${sent} came.`);
    await ask(async () => writer.end(), partTimeoutMs);
  } catch (error) {
    // Ends the upload, so that the service keeps no parts of it.
    await Promise.resolve(writer.end(error instanceof Error ? error : new Error("ended"))).catch(() => undefined);
    throw error;
  }
}

/** A stream whose every wait is bounded, and whose errors say what cannot be reached. */
function watched(
  open: () => ReadableStream<Uint8Array>,
  name: string,
  failed: (cause: unknown) => AppError,
): ReadableStream<Uint8Array> {
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      try {
        reader ??= open().getReader();
        const late = () => new AppError("unavailable", `"${name}" stopped sending.`);
        const { done, value } = await inTime(reader.read(), stallTimeoutMs, late);
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        controller.error(failed(error));
      }
    },
    cancel: (reason) => reader?.cancel(reason),
  });
}
