import type { Input, Output } from "#web/client.ts";

type Check = (input: Input<"camera.check">) => Promise<Output<"camera.check">>;
type Asked = Input<"camera.check">["files"][number];

const atATime = 50;
/** The hash of a larger one would need all of it in memory; name, size and time have to do. */
const maxHashedBytes = 64 * 1024 * 1024;

export interface Looked {
  readonly fresh: readonly File[];
  readonly knownCount: number;
}

/** Which of these files are not below the folder yet. `onProgress` hears how many were looked at. */
export async function lookFor(
  files: readonly File[],
  folderId: number,
  check: Check,
  onProgress: (done: number) => void,
): Promise<Looked> {
  const fresh: File[] = [];
  for (let at = 0; at < files.length; at += atATime) {
    const part = files.slice(at, at + atATime);
    const asked: Asked[] = [];
    for (const file of part) asked.push(await describe(file));
    const known = new Set((await check({ folderId, files: asked })).known);
    fresh.push(...part.filter((_, index) => !known.has(index)));
    onProgress(Math.min(at + atATime, files.length));
  }
  return { fresh, knownCount: files.length - fresh.length };
}

async function describe(file: File): Promise<Asked> {
  const { name, size: sizeBytes, lastModified: modifiedAtMs } = file;
  return { name, sizeBytes, modifiedAtMs, sha1: await sha1Of(file) };
}

/** Null without HTTPS, where browsers give no hashes, and for what cannot be read or is too large. */
async function sha1Of(file: File): Promise<string | null> {
  const { subtle } = globalThis.crypto as { subtle?: SubtleCrypto };
  if (subtle === undefined || file.size > maxHashedBytes) return null;
  try {
    const digest = await subtle.digest("SHA-1", await file.arrayBuffer());
    return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  } catch {
    return null;
  }
}
