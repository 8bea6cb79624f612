// needs: mount.davfs, /dev/fuse, /root/.
// Mounting is for root alone, and so is a look at that last path.
import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startHearth } from "#kit";

const timeoutMs = 30_000;

async function run(argv: readonly string[]): Promise<void> {
  const child = Bun.spawn([...argv], { stdout: "pipe", stderr: "pipe", timeout: timeoutMs });
  const output = (await new Response(child.stdout).text()) + (await new Response(child.stderr).text());
  expect(await child.exited, `${argv.join(" ")}\n${output}`).toBe(0);
}

/** Names are used as they are known: listing a folder of davfs2 1.6 fails on new kernels, whatever the server. */
test("a davfs2 mount reads, writes, renames and deletes; the server has it all after the unmount", async () => {
  const hearth = await startHearth();
  const dir = mkdtempSync(join(tmpdir(), "hearth-davfs2-"));
  const mount = join(dir, "mount");
  try {
    mkdirSync(mount);
    const secrets = join(dir, "secrets");
    writeFileSync(secrets, `${hearth.davUrl} ${hearth.user} ${hearth.appPassword}\n`, { mode: 0o600 });
    writeFileSync(join(dir, "davfs2.conf"), `secrets ${secrets}\ndelay_upload 0\nask_auth 0\n`);
    const before = Buffer.alloc(200_000, "a line written before the mount\n");
    expect((await hearth.fetch("/dav/home/before.txt", { method: "PUT", body: before })).status).toBe(201);

    await run(["mount", "-t", "davfs", "-o", `conf=${join(dir, "davfs2.conf")}`, hearth.davUrl, mount]);
    try {
      expect(readFileSync(join(mount, "before.txt"))).toEqual(before);
      writeFileSync(join(mount, "new.txt"), "written through the mount");
      mkdirSync(join(mount, "folder"));
      writeFileSync(join(mount, "folder/a.bin"), before);
      renameSync(join(mount, "folder/a.bin"), join(mount, "folder/b.bin"));
      unlinkSync(join(mount, "before.txt"));
      expect(statSync(join(mount, "folder/b.bin")).size).toBe(before.length);
    } finally {
      await run(["umount", mount]);
    }
    expect(await (await hearth.fetch("/dav/home/new.txt")).text()).toBe("written through the mount");
    expect(Buffer.from(await (await hearth.fetch("/dav/home/folder/b.bin")).arrayBuffer())).toEqual(before);
    expect((await hearth.fetch("/dav/home/folder/a.bin")).status).toBe(404);
    expect((await hearth.fetch("/dav/home/before.txt")).status).toBe(404);
  } finally {
    rmSync(dir, { recursive: true, force: true });
    await hearth.stop();
  }
}, 90_000);
