import { expect, test } from "bun:test";
import fc from "fast-check";
import type { ResourceAction } from "#wire";
import { choiceOf, choicesFor, entryInWords, rightsInWords } from "./words.ts";

const actions = fc.subarray<ResourceAction>(["read", "write", "share", "manage"]);

test("a set of rights that is a role is called like it, any other is spelled out", () => {
  expect(rightsInWords(["read"])).toBe("Can view");
  expect(rightsInWords(["share", "write", "read"])).toBe("Can edit");
  expect(rightsInWords(["read", "write"])).toBe("Can see, change");
});

test("a closed door is no access; one that only keeps from changing says so", () => {
  expect(entryInWords({ effect: "deny", actions: ["read", "write", "share", "manage"] })).toBe("No access");
  expect(entryInWords({ effect: "deny", actions: ["write", "manage"] })).toBe("Cannot change, manage");
});

test("without managing one can hand out no more than one has, and close nothing", () => {
  const needs = { viewer: ["read"], editor: ["read", "write", "share"], manager: ["read", "write", "share", "manage"] };
  fc.assert(
    fc.property(actions, (own) => {
      for (const choice of choicesFor(own, false)) {
        expect(choice).not.toBe("none");
        if (choice !== "none") expect(needs[choice].every((action) => own.some((mine) => mine === action))).toBe(true);
      }
    }),
  );
  expect(choicesFor([], true)).toEqual(["viewer", "editor", "manager", "none"]);
});

test("an entry that has no name in the form is shown as none of its choices", () => {
  expect(choiceOf({ effect: "allow", actions: ["read"], role: "viewer" })).toBe("viewer");
  expect(choiceOf({ effect: "allow", actions: ["read", "write"], role: null })).toBeUndefined();
  expect(choiceOf({ effect: "deny", actions: ["write"], role: null })).toBeUndefined();
});
