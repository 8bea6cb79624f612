import type { Actor } from "#platform/usecase";
import { both, type FilterOf, type NodeFilter, treeFilter, withoutNodes } from "./filter.ts";
import type { NodeResource } from "./resource.ts";

/** What somebody may read, for one listing. A missing filter lets everything pass. */
export interface Sight {
  can(resource: NodeResource): boolean;
  /** For the entries of a folder that can be read. */
  readonly entries: NodeFilter | undefined;
  /** For anything in the spaces of which this person is a member or was let in. */
  readonly tree: NodeFilter | undefined;
  /** Nodes at which an entry concerns them: only there can something begin or cease to be hidden. */
  readonly concerned: readonly number[];
}

/** A link, and the person who made it as they are now. */
export interface LinkParty {
  readonly linkId: string;
  readonly creator: Actor;
}

interface LinkSightParts {
  readonly canCreator: (resource: NodeResource) => boolean;
  readonly canLink: (resource: NodeResource) => boolean;
  /** Nodes with a deny that concerns either. */
  readonly denied: readonly number[];
  readonly concerned: readonly number[];
  readonly creatorTree: NodeFilter | undefined;
  /** Undefined when no entry concerns the link. */
  readonly link: FilterOf | undefined;
}

/** Both must agree: whoever made the link, and the entries about the link itself. */
export function linkSight({ canCreator, canLink, denied, concerned, creatorTree, link }: LinkSightParts): Sight {
  const trees = [creatorTree, link && treeFilter("read", link)].filter((filter) => filter !== undefined);
  return {
    can: (resource) => canCreator(resource) && canLink(resource),
    entries: denied.length === 0 ? undefined : withoutNodes(denied),
    tree: trees.length === 0 ? undefined : both(trees),
    concerned,
  };
}
