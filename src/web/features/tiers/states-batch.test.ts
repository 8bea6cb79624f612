import { expect, test } from "bun:test";
import { statesBatch } from "./states-batch.ts";

test("questions of rows drawn together are one call; each gets its own answer", async () => {
  const calls: number[][] = [];
  const ask = statesBatch(async (nodeIds) => {
    calls.push(nodeIds);
    return nodeIds
      .filter((nodeId) => nodeId % 2 === 0)
      .map((nodeId) => ({ nodeId, where: "cold" as const, tier: "cold", fetchedBytes: null }));
  });
  const answers = await Promise.all([1, 2, 3, 2].map(ask));
  expect(calls).toEqual([[1, 2, 3]]);
  expect(answers.map((answer) => answer?.nodeId ?? null)).toEqual([null, 2, null, 2]);
});

test("a call that fails fails for those who asked, and the next one is new", async () => {
  let count = 0;
  const ask = statesBatch(async () => {
    if (count++ === 0) throw new Error("away");
    return [];
  });
  await expect(ask(1)).rejects.toThrow("away");
  expect(await ask(1)).toBeNull();
});
