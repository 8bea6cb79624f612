// needs: mount.davfs, /dev/fuse, /root/.
// Mounting is for root alone, and so is a look at that last path.
import { expect, test } from "bun:test";
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contentOf } from "../system/crash/content.ts";
import { brokenInvariants } from "../system/invariants.ts";
import { diskTree, startSystem, untilNone } from "../system/support.ts";
import { run } from "../system/out-of-band/outside.ts";

test("a tree is copied into a davfs2 mount while the server dies and comes back: after the unmount all of it is there", async () => {
  const dir = mkdtempSync(join(tmpdir(), "hearth-davfs2-"));
  const dataDir = join(dir, "data");
  let server = await startSystem({ dataDir });
  try {
    const [mount, source] = [join(dir, "mount"), join(dir, "source")];
    mkdirSync(mount);
    for (let index = 0; index < 60; index++) {
      mkdirSync(join(source, `folder ${index % 6}`), { recursive: true });
      writeFileSync(join(source, `folder ${index % 6}/grün ${index}.bin`), contentOf(index, 2000 + index * 50));
    }
    const secrets = join(dir, "secrets");
    writeFileSync(secrets, `${server.davUrl} ${server.user} ${server.appPassword}\n`, { mode: 0o600 });
    // What could not be sent is tried again after a second, and then less often.
    const settings = ["delay_upload 0", "ask_auth 0", "retry 1", "max_retry 2"];
    writeFileSync(join(dir, "davfs2.conf"), [`secrets ${secrets}`, ...settings, ""].join("\n"));
    await run("mount", "-t", "davfs", "-o", `conf=${join(dir, "davfs2.conf")}`, server.davUrl, mount);
    try {
      mkdirSync(join(mount, "tree"));
      for (let index = 0; index < 6; index++) mkdirSync(join(mount, `tree/folder ${index}`));
      const copy = (index: number) => {
        const path = `folder ${index % 6}/grün ${index}.bin`;
        cpSync(join(source, path), join(mount, "tree", path));
      };
      for (let index = 0; index < 30; index++) copy(index);
      await server.kill();
      server = await startSystem({ dataDir, again: server });
      for (let index = 30; index < 60; index++) copy(index);
      renameSync(join(mount, "tree/folder 5"), join(mount, "tree/renamed"));
      renameSync(join(source, "folder 5"), join(source, "renamed"));
    } finally {
      await run("umount", mount);
    }
    expect(await untilNone(() => difference(join(server.homePath, "tree"), source))).toEqual([]);
    expect(await untilNone(() => brokenInvariants(server))).toEqual([]);
  } finally {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}, 120_000);

function difference(found: string, expected: string): string[] {
  const there = diskTree(found);
  return [...diskTree(expected)].filter(([path, hash]) => there.get(path) !== hash).map(([path]) => path);
}
