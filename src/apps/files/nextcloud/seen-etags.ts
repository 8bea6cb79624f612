import type { PlacedMount } from "#apps/files/mounts";
import type { Dav } from "#apps/files/webdav";
import { createLruMap } from "#platform/lru";
import type { Actor } from "#platform/usecase";
import type { NodeInfo } from "#storage/primary";

type SeenDav = Pick<Dav, "storage" | "access" | "locks">;

/** Something that makes folders look other to one person than their own etag says: it counts for all folders above it. */
interface Mark {
  /** Folders in which the person can come to it, the nearest first. */
  readonly above: readonly number[];
  /** What the person sees of it; changes exactly when that does. */
  readonly sign: () => string;
  /** Hidden from the person: what happens in it must not show. */
  readonly isHole: boolean;
}

export type SeenEtag = (node: NodeInfo) => string;
export type SeenEtags = (actor: Actor, mounts: readonly PlacedMount[]) => SeenEtag;

const maxKept = 2000;
const noMarks: readonly Mark[] = [];

/**
 * Etags as one person sees them: that of a folder changes exactly when something does that they can see below it. The etags of the
 * storage do so for whoever sees all; to them come the rights, the mounts that stand below, and locks, and what is hidden goes.
 */
export function createSeenEtags(dav: SeenDav): SeenEtags {
  /** Folders with something hidden below them, by person, etag and rights. */
  const kept = createLruMap<string, string>(maxKept);
  return (actor, mounts) => {
    const rightsOf = createRightsSigns(dav, actor);
    let marks: ReadonlyMap<number, readonly Mark[]> | undefined;
    const marksAbout = (folderId: number) =>
      (marks ??= byFolder([...edges(dav, actor, rightsOf), ...lockMarks(dav, actor), ...mountMarks()])).get(folderId) ??
      noMarks;
    const mountMarks = () =>
      mounts.map(({ node, above, inId, shownName }): Mark => {
        const sign = () => {
          const own =
            node.kind === "file" ? [node.modifiedAtMs, ...dav.locks.on(node.id).map(({ userId }) => userId)] : [];
          return [node.id, inId, shownName, seen(node), rightsOf(node), ...own].join(" ");
        };
        return { above, sign, isHole: false };
      });
    const base = (folder: NodeInfo): string => {
      if (!marksAbout(folder.id).some(({ isHole }) => isHole)) return folder.etag;
      const key = `${actor.userId} ${folder.id} ${folder.etag} ${dav.access.version()}`;
      const known = kept.get(key);
      if (known !== undefined) return known;
      const made = hash(dav.storage.children(folder.id, dav.access.sightOf(actor).entries).map(contentSign).join("\n"));
      kept.set(key, made);
      return made;
    };
    const contentSign = (child: NodeInfo) =>
      `${child.id} ${child.name} ${child.kind === "folder" ? base(child) : `${child.etag} ${child.modifiedAtMs}`}`;
    const seen = (node: NodeInfo): string => {
      if (node.kind === "file") return node.etag;
      const about = marksAbout(node.id);
      const rights = rightsOf(node);
      if (about.length === 0) return rights === "" ? node.etag : `${node.etag}_${rights}`;
      const signs = about
        .filter(({ isHole }) => !isHole)
        .map(({ sign }) => sign())
        .toSorted();
      if (rights === "" && signs.length === 0) return base(node);
      return `${base(node)}_${hash([rights, ...signs].join("\n"))}`;
    };
    return seen;
  };
}

/** What a person may do at a node, in a word; empty for all that can be done to a file. */
function createRightsSigns({ access }: SeenDav, actor: Actor): (node: Pick<NodeInfo, "id" | "spaceId">) => string {
  const bySpace = new Map<number, string>();
  const isPlain = access.isPlain(actor);
  const ask = (spaceId: number, nodeId: number) => {
    const actions = access.actionsAt(actor, { spaceId, nodeId });
    const letters = actions.map((action) => action[0]).filter((letter) => letter !== "m");
    return letters.length === 3 ? "" : letters.join("") || "-";
  };
  return ({ id, spaceId }) => {
    if (!isPlain) return ask(spaceId, id);
    // For whom no entry concerns, everything in a space is alike.
    const known = bySpace.get(spaceId) ?? ask(spaceId, id);
    bySpace.set(spaceId, known);
    return known;
  };
}

/** Nodes at which the rights of a person change, seen from above. */
function edges({ storage, access }: SeenDav, actor: Actor, rightsOf: ReturnType<typeof createRightsSigns>): Mark[] {
  if (access.isPlain(actor)) return [];
  const nodeIds = new Set(
    access.entriesFor(actor.userId).flatMap(({ resource }) => (resource.kind === "node" ? [resource.id] : [])),
  );
  return [...nodeIds].flatMap((nodeId): Mark[] => {
    const node = storage.node(nodeId);
    if (node === undefined || node.parentId === null) return [];
    const { spaceId, parentId } = node;
    const rights = rightsOf(node);
    if (rights === rightsOf({ id: parentId, spaceId })) return [];
    const above = storage.above(nodeId).slice(0, access.shownSteps(actor, { spaceId, nodeId: parentId }));
    const isHole = !access.can(actor, "read", { spaceId, nodeId });
    return [{ above, sign: () => `${nodeId} ${rights}`, isHole }];
  });
}

/** Who has locked what: clients show it, and look again only where an etag has changed. */
function lockMarks({ storage, access, locks }: SeenDav, actor: Actor): Mark[] {
  return locks.all().flatMap(({ nodeId, userId, kind }): Mark[] => {
    const node = storage.node(nodeId);
    if (node === undefined) return [];
    const way = [nodeId, ...storage.above(nodeId)];
    const above = way.slice(0, access.shownSteps(actor, { spaceId: node.spaceId, nodeId }));
    return above.length === 0 ? [] : [{ above, sign: () => `lock ${nodeId} ${userId} ${kind}`, isHole: false }];
  });
}

function byFolder(marks: readonly Mark[]): Map<number, Mark[]> {
  const found = new Map<number, Mark[]>();
  for (const mark of marks) {
    for (const folderId of mark.above) {
      const about = found.get(folderId);
      if (about === undefined) found.set(folderId, [mark]);
      else about.push(mark);
    }
  }
  return found;
}

function hash(text: string): string {
  return Bun.hash(text).toString(36);
}
