import { expect, test } from "bun:test";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createIsOpenForWriting } from "./index.ts";

test("a writer is noticed, readers are not, and asking changes nothing", () => {
  const dir = mkdtempSync(join(tmpdir(), "hearth-lease-"));
  const path = join(dir, "a");
  writeFileSync(path, "a");
  const isOpenForWriting = createIsOpenForWriting();
  const fd = openSync(path, "r");
  const other = openSync(path, "r");
  expect(isOpenForWriting(fd)).toBe(false);
  const writer = openSync(path, "r+");
  expect(isOpenForWriting(fd)).toBe(true);
  closeSync(writer);
  expect(isOpenForWriting(fd)).toBe(false);
  // The lease was given back: nobody has to wait.
  closeSync(openSync(path, "r+"));
  for (const open of [fd, other]) closeSync(open);
  rmSync(dir, { recursive: true });
});
