import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  closeSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createStatEntry } from "./index.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hearth-statx-"));
  mkdirSync(join(folder, "sub"));
  writeFileSync(join(folder, "plain.txt"), "12345");
  writeFileSync(join(folder, "ü".repeat(127)), "");
  writeFileSync(join(folder, "old"), "x");
  utimesSync(join(folder, "old"), 1.5, 1.5);
  symlinkSync("plain.txt", join(folder, "link"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("it says what lstat says, within a microsecond, and never follows a link", () => {
  const statEntry = createStatEntry();
  const fd = openSync(folder, "r");
  try {
    for (const name of readdirSync(folder)) {
      const stats = lstatSync(join(folder, name));
      const entry = statEntry(fd, name);
      expect(entry).toMatchObject({
        kind: stats.isFile() ? "file" : stats.isDirectory() ? "folder" : "other",
        sizeBytes: stats.size,
        ino: stats.ino,
      });
      expect(Math.abs((entry?.mtimeUs ?? 0) - stats.mtimeMs * 1000)).toBeLessThanOrEqual(1.5);
      expect(Math.abs((entry?.btimeUs ?? 0) - stats.birthtimeMs * 1000)).toBeLessThanOrEqual(1.5);
    }
    expect(statEntry(fd, "missing")).toBeUndefined();
    expect(statEntry(fd, "x".repeat(5000))).toBeUndefined();
  } finally {
    closeSync(fd);
  }
});
