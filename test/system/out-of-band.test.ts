// needs: rsync, vim.tiny, tar, find
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { untilIndexed, unpack } from "./endurance/events.ts";
import { percentile } from "./endurance/load.ts";
import { brokenInvariants } from "./invariants.ts";
import { run, shell, seenAfter, topEtag, idAt, putWhile } from "./out-of-band/outside.ts";
import { davTree, defectsIn, startSystem, type System, times, treeDifference, untilNone } from "./support.ts";

/** What the issue asks for: a change by another program shows within this time. */
const seenWithinMs = 1000;
/** No single upload may be held up for longer meanwhile, on a machine that runs other tests beside this one. */
const slowestMs = 1000;
/** 50,000 files in `scripts/storm.ts bulk`. */
const manyFiles = 5_000 * times;

let system: System;
let outside: string;
beforeAll(async () => {
  system = await startSystem();
  outside = mkdtempSync(join(tmpdir(), "hearth-outside-"));
  writeFileSync(join(outside, "letter.txt"), "a letter from outside\n");
  mkdirSync(join(outside, "album/summer"), { recursive: true });
  for (let index = 0; index < 20; index++)
    writeFileSync(join(outside, `album/summer/${index}.jpg`), `picture ${index}`);
});
afterAll(async () => {
  const defects = defectsIn(system.log());
  await system.stop();
  rmSync(outside, { recursive: true, force: true });
  expect(defects).toEqual([]);
});

async function agreed(): Promise<void> {
  expect(await untilNone(async () => treeDifference(system.homePath, await davTree(system)))).toEqual([]);
  expect(await untilNone(() => brokenInvariants(system))).toEqual([]);
}

test("what cp, mv, rm, rsync and editors do far below is seen at the top within a second, and moves keep ids", async () => {
  const home = system.homePath;
  const deep = "a/b/c/d";
  mkdirSync(join(home, deep), { recursive: true });
  mkdirSync(join(home, "else/where"), { recursive: true });
  await untilIndexed(system, 6, 10_000);
  const letter = join(home, deep, "letter.txt");
  const measured: [string, number][] = [];
  const step = async (name: string, work: () => Promise<unknown>) => {
    measured.push([name, await seenAfter(system, work)]);
    await agreed();
  };

  await step("cp", () => run("cp", join(outside, "letter.txt"), letter));
  const id = await idAt(system, `${deep}/letter.txt`);
  await step("cp over it", () => shell(`echo changed > '${letter}'`));
  await step("sed -i", () => run("sed", "-i", "s/changed/edited/", letter));
  await step("vim", () => run("vim.tiny", "-u", "NONE", "-es", "-c", "s/edited/by vim/", "-c", "wq", letter));
  expect(readFileSync(letter, "utf8")).toBe("by vim\n");
  const vimBackup = ["-c", "set backup backupcopy=no backupskip=", "-c", "s/vim/vim again/", "-c", "wq"];
  await step("vim that keeps a backup", () => run("vim.tiny", "-u", "NONE", "-es", ...vimBackup, letter));
  expect(readFileSync(`${letter}~`, "utf8")).toBe("by vim\n");
  await step("an editor that renames over", () =>
    shell(`echo saved > '${letter}.tmp' && mv '${letter}.tmp' '${letter}'`),
  );
  expect(await idAt(system, `${deep}/letter.txt`)).toBe(id);
  await step("touch", () => run("touch", "-d", "2001-02-03", letter));

  await step("mv of a file", () => run("mv", letter, join(home, "else/where/moved.txt")));
  expect(await idAt(system, "else/where/moved.txt")).toBe(id);
  await step("cp -r", () => run("cp", "-r", join(outside, "album"), join(home, deep)));
  const album = await idAt(system, `${deep}/album`);
  const picture = await idAt(system, `${deep}/album/summer/7.jpg`);
  await step("mv of a folder", () => run("mv", join(home, deep, "album"), join(home, "else/pictures")));
  expect([await idAt(system, "else/pictures"), await idAt(system, "else/pictures/summer/7.jpg")]).toEqual([
    album,
    picture,
  ]);
  await step("mv over a file", () =>
    run("mv", join(home, "else/where/moved.txt"), join(home, "else/pictures/summer/7.jpg")),
  );
  await step("rsync", () => run("rsync", "-a", "--delete", `${outside}/album/`, join(home, "else/pictures")));
  const before = await topEtag(system);
  await run("rsync", "-a", "--delete", `${outside}/album/`, join(home, "else/pictures"));
  await Bun.sleep(200);
  expect(await topEtag(system)).toBe(before);
  await step("rsync --inplace of a change", () => {
    writeFileSync(join(outside, "album/summer/3.jpg"), "another picture");
    return run("rsync", "-a", "--inplace", `${outside}/album/`, join(home, "else/pictures"));
  });
  await step("two folders that change places", async () => {
    for (const [from, to] of [
      ["a", "swap"],
      ["else", "a"],
      ["swap", "else"],
    ] as const)
      renameSync(join(home, from), join(home, to));
  });
  expect(await idAt(system, "a/pictures")).toBe(album);
  await step("rm -r", () => run("rm", "-r", join(home, "a/pictures")));

  const slowest = measured.toSorted((one, other) => other[1] - one[1])[0];
  console.log(
    `seen at the top: slowest ${slowest?.[0]} ${Math.round(slowest?.[1] ?? 0)} ms of ${measured.length} kinds of change`,
  );
  expect(measured.filter(([, ms]) => ms > seenWithinMs)).toEqual([]);
}, 60_000);

