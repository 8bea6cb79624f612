import { describe, expect, test } from "bun:test";
import type { Node } from "#contract/apps/files/browse";
import { ProblemError } from "#web/client.ts";
import { transfer, type ClashAnswer } from "./transfer.ts";

const node = (id: number): Node => ({
  id,
  spaceId: 1,
  parentId: 1,
  name: `n${id}`,
  kind: "file",
  sizeBytes: 0,
  count: 0,
  modifiedAtMs: 0,
  mime: "",
  etag: "",
  hasPreview: false,
  shared: false,
  canWrite: true,
  canShare: true,
});
const taken = new ProblemError({ code: "exists", title: "", detail: "", status: 409, id: "x", retryable: false });

/** A target where the names of `clashing` are taken; records every request. */
function target(clashing: readonly number[]) {
  const calls: string[] = [];
  const run = async (ids: readonly number[], onClash: string) => {
    calls.push(`${ids.join()} ${onClash}`);
    if (onClash === "fail" && ids.some((id) => clashing.includes(id))) throw taken;
    return { nodes: ids.map(node), skipped: [] };
  };
  return { calls, run };
}

describe("transfer", () => {
  test("is one request when no name is taken", async () => {
    const { calls, run } = target([]);
    const result = await transfer([1, 2].map(node), run, async () => null);
    expect(result.complete).toBe(true);
    expect(calls).toEqual(["1,2 fail"]);
  });

  test("asks for each clash, and once when the answer is for all", async () => {
    const { calls, run } = target([2, 3]);
    const asked: number[] = [];
    const answer: ClashAnswer = { choice: "rename", forAll: true };
    await transfer([1, 2, 3, 4].map(node), run, async (each) => {
      asked.push(each.id);
      return answer;
    });
    expect(asked).toEqual([2]);
    expect(calls).toEqual(["1,2,3,4 fail", "1 fail", "2 fail", "2,3,4 rename"]);
  });

  test("stops when the person does, and says so", async () => {
    const { run } = target([2]);
    const result = await transfer([1, 2, 3].map(node), run, async () => null);
    expect(result).toEqual({ nodes: [node(1)], complete: false });
  });

  test("any other error is thrown", async () => {
    const full = new ProblemError({ code: "disk-full", title: "", detail: "", status: 507, id: "x", retryable: false });
    const run = () => Promise.reject(full);
    await expect(transfer([node(1)], run, async () => null)).rejects.toBe(full);
  });
});
