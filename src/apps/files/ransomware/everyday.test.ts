import { expect, test } from "bun:test";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import { openTestGuard, type TestGuard } from "./testing.ts";
import { film, fill, type Hand, household, jpeg, join, noise, prose, storageHand, zip } from "./traces.ts";

const limitMs = 120_000;

/** Everyday work: afterwards nothing is stopped, and how many points it came to is small. */
async function everyday(work: (hand: Hand, t: TestGuard) => Promise<void>): Promise<void> {
  const t = await openTestGuard();
  try {
    await work(storageHand(t.storage, t.home.rootId, t.laptop), t);
    await t.storage.settled();
    await t.guard.catchUp();
    expect([...t.frozen]).toEqual([]);
    const { incidents } = await t.call<{ incidents: unknown[] }>("ransomware.status", {}, "root");
    expect(incidents).toEqual([]);
    expect(t.failures).toEqual([]);
  } finally {
    await t.close();
  }
}

async function each(count: number, act: (index: number) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < count; at += 16) {
    await Promise.all(Array.from({ length: Math.min(16, count - at) }, (_, index) => act(at + index)));
  }
}

test(
  "5,000 photos from a camera",
  async () => {
    await everyday(async (hand) => {
      await hand.makeFolder("DCIM");
      await each(5_000, (index) => hand.put(`DCIM/IMG_${index}.JPG`, jpeg(2_500, index)));
    });
  },
  limitMs,
);

test(
  "an archive of 1,500 files unpacked on the disk, with licences and random blobs in it",
  async () => {
    await everyday(async (_hand, t) => {
      const root = joinPath(t.folderOnDisk, "unpacked");
      for (let folder = 0; folder < 30; folder += 1) {
        mkdirSync(joinPath(root, `package ${folder}`), { recursive: true });
        for (let file = 0; file < 48; file += 1) {
          const content = file % 3 === 0 ? noise(2_000, folder * 50 + file) : prose(1_500, file);
          writeFileSync(joinPath(root, `package ${folder}`, `${file}.${file % 3 === 0 ? "bin" : "js"}`), content);
        }
        writeFileSync(joinPath(root, `package ${folder}`, "LICENSE"), prose(1_200, 1));
        writeFileSync(joinPath(root, `package ${folder}`, "notes-on-release.txt"), prose(900, 2));
      }
    });
  },
  limitMs,
);

test(
  "a tool writes tags into 200 photos, twice, and a person renames them",
  async () => {
    await everyday(async (hand, t) => {
      await hand.makeFolder("2026");
      await each(200, (index) => hand.put(`2026/IMG_${index}.jpg`, jpeg(12_000, index)));
      t.passTime(3_600_000);
      await each(200, (index) => hand.put(`2026/IMG_${index}.jpg`, jpeg(12_000, index, "Canon EOS, rated 5")));
      t.passTime(60_000);
      await each(200, (index) => hand.put(`2026/IMG_${index}.jpg`, jpeg(12_000, index, "Canon EOS, rated 5, lake")));
      await each(200, (index) => hand.rename(`2026/IMG_${index}.jpg`, `2026/holiday-${index}.jpeg`));
      await each(200, (index) => hand.rename(`2026/holiday-${index}.jpeg`, `2026/holiday-${index}.jpeg.original`));
    });
  },
  limitMs,
);

test(
  "git: loose objects, packs, and what packing deletes",
  async () => {
    await everyday(async (hand, t) => {
      await fill(hand, household(1, 100));
      for (let index = 0; index < 64; index += 1) await hand.makeFolder(`${index.toString(16)}`);
      const object = (index: number) => join(new Uint8Array([0x78, 0x01]), noise(300, index));
      await each(800, (index) =>
        hand.put(`${(index % 64).toString(16)}/${(index * 7919).toString(16)}`, object(index)),
      );
      await hand.put("pack-1.pack", join(new TextEncoder().encode("PACK"), noise(90_000, 1)));
      t.passTime(1_000);
      await each(400, (index) => hand.remove(`${(index % 64).toString(16)}/${(index * 7919).toString(16)}`));
    });
  },
  limitMs,
);

test(
  "films transcoded: new ones made, old ones deleted; a folder of texts packed with gzip",
  async () => {
    await everyday(async (hand) => {
      await each(150, (index) =>
        hand.put(`film ${index}.avi`, join(new TextEncoder().encode("RIFF"), noise(9_000, index))),
      );
      await each(150, (index) => hand.put(`film ${index}.mp4`, film(6_000, index)));
      await each(150, (index) => hand.remove(`film ${index}.avi`));
      await each(150, (index) => hand.put(`log ${index}.txt`, prose(4_000, index)));
      const gzip = (index: number) => join(new Uint8Array([0x1f, 0x8b, 8, 0]), noise(900, index));
      await each(150, (index) => hand.put(`log ${index}.txt.gz`, gzip(index)));
      await each(150, (index) => hand.remove(`log ${index}.txt`));
    });
  },
  limitMs,
);

