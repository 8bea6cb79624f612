import { AppError } from "#platform/errors";
import { systemActor } from "#platform/usecase";
import type { NodeInfo, Storage } from "#storage/primary";
import type { Repository } from "./repository.ts";

/** Hidden from listings of most programs, and early in the walk of one that takes everything. */
const folderName = ".decoys";

export interface Canaries {
  has(nodeId: number): boolean;
  /** Decoys of a space that are where they were put. */
  countIn(spaceId: number): number;
  isOn(spaceId: number): boolean;
  /** Throws `exists` when something of somebody else has the folder's name. */
  place(spaceId: number): Promise<void>;
  remove(spaceId: number): Promise<void>;
}

/** Files nobody has a reason to write to; put only where somebody who manages the space asked for them. */
export function createCanaries(storage: Storage, repository: Repository): Canaries {
  let ids = new Map(repository.canaries().map((row) => [row.node_id, row.space_id]));
  const of = (spaceId: number) => [...ids].filter(([, id]) => id === spaceId).map(([nodeId]) => nodeId);
  const reload = () => {
    ids = new Map(repository.canaries().map((row) => [row.node_id, row.space_id]));
  };
  const remove = async (spaceId: number): Promise<void> => {
    const nodes = of(spaceId).map((nodeId) => storage.node(nodeId));
    for (const nodeId of of(spaceId)) repository.removeCanary(nodeId);
    reload();
    for (const node of nodes) if (node !== undefined) await storage.remove(node.id, { actor: systemActor });
    const folder = storage.child(storage.rootIdOf(spaceId), folderName);
    if (folder !== undefined && storage.children(folder.id).length === 0) {
      await storage.remove(folder.id, { actor: systemActor });
    }
  };
  return {
    has: (nodeId) => ids.has(nodeId),
    isOn: (spaceId) => of(spaceId).length > 0,
    countIn: (spaceId) => of(spaceId).filter((nodeId) => storage.node(nodeId) !== undefined).length,
    place: async (spaceId) => {
      await remove(spaceId);
      const folder = await folderIn(storage, spaceId);
      for (const [name, text] of decoys()) {
        const written = await storage.put({ parentId: folder.id, name }, new TextEncoder().encode(text), {
          actor: systemActor,
        });
        repository.addCanary(written.node.id, spaceId);
      }
      reload();
    },
    remove,
  };
}

async function folderIn(storage: Storage, spaceId: number): Promise<NodeInfo> {
  const parentId = storage.rootIdOf(spaceId);
  const there = storage.child(parentId, folderName);
  if (there?.kind === "file") throw new AppError("exists", `A file called ${folderName} is in the way.`);
  return there ?? storage.makeFolder({ parentId, name: folderName }, { actor: systemActor });
}

/** Endings that are looked for first, and contents whose loss shows. */
function decoys(): [name: string, text: string][] {
  const words =
    "These files are decoys of the ransomware guard of this server. Nobody needs them, so whatever changes them gives itself away. " +
    "Please leave them where they are; they can be taken away on the page of the guard.\n";
  const rows = Array.from({ length: 60 }, (_, index) => `${2000 + index};${(index * 37) % 1000};${(index * 91) % 500}`);
  return [
    ["accounts.csv", `year;income;savings\n${rows.join("\n")}\n`],
    ["letters.txt", words.repeat(8)],
    ["will.html", `<!doctype html>\n<title>Decoy</title>\n<p>${words.repeat(6)}</p>\n`],
  ];
}
