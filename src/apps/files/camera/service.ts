import { cameraContract } from "#contract/apps/files/camera";
import { AppError } from "#platform/errors";
import { implement, type Implementation } from "#platform/usecase";
import type { Access } from "#security/access";
import type { NodeInfo, Storage } from "#storage/primary";

export interface CameraDeps {
  readonly storage: Storage;
  readonly access: Access;
}

export interface Camera {
  readonly implementations: readonly Implementation[];
}

interface Candidate {
  readonly name: string;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
  readonly sha1: string | null;
}

/** Telling a phone what it need not send. */
export function createCamera({ storage, access }: CameraDeps): Camera {
  return {
    implementations: implement(cameraContract, {
      "camera.check": (context, { folderId, files }) => {
        const { actor } = context;
        const folder = storage.node(folderId);
        const at = folder && { spaceId: folder.spaceId, nodeId: folder.id };
        if (at === undefined || folder?.kind !== "folder" || !access.can(actor, "read", at)) {
          throw new AppError("not-found", "There is no such folder.", { isRefusal: folder !== undefined });
        }
        context.checked(`node ${folderId}`);
        const sizes = [...new Set(files.map(({ sizeBytes }) => sizeBytes))];
        const here = Map.groupBy(
          storage.filesOfSizes(folderId, sizes, access.sightOf(actor).rows),
          ({ sizeBytes }) => sizeBytes,
        );
        const isKnown = (file: Candidate) => here.get(file.sizeBytes)?.some((node) => isSame(file, node)) === true;
        return { known: files.flatMap((file, index) => (isKnown(file) ? [index] : [])) };
      },
    }),
  };
}

/** Both are known to have the same size. */
function isSame(file: Candidate, node: NodeInfo): boolean {
  if (file.sha1 !== null && node.sha1 !== null) return file.sha1 === node.sha1;
  // File systems keep whole seconds at worst.
  return file.name.normalize("NFC") === node.name && Math.abs(file.modifiedAtMs - node.modifiedAtMs) < 2000;
}
