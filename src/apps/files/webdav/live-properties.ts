import { contentTypeOf, httpDate } from "#platform/http";
import type { NodeInfo } from "#storage/primary";
import { supportedLockXml } from "./lock-xml.ts";
import { fileIdOf } from "./sync-headers.ts";
import { davNamespace as dav, escapeXml, owncloudNamespace as owncloud } from "./xml-write.ts";

/** What properties need beside the node; asked only when a property of that kind is wanted. */
export interface PropertySource {
  lockDiscovery(node: NodeInfo): string;
  /** Bytes, RFC 4331. */
  quota(spaceId: number): { readonly usedBytes: number; readonly availableBytes: number };
  rights(node: NodeInfo): NodeRights;
}

/** What the caller may do with a node. */
export interface NodeRights {
  readonly canWrite: boolean;
  readonly canShare: boolean;
  /** It may leave its folder, or get another name in it. */
  readonly canLeave: boolean;
}

export interface LiveProperty {
  readonly namespace: string;
  readonly name: string;
  /** Named and returned by `allprop`: what RFC 4918 §15 defines, and nothing that costs. */
  readonly isCommon: boolean;
  /** The whole element; undefined when a node of that kind has no such property. */
  readonly render: (node: NodeInfo, source: PropertySource) => string | undefined;
}

const maxTimeMs = 8.64e15;

function isoDate(timeMs: number): string {
  const clamped = Math.min(Math.max(timeMs, 0), maxTimeMs);
  return `${new Date(clamped).toISOString().slice(0, 19)}Z`;
}

function ofFiles(render: (node: NodeInfo) => string | undefined): LiveProperty["render"] {
  return (node) => (node.kind === "file" ? render(node) : undefined);
}

function ofFolders(render: LiveProperty["render"]): LiveProperty["render"] {
  return (node, source) => (node.kind === "folder" ? render(node, source) : undefined);
}

/** The letters of ownCloud's `permissions`: share, read, delete, rename, move, write or create files and folders. */
function permissionsOf(node: NodeInfo, source: PropertySource): string {
  const { canWrite, canShare, canLeave } = source.rights(node);
  const letters = node.kind === "file" ? fileLetters : folderLetters;
  return letters[(canShare ? 4 : 0) + (canLeave ? 2 : 0) + (canWrite ? 1 : 0)] ?? "G";
}

/** Written out, since a listing of thousands asks for each of its rows. */
const fileLetters = ["G", "GW", "GDNV", "GDNVW", "RG", "RGW", "RGDNV", "RGDNVW"];
const folderLetters = ["G", "GCK", "GDNV", "GDNVCK", "RG", "RGCK", "RGDNV", "RGDNVCK"];

const common: readonly [string, LiveProperty["render"]][] = [
  [
    "resourcetype",
    ({ kind }) => (kind === "folder" ? "<d:resourcetype><d:collection/></d:resourcetype>" : "<d:resourcetype/>"),
  ],
  ["displayname", ({ name }) => `<d:displayname>${escapeXml(name)}</d:displayname>`],
  ["getcontentlength", ofFiles(({ sizeBytes }) => `<d:getcontentlength>${sizeBytes}</d:getcontentlength>`)],
  ["getcontenttype", ofFiles(({ name }) => `<d:getcontenttype>${contentTypeOf(name)}</d:getcontenttype>`)],
  ["getetag", ({ etag }) => `<d:getetag>"${etag}"</d:getetag>`],
  ["getlastmodified", ({ modifiedAtMs }) => `<d:getlastmodified>${httpDate(modifiedAtMs)}</d:getlastmodified>`],
  ["creationdate", ({ createdAtMs }) => `<d:creationdate>${isoDate(createdAtMs)}</d:creationdate>`],
  ["supportedlock", () => supportedLockXml],
  ["lockdiscovery", (node, source) => source.lockDiscovery(node)],
];

const onRequest: readonly [string, string, LiveProperty["render"]][] = [
  [
    dav,
    "quota-available-bytes",
    ofFolders((node, source) => {
      const { availableBytes } = source.quota(node.spaceId);
      return `<d:quota-available-bytes>${availableBytes}</d:quota-available-bytes>`;
    }),
  ],
  [
    dav,
    "quota-used-bytes",
    ofFolders((node, source) => `<d:quota-used-bytes>${source.quota(node.spaceId).usedBytes}</d:quota-used-bytes>`),
  ],
  [owncloud, "id", (node) => `<oc:id>${fileIdOf(node)}</oc:id>`],
  [owncloud, "fileid", ({ id }) => `<oc:fileid>${id}</oc:fileid>`],
  [owncloud, "size", ({ sizeBytes }) => `<oc:size>${sizeBytes}</oc:size>`],
  [owncloud, "permissions", (node, source) => `<oc:permissions>${permissionsOf(node, source)}</oc:permissions>`],
  [
    owncloud,
    "checksums",
    ofFiles(({ sha1 }) =>
      sha1 === null ? undefined : `<oc:checksums><oc:checksum>SHA1:${sha1}</oc:checksum></oc:checksums>`,
    ),
  ],
];

const liveProperties: readonly LiveProperty[] = [
  ...common.map(([name, render]) => ({ namespace: dav, name, isCommon: true, render })),
  ...onRequest.map(([namespace, name, render]) => ({ namespace, name, isCommon: false, render })),
];

/** The live properties of a surface. */
export interface PropertyTable {
  readonly all: readonly LiveProperty[];
  find(namespace: string, name: string): LiveProperty | undefined;
}

/** The properties of WebDAV and what a surface adds; of two with the same name the later one counts. */
export function createPropertyTable(added: readonly LiveProperty[] = []): PropertyTable {
  const byName = new Map([...liveProperties, ...added].map((one) => [`${one.namespace} ${one.name}`, one]));
  return { all: [...byName.values()], find: (namespace, name) => byName.get(`${namespace} ${name}`) };
}
