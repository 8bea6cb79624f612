import { createRecentMap } from "#platform/lru";
import type { Actor } from "#platform/usecase";
import type { NodeInfo, SpaceInfo, Storage } from "#storage/primary";
import { createNames } from "./names.ts";
import type { Mount } from "./service.ts";

/** A mount where it stands in the tree of a person's home. */
export interface PlacedMount extends Mount {
  /** The folder it stands in, the root of the home at the top; undefined for a person without a home. */
  readonly inId: number | undefined;
  /** The same, with null for the top. */
  readonly shownFolderId: number | null;
  /** Its name in that folder. */
  readonly shownName: string;
  /** Names from the top of the home to the mount itself. */
  readonly path: readonly string[];
  /** Folders of the home above it, the nearest first, with the root of the home at the end. */
  readonly above: readonly number[];
}

interface TreeDeps {
  readonly storage: Storage;
  readonly mounts: (actor: Actor) => readonly Mount[];
  /** Whether the person sees every folder on the way to this one. */
  readonly isReached: (actor: Actor, folder: NodeInfo) => boolean;
  readonly homeOf: (actor: Actor) => Home | undefined;
}

/** What never changes about a home. */
export type Home = Pick<SpaceInfo, "id" | "rootId">;

/** Where the mounts of a person stand: in the folder they were put into while it is in the own home, else at the top. */
export function createTree({ storage, mounts, isReached, homeOf }: TreeDeps): (actor: Actor) => readonly PlacedMount[] {
  const isTakenIn = createTakenNames(storage);
  return (actor) => {
    const all = mounts(actor);
    if (all.length === 0) return [];
    const home = homeOf(actor);
    const namers = new Map<number | undefined, (wanted: string) => string>();
    const nameIn = (folderId: number | undefined, wanted: string) => {
      const isTaken = (name: string) => folderId !== undefined && isTakenIn(folderId, name);
      const namer = namers.get(folderId) ?? createNames(isTaken);
      namers.set(folderId, namer);
      return namer(wanted);
    };
    return all.map((mount) => {
      const lineage = mount.folderId === null ? [] : storage.lineage(mount.folderId);
      const folder = lineage.at(-1);
      const isHere = folder?.spaceId === home?.id && folder?.kind === "folder" && isReached(actor, folder);
      const folders = isHere ? lineage.slice(1) : [];
      const shownFolderId = folders.at(-1)?.id ?? null;
      const inId = shownFolderId ?? home?.rootId;
      const shownName = nameIn(inId, mount.wanted);
      const above = [...folders.map(({ id }) => id).toReversed(), ...(home === undefined ? [] : [home.rootId])];
      return { ...mount, inId, shownFolderId, shownName, path: [...folders.map(({ name }) => name), shownName], above };
    });
  };
}

const maxKeptFolders = 1024;

/** Whether a name is taken in a folder, remembered until its entries change: every request of a sync client asks. */
function createTakenNames(storage: Pick<Storage, "child" | "events">): (folderId: number, name: string) => boolean {
  const folders = createRecentMap<number, Map<string, boolean>>(maxKeptFolders);
  storage.events.subscribe("changed", ({ folderIds }) => {
    for (const folderId of folderIds) folders.delete(folderId);
  });
  storage.events.subscribe("indexLost", folders.clear);
  return (folderId, name) => {
    const names = folders.get(folderId) ?? new Map<string, boolean>();
    folders.set(folderId, names);
    const isTaken = names.get(name) ?? storage.child(folderId, name) !== undefined;
    names.set(name, isTaken);
    return isTaken;
  };
}
