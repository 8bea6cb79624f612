import { hasPreview, mimeOf } from "#apps/files/browse";
import {
  type AppLockProperty,
  appLockProperties,
  createPropertyTable,
  davNamespace as dav,
  escapeXml,
  type LiveProperty,
  nextcloudNamespace as nc,
  owncloudNamespace as oc,
  type PropertySource,
} from "#apps/files/webdav";
import { httpDate } from "#platform/http";
import type { NodeInfo } from "#storage/primary";
import { davLetters, sharePermissions } from "./permissions.ts";

/** What the properties of sync clients need beside those of WebDAV. */
export interface RowSource extends PropertySource {
  isFavorite(node: NodeInfo): boolean;
  /** Somebody else's, or of a space: not a part of the home. */
  isForeign(node: NodeInfo): boolean;
  /** Of the top of a person's tree; undefined for everything below. */
  fingerprint(node: NodeInfo): string | undefined;
  /** How a mount came here; undefined for what is none. */
  mountType(node: NodeInfo): "group" | "shared" | undefined;
  /** The element that tells of a lock; undefined when there is none of this name. */
  readonly appLock?: (node: NodeInfo, name: AppLockProperty) => string | undefined;
  owner(node: NodeInfo): { readonly id: string; readonly displayName: string };
  /** Kinds of shares on it: 0 to a person, 1 to a group, 3 a link. */
  shareTypes(node: NodeInfo): readonly number[];
}

const openCollaboration = "http://open-collaboration-services.org/ns";
/** What clients hold to be a time; others they refuse to sync. */
const [firstSeconds, lastSeconds] = [1, 0xfffffffe];

function seconds(timeMs: number): number {
  return Math.min(Math.max(Math.trunc(timeMs / 1000), firstSeconds), lastSeconds);
}

type Render = (node: NodeInfo, source: RowSource) => string | undefined;

function property(namespace: string, prefix: string, name: string, render: Render): LiveProperty {
  return {
    namespace,
    name,
    isCommon: namespace === dav,
    render: (node, source) => {
      // The listings of this surface are made with a source of this kind.
      const value = render(node, source as RowSource);
      return value === undefined ? undefined : `<${prefix}:${name}>${value}</${prefix}:${name}>`;
    },
  };
}

const fileOnly =
  (render: (node: NodeInfo) => string): Render =>
  (node) =>
    node.kind === "file" ? render(node) : undefined;

/** WebDAV's properties and those of ownCloud's and Nextcloud's namespaces that clients ask for. */
export const nextcloudTable = createPropertyTable([
  property(dav, "d", "getlastmodified", ({ modifiedAtMs }) => httpDate(seconds(modifiedAtMs) * 1000)),
  property(oc, "oc", "permissions", (node, source) =>
    davLetters(node, source.rights(node), {
      isForeign: source.isForeign(node),
      isKept: source.mountType(node) === "group",
    }),
  ),
  property(oc, "oc", "favorite", (node, source) => (source.isFavorite(node) ? "1" : "0")),
  property(oc, "oc", "owner-id", (node, source) => escapeXml(source.owner(node).id)),
  property(oc, "oc", "owner-display-name", (node, source) => escapeXml(source.owner(node).displayName)),
  property(oc, "oc", "data-fingerprint", (node, source) => source.fingerprint(node)),
  property(oc, "oc", "comments-unread", () => "0"),
  property(oc, "oc", "share-types", (node, source) =>
    source
      .shareTypes(node)
      .map((type) => `<oc:share-type>${type}</oc:share-type>`)
      .join(""),
  ),
  property(nc, "nc", "is-mount-root", (node, source) => String(source.mountType(node) !== undefined)),
  property(nc, "nc", "mount-type", (node, source) => source.mountType(node) ?? ""),
  property(nc, "nc", "is-encrypted", () => "0"),
  property(nc, "nc", "has-preview", (node) => String(node.kind === "file" && hasPreview(mimeOf(node.name)))),
  property(
    nc,
    "nc",
    "creation_time",
    fileOnly(({ createdAtMs }) => String(seconds(createdAtMs))),
  ),
  property(
    nc,
    "nc",
    "upload_time",
    fileOnly(({ createdAtMs }) => String(seconds(createdAtMs))),
  ),
  ...appLockProperties.map((name) => ({
    namespace: nc,
    name,
    isCommon: false,
    render: (node: NodeInfo, source: PropertySource) => (source as RowSource).appLock?.(node, name),
  })),
  property(nc, "nc", "share-attributes", () => "[]"),
  {
    namespace: openCollaboration,
    name: "share-permissions",
    isCommon: false,
    render: (node, source) =>
      `<x1:share-permissions xmlns:x1="${openCollaboration}">${sharePermissions(node, source.rights(node))}</x1:share-permissions>`,
  },
]);
