import { expect, test } from "bun:test";
import { asStep, firstOnClash, onNameTaken, settledBy } from "./clash.ts";

const item = { batch: 1, onClash: "fail" as const };

test("the first clash of a batch is asked, later ones follow the answer for all", () => {
  expect(onNameTaken(new Map(), item)).toEqual({ step: "ask" });
  expect(onNameTaken(new Map([[1, "replace"]]), item)).toEqual({ step: "send", onClash: "replace" });
  expect(onNameTaken(new Map([[1, "skip"]]), item)).toEqual({ step: "skip" });
  expect(onNameTaken(new Map([[2, "replace"]]), item)).toEqual({ step: "ask" });
});

test("an answer that the server cannot carry out is not asked again", () => {
  expect(onNameTaken(new Map(), { batch: 1, onClash: "replace" })).toEqual({ step: "give-up" });
  expect(onNameTaken(new Map([[1, "rename"]]), { batch: 1, onClash: "rename" })).toEqual({ step: "give-up" });
});

test("after an answer for all, files are sent with it at once; skipping is decided on this side", () => {
  expect(firstOnClash(new Map([[1, "rename"]]), item)).toBe("rename");
  expect(firstOnClash(new Map([[1, "skip"]]), item)).toBe("fail");
  expect(firstOnClash(new Map(), item)).toBe("fail");
  expect(firstOnClash(new Map([[1, "rename"]]), { batch: 1, onClash: "replace" })).toBe("replace");
});

test("an answer settles the one asked, or its whole batch", () => {
  const waiting = [
    { id: 1, batch: 1 },
    { id: 2, batch: 1 },
    { id: 3, batch: 2 },
  ];
  expect(settledBy(waiting, { id: 1, batch: 1 }, false)).toEqual([1]);
  expect(settledBy(waiting, { id: 1, batch: 1 }, true)).toEqual([1, 2]);
  expect(asStep("skip")).toEqual({ step: "skip" });
});
