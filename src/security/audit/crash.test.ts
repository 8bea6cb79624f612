import { expect, test } from "bun:test";
import { join } from "node:path";
import { openTestFolder } from "./testing.ts";

/** Writes without end: urgent entries whose numbers it prints once they are promised, and files beside them. */
const writer = `
  import { act, openTestFolder } from ${JSON.stringify(join(import.meta.dir, "testing.ts"))};
  const folder = openTestFolder(process.argv[1]);
  await folder.run(async (audit) => {
    for (let i = 0; ; i++) {
      for (let file = 0; file < 20; file++) audit.record(act({ operation: "dav.put", resources: ["/dav/home/" + file] }));
      await audit.record(act({ requestId: "n" + i }));
      process.stdout.write("n" + i + "\\n");
    }
  });
`;

test("killed while it appends, the log holds, has everything that was promised, and goes on", async () => {
  const folder = openTestFolder();
  for (let round = 0; round < 4; round++) {
    const child = Bun.spawn([process.execPath, "-e", writer, folder.dir], { stdout: "pipe", stderr: "inherit" });
    const reader = child.stdout.getReader();
    let printed = new TextDecoder().decode((await reader.read()).value);
    const killer = setTimeout(() => child.kill("SIGKILL"), 20 + round * 60);
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      printed += new TextDecoder().decode(part.value);
    }
    clearTimeout(killer);
    await child.exited;
    expect(folder.problems()).toEqual([]);
    const promised = printed.split("\n").slice(0, -1).length;
    await folder.run(() => undefined);
    expect(folder.verify().entries).toBeGreaterThan(promised);
    expect(folder.problems()).toEqual([]);
  }
  expect(folder.logged).toEqual([]);
  folder.remove();
}, 30_000);
