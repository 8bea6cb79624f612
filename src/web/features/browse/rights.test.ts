import { expect, test } from "bun:test";
import { rightsOf } from "./rights.ts";

const all = { canWrite: true, canShare: true };
const none = { canWrite: false, canShare: false };

test("an entry can leave only a folder that may be changed", () => {
  expect(rightsOf(all, [all], false)).toMatchObject({ canAdd: true, canChange: true, canShare: true });
  expect(rightsOf(none, [all], false)).toMatchObject({ canAdd: false, canChange: false, canShare: true });
  expect(rightsOf(all, [all, none], true)).toMatchObject({ canAdd: true, canChange: false, canShare: false });
});

test("without a selection the folder counts, and while it loads nothing is offered", () => {
  expect(rightsOf(all, [], false)).toMatchObject({ canAdd: true, canChange: false, canShare: true });
  expect(rightsOf(undefined, [], true)).toEqual({
    canAdd: false,
    canChange: false,
    canShare: false,
    canSeeAccess: false,
  });
});

test("who has access is shown to those who may share, or may know who is here", () => {
  expect(rightsOf(none, [all], false).canSeeAccess).toBe(true);
  expect(rightsOf(none, [none], false).canSeeAccess).toBe(false);
  expect(rightsOf(none, [none], true).canSeeAccess).toBe(true);
  expect(rightsOf(none, [none, none], true).canSeeAccess).toBe(false);
});
