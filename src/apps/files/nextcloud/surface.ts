import type { PlacedMount } from "#apps/files/mounts";
import type { Dav, ListingView, Surface } from "#apps/files/webdav";
import { appLockXml, type Lock, owncloudNamespace } from "#apps/files/webdav";
import type { Actor } from "#platform/usecase";
import type { NodeInfo } from "#storage/primary";
import { homeAddresses } from "./addresses.ts";
import type { Favorites } from "./favorites.ts";
import { nextcloudTable, type RowSource } from "./properties.ts";
import type { SeenEtag, SeenEtags } from "./seen-etags.ts";

export interface SurfaceDeps {
  readonly dav: Dav;
  readonly favorites: Favorites;
  readonly seenEtags: SeenEtags;
  /** Display name of the account with this login name. */
  readonly displayName: (name: string) => string | undefined;
  /** Which of these nodes have a share link. */
  readonly linkedNodeIds: (nodeIds: readonly number[]) => ReadonlySet<number>;
  /** Raised whenever `linkedNodeIds` may answer otherwise than before. */
  readonly linksVersion: () => number;
  /** Changes for a person whenever files of theirs have been restored. */
  readonly fingerprintOf: (userId: number) => string;
}

const unshared: readonly number[] = [];
const byLink: readonly number[] = [3];

/** A person's tree as sync clients see it, with addresses below `root`. */
export function createSurface(deps: SurfaceDeps, actor: Actor, root: string): Surface {
  const { dav, favorites } = deps;
  let known: readonly PlacedMount[] | undefined;
  const mounts = () => (known ??= dav.mounts.tree(actor));
  return {
    addresses: homeAddresses(mounts, actor, root),
    table: nextcloudTable,
    placesMounts: true,
    listing: createView(deps, actor, mounts),
    setter: ({ namespace, name, text }, isSet) => {
      if (namespace !== owncloudNamespace || name !== "favorite") return undefined;
      const isFavorite = isSet && /^(1|true)$/i.test(text.trim());
      return (nodeId) => favorites.set(actor.userId, nodeId, isFavorite);
    },
  };
}

function createView(deps: SurfaceDeps, actor: Actor, mounts: () => readonly PlacedMount[]): ListingView {
  const { dav, favorites, displayName, linkedNodeIds, linksVersion, seenEtags, fingerprintOf } = deps;
  const topId = dav.findSpace("home", actor.name)?.rootId;
  let etagOf: SeenEtag | undefined;
  const shown = (node: NodeInfo): NodeInfo => {
    if (node.kind === "file") return node;
    const seen = (etagOf ??= seenEtags(actor, mounts()))(node);
    // Clients read the fingerprint again only where an etag has changed.
    const restore = node.id === topId ? fingerprintOf(actor.userId) : "";
    const etag = restore === "" ? seen : `${seen}_${restore}`;
    return etag === node.etag ? node : { ...node, etag };
  };
  const ownerOf = ({ spaceId }: NodeInfo) => {
    const { kind, name } = dav.findSpace.byId(spaceId);
    const id = kind === "home" ? name : actor.name;
    return { id, displayName: displayName(id) ?? id };
  };
  return {
    version: (self, query) => {
      const here = mounts().filter(({ inId }) => inId === self.id);
      // What stands here and lies in another space has an owner and a quota of its own.
      if (here.length > 0 && (query.wantsQuota || query.wantsPeople)) return undefined;
      return JSON.stringify([
        [actor.userId, actor.readOnly, shown(self).etag, query.wantsPeople ? ownerOf(self) : ""],
        [dav.access.version(), favorites.version(), linksVersion()],
        mounts().map(({ node, kind, inId, shownName }) => [node.id, kind, inId, shownName]),
        here.map(({ node }) => [node.etag, shown(node).etag]),
        // A lock that goes on for longer changes no etag.
        dav.locks.all().map(({ nodeId, expiresAtMs }) => [nodeId, expiresAtMs]),
      ]);
    },
    rows: (names, rows, withEntries) => {
      const [self, ...entries] = rows.map(shown);
      if (self === undefined) return [];
      const mount =
        names.length === 2 ? mounts().find(({ kind, name }) => kind === names[0] && name === names[1]) : undefined;
      const top = mount === undefined ? self : { ...self, name: mount.shownName };
      const here = withEntries && names[0] === "home" ? mounts().filter(({ inId }) => inId === self.id) : [];
      return [top, ...entries, ...here.map(({ node, shownName }) => shown({ ...node, name: shownName }))];
    },
    found: (rows) => rows.map(shown),
    source: (base, rows): RowSource => {
      const mountOf = new Map(mounts().map((mount) => [mount.node.id, mount]));
      const marked = favorites.of(actor.userId);
      const lockOf = createLockFinder(dav);
      const homeId = dav.findSpace("home", actor.name)?.id;
      let linked: ReadonlySet<number> | undefined;
      return {
        ...base,
        // Where a mount stands is its receiver's own matter, whatever they may do to what is in it.
        rights: (node) => {
          const rights = base.rights(node);
          return mountOf.has(node.id) ? { ...rights, canLeave: !actor.readOnly } : rights;
        },
        isFavorite: ({ id }) => marked.has(id),
        appLock: (node, name) => {
          const lock = lockOf(node);
          return appLockXml(name, lock && dav.appLocks.shown(actor, lock));
        },
        isForeign: ({ spaceId }) => spaceId !== homeId,
        // Of the top alone, as the interface has it.
        fingerprint: ({ id }) => (id === topId ? fingerprintOf(actor.userId) : undefined),
        mountType: ({ id }) => {
          const mount = mountOf.get(id);
          return mount && (mount.kind === "spaces" ? "group" : "shared");
        },
        owner: ownerOf,
        shareTypes: ({ id }) => {
          linked ??= linkedNodeIds(rows.map((row) => row.id));
          const entries = dav.access.entriesOn({ kind: "node", id });
          // Nearly every row: a listing of thousands makes nothing for it.
          if (entries.length === 0) return linked.has(id) ? byLink : unshared;
          const allowing = entries.filter(({ effect }) => effect === "allow");
          const kinds = new Set(allowing.map(({ subject }) => subject.kind));
          return [
            ...(kinds.has("user") ? [0] : []),
            ...(kinds.has("group") ? [1] : []),
            ...(linked.has(id) ? [3] : []),
          ];
        },
      };
    },
  };
}

/** The lock that closes a file: its own, or of a folder above with all that is in it. Looked up once for a listing. */
function createLockFinder({ locks, storage }: Dav): (node: NodeInfo) => Lock | undefined {
  const all = locks.all();
  const own = new Map(all.toReversed().map((lock) => [lock.nodeId, lock]));
  const deep = all.filter(({ isDeep }) => isDeep);
  return ({ id }) => own.get(id) ?? deep.find(({ nodeId }) => storage.isWithin(id, nodeId));
}
