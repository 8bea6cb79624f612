import type { PropertySource, PropertyTable } from "./live-properties.ts";
import type { Addresses } from "./path.ts";
import type { NodeInfo } from "#storage/primary";
import type { XmlElement } from "./xml-read.ts";

/** One way to show the tree to one caller: its addresses, and what its listings say. */
export interface Surface {
  readonly addresses: Addresses;
  readonly table: PropertyTable;
  /** Whether shares and spaces stand among the files of the home and can be moved about there. */
  readonly placesMounts?: boolean;
  /** Undefined for a surface that lists what is there as it is. */
  readonly listing?: ListingView;
  /** How a change of a property is made that is kept apart from the others, as a favourite; undefined for every other. */
  readonly setter?: (element: XmlElement, isSet: boolean) => ((nodeId: number) => void) | undefined;
}

/** What is asked of a listing, as far as it decides how long its bytes hold. */
export interface ListingQuery {
  /** False when only live properties are asked for: then the database is not. */
  readonly wantsDead: boolean;
  readonly wantsLocks: boolean;
  readonly wantsQuota: boolean;
  /** Names of people, which change without their files. */
  readonly wantsPeople: boolean;
}

export interface ListingView {
  /**
   * Everything the rows of a folder depend on that its own etag and properties, quotas and the caller's rights in the space do not
   * tell; equal only if the bytes are. Undefined for what must not be kept. A surface without it is never kept.
   */
  version?(self: NodeInfo, query: ListingQuery): string | undefined;
  /**
   * The rows of a listing as this surface shows them, the folder itself first. `names` says which folder; without
   * `withEntries` only itself is asked for.
   */
  rows(names: readonly string[], rows: readonly NodeInfo[], withEntries: boolean): readonly NodeInfo[];
  /** The rows of an answer whose nodes lie anywhere, as this surface shows them. */
  found(rows: readonly NodeInfo[]): readonly NodeInfo[];
  /** What the properties of these rows need, looked up once. */
  source(base: PropertySource, rows: readonly NodeInfo[]): PropertySource;
}
