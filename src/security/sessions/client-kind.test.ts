import { expect, test } from "bun:test";
import { clientKindOf } from "./client-kind.ts";

test("what the clients call themselves", () => {
  const kinds = {
    "Mozilla/5.0 (Linux) mirall/3.16.4 (Nextcloud, debian-6.1 ClientArchitecture: x86_64 OsArchitecture: x86_64)":
      "desktop",
    "Mozilla/5.0 (Android) Nextcloud-android/3.30.0": "android",
    "Mozilla/5.0 (Android) ownCloud-android/2.25": "android",
    "Mozilla/5.0 (iOS) Nextcloud-iOS/7.0.2": "ios",
    "rclone/v1.60.1-DEV": "rclone",
    "davfs2/1.6.1 neon/0.32.2": "webdav",
    "WebDAVFS/3.0.0 (03008000) Darwin/23.5.0": "webdav",
    "curl/7.88.1": "other",
    "": "other",
  } as const;
  for (const [userAgent, kind] of Object.entries(kinds)) expect(clientKindOf(userAgent)).toBe(kind);
});
