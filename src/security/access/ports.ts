import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import type { Actor } from "#platform/usecase";
import type { Names } from "./resource.ts";
import type { Access } from "./service.ts";

/** A file or folder, as far as the panel knows it. */
export interface PanelNode {
  readonly id: number;
  readonly spaceId: number;
  readonly parentId: number | null;
  readonly name: string;
}

/** A link, as far as rights concern it. */
export interface PanelLink {
  readonly id: string;
  readonly nodeId: number;
  readonly creatorId: number;
  readonly mode: "view" | "upload";
}

/** What the operations need of others. */
export interface AccessOperationsDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly access: Access;
  readonly names: Names;
  readonly people: () => readonly { readonly id: number; readonly displayName: string }[];
  /** A person as they are now; undefined when the account is gone or disabled. */
  readonly actorOf: (userId: number) => Actor | undefined;
  readonly storage: {
    /** A visible node. */
    node(nodeId: number): PanelNode | undefined;
    above(nodeId: number): readonly number[];
    space(spaceId: number): { readonly kind: "home" | "shared"; readonly name: string };
  };
  /** Links that have not expired, on any of these nodes. */
  readonly linksOn: (nodeIds: readonly number[]) => readonly PanelLink[];
  readonly findLink: (linkId: string) => PanelLink | undefined;
}
