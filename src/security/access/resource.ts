import type { AccessResource } from "./contract.ts";

/** A file or folder in its space; the space as a whole without `nodeId`. */
export interface NodeResource {
  readonly spaceId: number;
  readonly nodeId?: number | undefined;
  /** It lies in the trash, and the folder it came from may be gone. */
  readonly inTrash?: boolean;
}

/** Something without a tree. */
export type OtherResource = Exclude<AccessResource, { kind: "node" }>;

/** What an action touches. */
export type Resource = NodeResource | OtherResource;

/** Where nodes hang. Part of what storage offers. */
export interface Tree {
  /** The folders above a node, the nearest first, up to the root of its space; also from inside the trash. */
  above(nodeId: number): readonly number[];
  rootIdOf(spaceId: number): number;
}

/** What rules are called in a sentence; undefined for what is gone. */
export interface Names {
  person(id: number): string | undefined;
  group(id: number): string | undefined;
  space(id: number): string | undefined;
  /** Ids and names from the root of the space to the node. */
  path(nodeId: number): readonly { readonly id: number; readonly name: string }[];
}
