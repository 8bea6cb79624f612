import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lockFolder } from "./folder-lock.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hearth-lock-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("one holder at a time in this process", () => {
  const lock = lockFolder(folder);
  expect(() => lockFolder(folder)).toThrow("Another Hearth is running");
  lock.release();
  lockFolder(folder).release();
});

test("another process is kept out, and its end by SIGKILL frees the folder", async () => {
  const script = `
    import { lockFolder } from ${JSON.stringify(join(import.meta.dir, "folder-lock.ts"))};
    lockFolder(${JSON.stringify(folder)});
    console.log("locked");
    setTimeout(() => undefined, 30_000);
  `;
  const other = Bun.spawn([process.execPath, "-e", script], {
    stdout: "pipe",
    stderr: "inherit",
    cwd: import.meta.dir,
  });
  try {
    const { value } = await other.stdout.getReader().read();
    expect(new TextDecoder().decode(value)).toBe("locked\n");
    expect(() => lockFolder(folder)).toThrow("Another Hearth is running");
  } finally {
    other.kill("SIGKILL");
    await other.exited;
  }
  lockFolder(folder).release();
});

test("a folder that is not there is an error of its own", () => {
  expect(() => lockFolder(join(folder, "none"))).toThrow();
});