test(
  `${manyFiles} files untarred at once: all are indexed, and uploads go on meanwhile`,
  async () => {
    const archive = join(outside, "many.tar");
    unpack(join(outside, "many"), manyFiles);
    await run("tar", "cf", archive, "-C", outside, "many");
    const folders = Math.ceil(manyFiles / 1000) + 1;
    const count = (await davTree(system)).size;
    mkdirSync(join(system.homePath, "puts"));
    await untilIndexed(system, count + 1, 10_000);
    const [, alone] = await putWhile(system, "puts/alone", () => Bun.sleep(1000));

    const startedAt = performance.now();
    const [unpackedMs, during] = await putWhile(system, "puts/one", async () => {
      await run("tar", "xf", archive, "-C", system.homePath);
      const unpacked = performance.now() - startedAt;
      await untilIndexed(system, count + 3 + manyFiles + folders, 60_000 * times);
      return unpacked;
    });
    const indexedMs = performance.now() - startedAt;
    const walkedAt = performance.now();
    await shell(`find '${system.homePath}' -printf '%s\\n' > /dev/null`);
    const findMs = performance.now() - walkedAt;
    const perSecond = (ms: number) => Math.round((manyFiles / ms) * 1000);
    console.log(
      `${manyFiles} files: tar wrote ${perSecond(unpackedMs)}/s, indexed ${perSecond(indexedMs)}/s from the first on, ` +
        `find alone ${perSecond(findMs)}/s; ${during.length} PUTs meanwhile, p50 ${percentile(during, 0.5).toFixed(1)} ms, ` +
        `p95 ${percentile(during, 0.95).toFixed(1)} ms, slowest ${percentile(during, 1).toFixed(1)} ms ` +
        `(alone: p95 ${percentile(alone, 0.95).toFixed(1)} ms)`,
    );
    expect(during.length).toBeGreaterThan(5);
    expect(percentile(during, 0.95)).toBeLessThan(500);
    expect(percentile(during, 1)).toBeLessThan(slowestMs);
    await agreed();
  },
  180_000 * times,
);

test(
  "a large folder that is moved keeps every id; one that is removed is gone, and uploads go on meanwhile",
  async () => {
    const home = system.homePath;
    expect(existsSync(join(home, "many"))).toBe(true);
    const one = `many/part${Math.ceil(manyFiles / 2000) - 1}/file${Math.ceil(manyFiles / 2000) * 1000 - 5}`;
    const ids = [await idAt(system, "many"), await idAt(system, one)];
    const movedMs = await seenAfter(system, () => run("mv", join(home, "many"), join(home, "puts/all of them")));
    expect([
      await idAt(system, "puts/all of them"),
      await idAt(system, one.replace("many", "puts/all of them")),
    ]).toEqual(ids);
    await agreed();
    const count = (await davTree(system)).size - manyFiles - Math.ceil(manyFiles / 1000) - 1;
    const startedAt = performance.now();
    const [, during] = await putWhile(system, "puts/two", async () => {
      await run("rm", "-r", join(home, "puts/all of them"));
      await untilIndexed(system, count + 1, 60_000 * times);
    });
    const goneMs = performance.now() - startedAt;
    console.log(
      `${manyFiles} files: the move seen after ${Math.round(movedMs)} ms, the removal after ${Math.round(goneMs)} ms; ` +
        `PUTs meanwhile p95 ${percentile(during, 0.95).toFixed(1)} ms`,
    );
    expect(movedMs).toBeLessThan(seenWithinMs);
    expect(percentile(during, 0.95)).toBeLessThan(500);
    await agreed();
  },
  180_000 * times,
);
