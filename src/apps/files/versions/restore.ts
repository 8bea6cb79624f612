import { requireWritable } from "#apps/files/browse";
import { AppError } from "#platform/errors";
import type { Actor } from "#platform/usecase";
import type { Access } from "#security/access";
import { contentStream, type NodeInfo, type Storage } from "#storage/primary";

interface RestoreDeps {
  readonly storage: Storage;
  readonly access: Access;
}

/**
 * Writes an earlier content anew, as if the actor had sent it: quota, checksum and durability as for any write. The version stays; what
 * was current becomes the newest one.
 */
export async function restoreVersion(
  deps: RestoreDeps,
  actor: Actor,
  node: NodeInfo,
  number: number,
): Promise<{ etag: string; undoNumber: number | null }> {
  const { storage } = deps;
  if (node.parentId === null) throw new AppError("not-found");
  const file = storage.versions.open(node.id, number, { remote: true });
  try {
    const guard = (existing: NodeInfo | undefined) => {
      if (existing?.id !== node.id) throw new AppError("conflict", `${node.name} was moved or deleted meanwhile.`);
      requireWritable(deps, actor, node.id);
    };
    await file.remote?.ready();
    const place = { parentId: node.parentId, name: node.name };
    const written = await storage.put(place, contentStream(file), {
      actor,
      guard,
      keepAlways: true,
      sizeBytes: file.sizeBytes,
      ...(file.version.sha1 !== null && { sha1: file.version.sha1 }),
    });
    return { etag: written.node.etag, undoNumber: written.keptVersion ?? null };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "checksum-mismatch") throw error;
    throw new AppError("gone", "The disk does not hold that version as it was; another one may be whole.", {
      cause: error,
    });
  } finally {
    file.close();
  }
}
