import type { Dav, ListingView, Surface } from "#apps/files/webdav";
import { owncloudNamespace } from "#apps/files/webdav";
import type { Actor } from "#platform/usecase";
import type { NodeInfo } from "#storage/primary";
import { homeAddresses } from "./addresses.ts";
import type { Favorites } from "./favorites.ts";
import { type Mount, mountsOf } from "./mounts.ts";
import { nextcloudTable, type RowSource } from "./properties.ts";

export interface SurfaceDeps {
  readonly dav: Dav;
  readonly favorites: Favorites;
  /** Display name of the account with this login name. */
  readonly displayName: (name: string) => string | undefined;
  /** Which of these nodes have a share link. */
  readonly linkedNodeIds: (nodeIds: readonly number[]) => ReadonlySet<number>;
}

/** A person's tree as sync clients see it, with addresses below `root`. */
export function createSurface(deps: SurfaceDeps, actor: Actor, root: string): Surface {
  const { dav, favorites } = deps;
  return {
    addresses: homeAddresses(dav, actor, root),
    table: nextcloudTable,
    listing: createView(deps, actor),
    setter: ({ namespace, name, text }, isSet) => {
      if (namespace !== owncloudNamespace || name !== "favorite") return undefined;
      const isFavorite = isSet && /^(1|true)$/i.test(text.trim());
      return (nodeId) => favorites.set(actor.userId, nodeId, isFavorite);
    },
  };
}

function createView(deps: SurfaceDeps, actor: Actor): ListingView {
  const { dav, favorites, displayName, linkedNodeIds } = deps;
  let mounts: readonly Mount[] = [];
  let isForeign = ({ spaceId }: NodeInfo) => spaceId !== dav.findSpace("home", actor.name)?.id;
  const tagOf = createRightsTags(dav, actor);
  const shown = (node: NodeInfo): NodeInfo => {
    const tag = node.kind === "folder" ? tagOf(node.spaceId) : "";
    return tag === "" ? node : { ...node, etag: `${node.etag}_${tag}` };
  };
  return {
    rows: (names, rows, withEntries) => {
      const isMounted = names[0] !== "home";
      mounts = mountsOf(dav, actor);
      const mountIds = new Set(mounts.map(({ node }) => node.id));
      isForeign = ({ id }) => isMounted || mountIds.has(id);
      const [self, ...entries] = rows.map(shown);
      if (names.length > 1 || self === undefined || mounts.length === 0)
        return self === undefined ? [] : [self, ...entries];
      const mounted = mounts.map(({ name, node }) => shown({ ...node, name }));
      const below = mounted.map(({ id, name, etag }) => `${id} ${name} ${etag}`).join("\n");
      const top = { ...self, etag: `${self.etag}_${Bun.hash(below).toString(36)}` };
      return withEntries ? [top, ...entries, ...mounted] : [top];
    },
    found: (rows) => rows.map(shown),
    source: (base, rows): RowSource => {
      const mountOf = new Map(mounts.map((mount) => [mount.node.id, mount]));
      const marked = favorites.of(actor.userId);
      let linked: ReadonlySet<number> | undefined;
      const spaceOf = (node: NodeInfo) => dav.findSpace.byId(node.spaceId);
      return {
        ...base,
        isFavorite: ({ id }) => marked.has(id),
        isForeign,
        mountType: ({ id }) => {
          const mount = mountOf.get(id);
          return mount && (mount.names[0] === "spaces" ? "group" : "shared");
        },
        owner: (node) => {
          const { kind, name } = spaceOf(node);
          const id = kind === "home" ? name : actor.name;
          return { id, displayName: displayName(id) ?? id };
        },
        shareTypes: ({ id }) => {
          linked ??= linkedNodeIds(rows.map((row) => row.id));
          const entries = dav.access.entriesOn({ kind: "node", id }).filter(({ effect }) => effect === "allow");
          const kinds = new Set(entries.map(({ subject }) => subject.kind));
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

/**
 * What the rights of a person in a space add to the etags of its folders: a client reads permissions again only where an etag has
 * changed. Empty where membership of the home alone decides.
 */
function createRightsTags({ access }: Dav, actor: Actor): (spaceId: number) => string {
  const rules = access.isPlain(actor)
    ? ""
    : JSON.stringify(access.entriesFor(actor.userId).map(({ id, effect, actions }) => [id, effect, actions]));
  const tags = new Map<number, string>();
  return (spaceId) => {
    let tag = tags.get(spaceId);
    if (tag === undefined) {
      const role = access.spacesOf(actor.userId).find((membership) => membership.spaceId === spaceId)?.role ?? "";
      const isPlainManager = rules === "" && role === "manager";
      tag = isPlainManager ? "" : Bun.hash(`${role} ${rules}`).toString(36);
      tags.set(spaceId, tag);
    }
    return tag;
  };
}
