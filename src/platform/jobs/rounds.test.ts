import { expect, test } from "bun:test";
import { createRounds } from "./rounds.ts";

test("however often it is woken, one job waits; what comes while a round runs makes one more", async () => {
  let queued = 0;
  let begun = 0;
  const rounds = createRounds(() => queued++);
  rounds.wake();
  rounds.wake();
  expect(queued).toBe(1);
  const round = async () => {
    begun++;
    if (begun > 1) return;
    rounds.wake();
    rounds.wake();
    await rounds.run(round);
  };
  await rounds.run(round);
  expect([queued, begun]).toEqual([1, 2]);
  rounds.wake();
  expect(queued).toBe(2);
});

test("a round that fails is the job's failure, and does not stand in the way of the next", async () => {
  let queued = 0;
  const rounds = createRounds(() => queued++);
  await expect(rounds.run(() => Promise.reject(new Error("disk gone")))).rejects.toThrow("disk gone");
  rounds.wake();
  expect(queued).toBe(1);
  let begun = 0;
  await rounds.run(async () => begun++);
  expect(begun).toBe(1);
});
