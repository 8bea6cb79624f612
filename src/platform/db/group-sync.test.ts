import { expect, test } from "bun:test";
import fc from "fast-check";
import { AppError } from "#platform/errors";
import { createGroupSync } from "./group-sync.ts";

/** A disk: what was written when a sync began is safe when it ends. Each sync ends when the test says so. */
function createDisk() {
  let written = 0;
  let safe = 0;
  const under: { until: number; end: (error?: Error) => void }[] = [];
  return {
    write: () => (written += 1),
    safe: () => safe,
    syncs: () => under,
    sync: () =>
      new Promise<void>((resolve, reject) => {
        const until = written;
        under.push({
          until,
          end: (error) => {
            if (error !== undefined) return reject(error);
            safe = Math.max(safe, until);
            resolve();
          },
        });
      }),
  };
}

const atOnce = { commit: () => undefined, gather: () => Promise.resolve() };
const settle = () => Bun.sleep(0);

test("a commit made while a sync runs is not acknowledged by it", async () => {
  const disk = createDisk();
  const sync = createGroupSync({ syncNow: disk.sync, ...atOnce });
  disk.write();
  const first = sync();
  disk.write();
  let acknowledged = false;
  const second = sync().then(() => {
    acknowledged = true;
  });
  disk.syncs()[0]?.end();
  await first;
  await settle();
  expect(acknowledged).toBe(false);
  expect(disk.syncs()).toHaveLength(2);
  disk.syncs()[1]?.end();
  await second;
  expect(disk.safe()).toBe(2);
});

test("many callers share one sync", async () => {
  const disk = createDisk();
  const sync = createGroupSync({ syncNow: disk.sync, ...atOnce });
  const first = sync();
  const rest = Array.from({ length: 50 }, () => sync());
  disk.syncs()[0]?.end();
  await first;
  await settle();
  disk.syncs()[1]?.end();
  await Promise.all(rest);
  expect(disk.syncs()).toHaveLength(2);
});

test("whatever the order of writes, calls and ends: an acknowledged write is safe, and one sync runs at a time", async () => {
  const step = fc.constantFrom("write", "end", "turn");
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const disk = createDisk();
      let ended = 0;
      const sync = createGroupSync({ syncNow: disk.sync, ...atOnce });
      const acknowledgements: Promise<void>[] = [];
      const end = () => {
        if (ended < disk.syncs().length) disk.syncs()[ended++]?.end();
      };
      for (const name of steps) {
        if (name === "end") end();
        if (name === "turn") await Promise.resolve();
        if (name !== "write") continue;
        const mine = disk.write();
        acknowledgements.push(sync().then(() => expect(disk.safe()).toBeGreaterThanOrEqual(mine)));
        expect(disk.syncs().length - ended).toBeLessThanOrEqual(1);
      }
      for (let rest = 0; rest < 3; rest += 1) {
        end();
        await settle();
      }
      await Promise.all(acknowledgements);
    }),
    { numRuns: 50 },
  );
});

test("after a failed sync nothing is acknowledged any more", async () => {
  let calls = 0;
  const syncNow = () => {
    calls += 1;
    return calls === 1 ? Promise.reject(new Error("EIO")) : Promise.resolve();
  };
  const sync = createGroupSync({ syncNow, ...atOnce });
  const answers = await Promise.allSettled([sync(), sync(), sync()]);
  expect(answers.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  const error = await sync().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(AppError);
  expect(calls).toBe(1);
});

test("a commit that fails concerns only those who wait for it", async () => {
  let fails = true;
  const commit = () => {
    if (fails) throw new Error("full");
  };
  const sync = createGroupSync({ syncNow: () => Promise.resolve(), gather: () => Promise.resolve(), commit });
  await expect(sync()).rejects.toThrow("full");
  fails = false;
  await sync();
});