test(
  "containers, sparse bundles and backups that are as even as a cipher, written again and again",
  async () => {
    await everyday(async (hand, t) => {
      await hand.makeFolder("Time.sparsebundle");
      const band = (index: number) => `Time.sparsebundle/${index.toString(16)}`;
      await each(200, (index) =>
        hand.put(band(index), index % 5 === 0 ? new Uint8Array(20_000) : noise(20_000, index)),
      );
      await hand.put("vault.hc", noise(200_000, 5));
      await hand.put("backup.zip", zip(200_000, 5));
      for (let round = 1; round < 4; round += 1) {
        t.passTime(40 * 60_000);
        await each(200, (index) => hand.put(band(index), noise(20_000, index + round * 1_000)));
        await hand.put("vault.hc", noise(200_000, 5 + round));
        await hand.put("backup.zip", zip(200_000, 5 + round));
        await each(100, (index) => hand.put(`backup-${round}-${index}.restic`, noise(5_000, index + round)));
        if (round > 1) await each(100, (index) => hand.remove(`backup-${round - 1}-${index}.restic`));
      }
    });
  },
  limitMs,
);

test(
  "a script on the disk writes noise over texts, shreds the scans of a folder, and encrypts letters",
  async () => {
    await everyday(async (hand, t) => {
      await fill(hand, household(20, 4_000));
      await each(30, (index) => hand.put(`note ${index}.${index % 2 === 0 ? "txt" : "md"}`, prose(3_000, index)));
      await t.storage.settled();
      t.passTime(3_600_000);
      for (let index = 0; index < 30; index += 1) {
        const path = joinPath(t.folderOnDisk, `note ${index}.${index % 2 === 0 ? "txt" : "md"}`);
        if (index < 15) writeFileSync(path, noise(3_000, index));
        else {
          writeFileSync(`${path}.gpg`, noise(3_100, index));
          rmSync(path);
        }
      }
      for (const name of readdirSync(joinPath(t.folderOnDisk, "year 2000")).slice(0, 12)) {
        writeFileSync(joinPath(t.folderOnDisk, "year 2000", name), noise(4_000, 77));
      }
    });
  },
  limitMs,
);

test(
  "Office: a hundred documents saved through a temporary file, by the sync client and on the disk",
  async () => {
    await everyday(async (hand, t) => {
      await each(100, (index) => hand.put(`report ${index}.docx`, zip(9_000, index)));
      t.passTime(3_600_000);
      await each(100, async (index) => {
        await hand.put(`~WRL${index}.tmp`, zip(9_500, index + 500));
        await hand.rename(`report ${index}.docx`, `report ${index}.bak`);
        await hand.rename(`~WRL${index}.tmp`, `report ${index}.docx`);
        await hand.remove(`report ${index}.bak`);
      });
      await t.storage.settled();
      for (let index = 0; index < 100; index += 1) {
        const path = joinPath(t.folderOnDisk, `report ${index}.docx`);
        writeFileSync(`${path}.tmp`, zip(9_700, index + 900));
        renameSync(`${path}.tmp`, path);
      }
    });
  },
  limitMs,
);

test(
  "folders moved, copied and synced from another disk; a person encrypts a few letters",
  async () => {
    await everyday(async (hand, t) => {
      await fill(hand, household(800, 500));
      await hand.makeFolder("all");
      for (let year = 2000; year < 2020; year += 1) await hand.rename(`year ${year}`, `all/year ${year}`);
      const outside = mkdtempSync(joinPath(tmpdir(), "hearth-outside-"));
      cpSync(joinPath(t.folderOnDisk, "all"), joinPath(outside, "copy"), { recursive: true });
      cpSync(joinPath(outside, "copy"), joinPath(t.folderOnDisk, "copy"), { recursive: true });
      await t.storage.settled();
      for (const name of readdirSync(joinPath(t.folderOnDisk, "copy"))) {
        rmSync(joinPath(t.folderOnDisk, "all", name), { recursive: true, force: true });
      }
      rmSync(outside, { recursive: true });
      for (let index = 0; index < 6; index += 1) {
        await hand.put(`letter ${index}.txt`, prose(3_000, index));
        await hand.put(`letter ${index}.txt.gpg`, noise(3_100, index));
        await hand.remove(`letter ${index}.txt`);
      }
    });
  },
  limitMs,
);
