import { expect, test } from "bun:test";
import { rightsOf } from "./rights.ts";

const all = { canWrite: true, canShare: true };
const none = { canWrite: false, canShare: false };

test("an entry can leave only a folder that may be changed", () => {
  expect(rightsOf(all, [all])).toEqual({ canAdd: true, canChange: true, canShare: true });
  expect(rightsOf(none, [all])).toEqual({ canAdd: false, canChange: false, canShare: true });
  expect(rightsOf(all, [all, none])).toEqual({ canAdd: true, canChange: false, canShare: false });
});

test("without a selection the folder counts, and while it loads nothing is offered", () => {
  expect(rightsOf(all, [])).toEqual({ canAdd: true, canChange: false, canShare: true });
  expect(rightsOf(undefined, [])).toEqual({ canAdd: false, canChange: false, canShare: false });
});
