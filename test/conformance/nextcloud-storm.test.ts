// needs: nextcloudcmd
import { afterEach, beforeEach, expect, test } from "bun:test";
import { appendFileSync, renameSync, rmSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { type RunningHearth, startHearth } from "#kit";
import { createSyncClient, type SyncClient } from "./nextcloud-support.ts";
import { compareTrees, retrySoon } from "./sync/desktop.ts";

let hearth: RunningHearth;
let a: SyncClient;
let b: SyncClient;

beforeEach(async () => {
  hearth = await startHearth();
  [a, b] = [createSyncClient(() => hearth), createSyncClient(() => hearth)];
});
afterEach(async () => {
  a.remove();
  b.remove();
  await hearth.stop();
});

const rounds = 6;
const actsPerRound = 6;

function createDice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) | 0;
    return (state >>> 16) % sides;
  };
}

/** A run whose log is kept: what the client saw and did not do is read from it. */
async function sync(client: SyncClient): Promise<void> {
  const { output } = await client.sync({ mayFail: true });
  appendFileSync(join(client.dir, "../runs.log"), output);
}

test("two clients write, remove and rename at random, and sync at the same time: their trees end up equal", async () => {
  const seed = Date.now() % 1_000_000;
  const roll = createDice(seed);
  // The client sees a local change by its size and its time in seconds: each gets a second of its own.
  let clockSeconds = 1_700_000_000;
  const name = () => `s${roll(3)}/n${roll(6)}.txt`;
  const act = (client: SyncClient, text: string) => {
    const kind = roll(5);
    const path = name();
    if (kind <= 1) {
      client.write(path, text + "x".repeat(roll(2000)));
      clockSeconds += 2;
      utimesSync(client.path(path), clockSeconds, clockSeconds);
    } else if (kind === 2) rmSync(client.path(path), { force: true });
    else {
      const [from, to] = kind === 3 ? [path, name()] : [`s${roll(3)}`, `moved${roll(100)}`];
      try {
        renameSync(client.path(from), client.path(to));
      } catch {
        // Nothing is there, or the target is a folder that holds something.
      }
    }
  };
  for (let round = 0; round < rounds; round += 1) {
    for (const client of [a, b])
      for (let count = 0; count < actsPerRound; count += 1) act(client, `${round} ${count} `);
    await Promise.all([sync(a), sync(b)]);
  }
  for (const client of [a, b, a, b, a, b]) {
    // What was refused because the other one had just moved the folder is put off for 25 seconds.
    retrySoon(client);
    await sync(client);
  }
  const home = join(hearth.dataDir, "volumes/main/home", hearth.user);
  for (const client of [a, b]) {
    const { missing, tooMany } = compareTrees(home, client);
    expect([seed, missing, tooMany]).toEqual([seed, [], []]);
  }
}, 120_000);

test("two names that only differ in case: both files stay, and the client says why one is not sent", async () => {
  a.write("Readme.txt", "from a");
  await a.sync();
  b.write("README.txt", "from b");
  const refused = await b.sync({ mayFail: true });
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain("cannot tell the two names apart");
  expect([b.read("README.txt"), b.read("Readme.txt")]).toEqual(["from b", "from a"]);
  renameSync(b.path("README.txt"), b.path("README from b.txt"));
  await b.sync();
  await a.sync();
  expect(a.tree()).toEqual(b.tree());
}, 60_000);
