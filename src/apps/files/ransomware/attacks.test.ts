import { afterEach, expect, test } from "bun:test";
import { openTestGuard, type TestGuard } from "./testing.ts";
import { attacks, fill, household, note, storageHand } from "./traces.ts";

const limitMs = 120_000;
let open: TestGuard | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
}, limitMs);

const setUp = async (count: number, sizeBytes: number) => {
  const t = (open = await openTestGuard());
  const hand = storageHand(t.storage, t.home.rootId, t.laptop);
  const files = household(count, sizeBytes);
  await fill(hand, files);
  await t.guard.catchUp();
  // Hours later; what was saved just before would keep no versions.
  t.passTime(3 * 3_600_000);
  expect(t.frozen.size).toBe(0);
  return { t, hand, files };
};

/** Runs on until it is refused, at most for all files; four at a time, as clients do. */
async function lostBefore(attempt: (index: number) => Promise<boolean>, count: number): Promise<number> {
  let lost = 0;
  let refused = false;
  for (let at = 0; at < count && !refused; at += 4) {
    const results = await Promise.all([0, 1, 2, 3].map((index) => attempt(at + index).catch(() => false)));
    lost += results.filter(Boolean).length;
    refused = results.includes(false);
    await Bun.sleep(5);
  }
  return lost;
}

for (const [name, attack] of Object.entries(attacks)) {
  test(
    `stopped early: ${name}`,
    async () => {
      const { t, hand, files } = await setUp(160, name === "every 16th block" ? 150_000 : 9_000);
      const lost = await lostBefore((index) => attack(hand, files[index]!, index), files.length);
      expect(t.frozen).toEqual(new Set(["app-password:laptop"]));
      expect(lost).toBeLessThanOrEqual(50);
      expect(t.storage.heldSpace(t.home.id)).toBeDefined();
      expect(t.notices.map(({ personId }) => personId).toSorted()).toEqual([1, 3]);
    },
    limitMs,
  );
}

test(
  "stopped early: notes alone",
  async () => {
    const { t, hand } = await setUp(400, 1_000);
    const lost = await lostBefore((index) => hand.put(`year ${2000 + index}/HOW_TO_DECRYPT.txt`, note), 10);
    expect(t.frozen.size).toBe(1);
    expect(lost).toBeLessThanOrEqual(10);
  },
  limitMs,
);

test(
  "stopped early: texts alone",
  async () => {
    const { t, hand, files } = await setUp(600, 5_000);
    const texts = files.filter(({ path }) => path.endsWith(".txt"));
    const lost = await lostBefore((index) => attacks["overwrite in place"]!(hand, texts[index]!, index), texts.length);
    console.info(`${lost} texts lost`);
    expect(t.frozen.size).toBe(1);
    expect(lost).toBeLessThanOrEqual(50);
  },
  limitMs,
);

test(
  "stopped: one file a minute",
  async () => {
    const { t, hand, files } = await setUp(80, 8_000);
    let lost = 0;
    for (const [index, file] of files.entries()) {
      if (!(await attacks["overwrite in place"]!(hand, file, index))) break;
      lost += 1;
      t.passTime(60_000);
      await t.guard.catchUp();
    }
    expect(lost).toBeLessThanOrEqual(15);
  },
  limitMs,
);

test(
  "stopped: one file in ten minutes, within a day",
  async () => {
    const { t, hand, files } = await setUp(80, 8_000);
    let lost = 0;
    for (const [index, file] of files.entries()) {
      if (!(await attacks["overwrite in place"]!(hand, file, index))) break;
      lost += 1;
      t.passTime(600_000);
      await t.guard.catchUp();
    }
    expect(lost).toBeLessThanOrEqual(26);
  },
  limitMs,
);
