import type { ClientKind } from "./contract.ts";

const patterns: readonly (readonly [pattern: RegExp, kind: ClientKind])[] = [
  [/\bmirall\//i, "desktop"],
  [/nextcloud-android|\bAndroid\b.*\b(?:nextcloud|owncloud)/i, "android"],
  [/nextcloud-ios|\b(?:iOS|iPhone|iPad)\b.*\b(?:nextcloud|owncloud)/i, "ios"],
  [/\brclone\//i, "rclone"],
  [/davfs2|WebDAVFS|WebDAVLib|Microsoft-WebDAV-MiniRedir|gvfs|cadaver|\bwebdav\b/i, "webdav"],
];

/** What kind of program a `User-Agent` names; it proves nothing. */
export function clientKindOf(userAgent: string): ClientKind {
  return patterns.find(([pattern]) => pattern.test(userAgent))?.[1] ?? "other";
}
