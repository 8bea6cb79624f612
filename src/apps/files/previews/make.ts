import { mimeOf } from "#apps/files/browse";
import type { Clock } from "#platform/clock";
import { AppError } from "#platform/errors";
import type { Exec } from "#platform/exec";
import type { Logger } from "#platform/log";
import type { NodeInfo, OpenedFile, Storage } from "#storage/primary";
import { filmFrame, firstPage, frameTimeoutMs } from "./frames.ts";
import { imageInput, renderImage } from "./still-image.ts";

interface MakeDeps {
  readonly storage: Storage;
  readonly exec: Exec;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * The picture of a file as WebP, or null when the file has none, because it is broken or of a kind that nothing here reads.
 * Throws when that may be different next time: storage is offline, the program that reads it is not installed.
 */
export async function makePicture(deps: MakeDeps, node: NodeInfo, size: number): Promise<Uint8Array | null> {
  const file = deps.storage.open(node.id);
  const startedAtMs = deps.clock.now();
  try {
    return await pictureOf(deps.exec, file, mimeOf(node.name), size);
  } catch (cause) {
    const timedOut = deps.clock.now() - startedAtMs >= frameTimeoutMs;
    if (cause instanceof AppError && cause.code === "unavailable" && !timedOut) throw cause;
    deps.log.info("a file has no picture", { nodeId: node.id, name: node.name, cause });
    return null;
  } finally {
    file.close();
  }
}

async function pictureOf(exec: Exec, file: OpenedFile, mime: string, size: number): Promise<Uint8Array | null> {
  if (file.sizeBytes === 0) return null;
  if (mime === "application/pdf") return toWebp(await firstPage(exec, file, size), size);
  if (mime.startsWith("video/")) return toWebp(await filmFrame(exec, file, size), size);
  try {
    return await renderImage(imageInput(file, mime), size);
  } catch (cause) {
    // Formats that the image library was built without, as BMP.
    if (mime.startsWith("image/svg") || exec.which("ffmpeg") === null) throw cause;
    return toWebp(await filmFrame(exec, file, size), size);
  }
}

async function toWebp(png: Uint8Array | null, size: number): Promise<Uint8Array | null> {
  return png === null ? null : renderImage(png, size);
}
