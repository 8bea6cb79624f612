import { mimeOf } from "#apps/files/browse";
import type { Clock } from "#platform/clock";
import { AppError } from "#platform/errors";
import type { Exec } from "#platform/exec";
import type { Logger } from "#platform/log";
import type { NodeInfo, OpenedFile, Storage } from "#storage/primary";
import { filmFrame, firstPage, frameTimeoutMs } from "./frames.ts";
import type { Heic } from "./heic.ts";
import { isHeicName } from "./heic-name.ts";
import { isRawName, largestJpeg } from "./raw-preview.ts";
import { imageInput, type ImageSize, measureImage, renderImage } from "./still-image.ts";

export interface MakeDeps {
  readonly storage: Storage;
  readonly exec: Exec;
  readonly heic: Heic;
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
    return await pictureOf(deps, file, size);
  } catch (cause) {
    const timedOut = deps.clock.now() - startedAtMs >= frameTimeoutMs;
    if (cause instanceof AppError && cause.code === "unavailable" && !timedOut) throw cause;
    deps.log.info("a file has no picture", { nodeId: node.id, name: node.name, cause });
    return null;
  } finally {
    file.close();
  }
}

async function pictureOf(deps: MakeDeps, file: OpenedFile, size: number): Promise<Uint8Array | null> {
  const { exec } = deps;
  const { name } = file.node;
  const mime = mimeOf(name);
  if (file.sizeBytes === 0) return null;
  if (mime === "application/pdf") return toWebp(await firstPage(exec, file, size), size);
  if (mime.startsWith("video/")) return toWebp(await filmFrame(exec, file, size), size);
  if (isRawName(name)) return toWebp(largestJpeg(file), size);
  try {
    return await renderImage(isHeicName(name) ? await heicInput(deps, file, size) : imageInput(file, mime), size);
  } catch (cause) {
    // Formats that the image library was built without, as BMP and JPEG XL.
    if (mime.startsWith("image/svg") || exec.which("ffmpeg") === null) throw cause;
    return toWebp(await filmFrame(exec, file, size), size);
  }
}

/** Some programs give other pictures this name: those the image library reads by itself. */
async function heicInput({ heic }: MakeDeps, file: OpenedFile, size: number): Promise<string | Uint8Array> {
  try {
    return await heic.render(file, size);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    return file.fdPath;
  }
}

/** Width and height, upright; null when that cannot be told. */
export async function measurePicture(deps: MakeDeps, file: OpenedFile): Promise<ImageSize | null> {
  const { name } = file.node;
  try {
    if (isHeicName(name)) return await deps.heic.size(file).catch(() => measureImage(file.fdPath));
    const jpeg = isRawName(name) ? largestJpeg(file) : undefined;
    return jpeg === null ? null : await measureImage(jpeg ?? imageInput(file, mimeOf(name)));
  } catch (cause) {
    deps.log.debug("a picture has no size", { nodeId: file.node.id, cause });
    return null;
  }
}

async function toWebp(png: Uint8Array | null, size: number): Promise<Uint8Array | null> {
  return png === null ? null : renderImage(png, size);
}
