import { expect, test } from "bun:test";
import fc from "fast-check";
import { deviceNameOf } from "./device-name.ts";

test("a device is named as a person would name it", () => {
  const names: [userAgent: string, name: string][] = [
    ["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"],
    [
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 Edg/140.0",
      "Edge on Windows",
    ],
    [
      "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/19.0 Safari/605.1.15",
      "Safari on Mac",
    ],
    [
      "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 CriOS/140.0 Mobile Safari/604.1",
      "Chrome on iPhone",
    ],
    [
      "Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
      "Chrome on Android",
    ],
    ["Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/140.0 Safari/537.36", "Chrome on Linux"],
    ["Mozilla/5.0 (Linux) mirall/3.15.0 (Nextcloud)", "Nextcloud client on Linux"],
    ["Mozilla/5.0 (Android) Nextcloud-android/3.30.0", "Nextcloud client on Android"],
    ["rclone/v1.68.0", "rclone"],
    ["WebDAVFS/3.0.0 (03008000) Darwin/24.0.0 (arm64)", "Finder on Mac"],
    ["Microsoft-WebDAV-MiniRedir/10.0.26100", "Windows Explorer"],
    ["", "Unknown device"],
  ];
  for (const [userAgent, name] of names) expect(deviceNameOf(userAgent)).toBe(name);
});

test("whatever a client calls itself, its name is short and ours", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 2000 }), (userAgent) => {
      expect(deviceNameOf(userAgent)).toMatch(/^[A-Za-z0-9 ]{4,40}$/);
    }),
  );
});
