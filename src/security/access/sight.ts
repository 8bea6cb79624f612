import type { Actor } from "#platform/usecase";
import type { NodeFilter } from "./filter.ts";
import type { NodeResource } from "./resource.ts";

/** What somebody may read, for one listing. A missing filter lets everything pass. */
export interface Sight {
  can(resource: NodeResource): boolean;
  /** For the entries of a folder that can be read. */
  readonly entries: NodeFilter | undefined;
  /** Nodes at which an entry about reading concerns them: only there can something begin or cease to be hidden. */
  readonly concerned: readonly number[];
}

export interface PersonSight extends Sight {
  /** For anything in the spaces of which this person is a member or was let in: for a few rows of them. */
  readonly rows: NodeFilter | undefined;
  /** The same, for a search through all of them. */
  readonly tree: NodeFilter | undefined;
}

/** A link, and the person who made it as they are now. */
export interface LinkParty {
  readonly linkId: string;
  readonly creator: Actor;
}
