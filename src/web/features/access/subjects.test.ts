import { expect, test } from "bun:test";
import type { AccessEntry } from "#contract/security/access";
import { subjectChoices, subjectKey, subjectOf } from "./subjects.ts";

const person = (id: number, name: string, disabled = false) => ({
  id,
  name,
  displayName: name,
  roles: ["member" as const],
  groups: [],
  disabled,
  quotaBytes: null,
  createdAtMs: 0,
  lastSeenAtMs: null,
});
const household = {
  people: [person(1, "Anna"), person(2, "Ben"), person(3, "Clara", true), person(4, "Dora")],
  groups: [{ id: 7, name: "Kids", memberIds: [2] }],
};
const entryOf = (subject: AccessEntry["subject"]) => ({ subject }) as AccessEntry;

test("whoever has an entry, is disabled, or asks is not offered", () => {
  const [people, groups] = subjectChoices(household, [entryOf({ kind: "user", id: 4 })], 1);
  expect(people?.items.map(({ label }) => label)).toEqual(["Ben"]);
  expect(groups?.items.map(({ label }) => label)).toEqual(["Kids", "Everyone with an account here"]);
});

test("a list without anybody left is not shown", () => {
  const taken = [entryOf({ kind: "group", id: 7 }), entryOf({ kind: "everyone" })];
  expect(subjectChoices(household, taken, 1).map(({ group }) => group)).toEqual(["People"]);
});

test("a choice means whom it was made of", () => {
  for (const subject of [{ kind: "user", id: 2 }, { kind: "group", id: 7 }, { kind: "everyone" }] as const) {
    expect(subjectOf(subjectKey(subject))).toEqual(subject);
  }
  expect(subjectOf("link:abc")).toBeNull();
});
