import { hasPreview, mimeOf } from "#apps/files/browse";
import type { NodeInfo } from "#storage/primary";
import type { ResourceAction } from "#wire";
import type { OcsValue } from "./ocs.ts";
import { shareBits, sharePermissions } from "./permissions.ts";

/** Kinds of shares, as the interface numbers them. */
export const shareKinds = { user: 0, group: 1, link: 3 } as const;
export type ShareKind = (typeof shareKinds)[keyof typeof shareKinds];

interface Named {
  readonly id: string;
  readonly displayName: string;
}

/** A share as clients know it: somebody let into a file or folder, or a link to it. */
export interface Share {
  readonly id: number;
  readonly kind: ShareKind;
  readonly node: NodeInfo;
  /** In the tree of whoever asks, with a slash in front. */
  readonly path: string;
  /** Where it stands for whoever asks, or under what name its receiver first meets it. */
  readonly target: string;
  /** Declined by whoever asks. */
  readonly isDeclined: boolean;
  readonly permissions: number;
  readonly createdAtMs: number;
  readonly expiresAtMs: number | null;
  /** Who made it. */
  readonly by: Named;
  /** Whose file it is. */
  readonly owner: Named;
  /** Whom it lets in; null for a link. */
  readonly with: Named | null;
  readonly link: { readonly token: string; readonly url: string; readonly hasPassword: boolean } | null;
}

/** Entries and links have ids of their own; the interface has one 32-bit number for both. */
export function numberOfEntry(entryId: number): number {
  return entryId * 2;
}
export function entryOfNumber(number: number): number | undefined {
  return number % 2 === 0 ? number / 2 : undefined;
}
export function numberOfLink(linkId: string): number {
  return (Bun.hash.crc32(linkId) & 0x3fff_ffff) * 2 + 1;
}

export function permissionsOfActions(node: NodeInfo, actions: readonly ResourceAction[]): number {
  return sharePermissions(node, { canWrite: actions.includes("write"), canShare: actions.includes("share") });
}

export function actionsOfPermissions(permissions: number): ResourceAction[] {
  const writes = shareBits.update | shareBits.create | shareBits.delete;
  return [
    "read",
    ...((permissions & writes) === 0 ? [] : (["write"] as const)),
    ...((permissions & shareBits.share) === 0 ? [] : (["share"] as const)),
  ];
}

const [accepted, rejected] = [1, 2];

/** All fields that apps read, present in every share. */
export function shareElement(share: Share): OcsValue {
  const { node, by, owner, link } = share;
  const isFile = node.kind === "file";
  return {
    id: String(share.id),
    share_type: share.kind,
    uid_owner: by.id,
    displayname_owner: by.displayName,
    permissions: share.permissions,
    can_edit: true,
    can_delete: true,
    stime: Math.floor(share.createdAtMs / 1000),
    parent: null,
    expiration:
      share.expiresAtMs === null ? null : `${new Date(share.expiresAtMs).toISOString().slice(0, 10)} 00:00:00`,
    token: link?.token ?? null,
    uid_file_owner: owner.id,
    note: "",
    label: "",
    displayname_file_owner: owner.displayName,
    path: share.path,
    item_type: node.kind,
    mimetype: isFile ? mimeOf(node.name) : "httpd/unix-directory",
    has_preview: isFile && hasPreview(mimeOf(node.name)),
    storage_id: String(node.spaceId),
    storage: node.spaceId,
    item_source: node.id,
    file_source: node.id,
    file_parent: node.parentId ?? 0,
    file_target: share.target,
    status: share.isDeclined ? rejected : accepted,
    item_size: node.sizeBytes,
    item_mtime: Math.floor(node.modifiedAtMs / 1000),
    share_with: share.with?.id ?? null,
    share_with_displayname: share.with?.displayName ?? (link === null ? "" : "(Shared link)"),
    ...(link !== null && {
      url: link.url,
      password: link.hasPassword ? "redacted" : null,
      send_password_by_talk: false,
    }),
    mail_send: 0,
    hide_download: 0,
    attributes: null,
  };
}
