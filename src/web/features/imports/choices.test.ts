import { expect, test } from "bun:test";
import { isLoginName, problemsOf, startChoices, suggestedName } from "./choices.ts";

test("names that cannot log in get a suggestion that can", () => {
  expect(["Ünal Özer", "anna@example.org", "_x_", "a".repeat(50)].map(suggestedName)).toEqual([
    "unal.ozer",
    "anna",
    "x",
    "a".repeat(32),
  ]);
  const person = {
    uid: "Ünal Özer",
    displayName: "Ü",
    name: null,
    exists: false,
    files: 0,
    sizeBytes: 0,
    keepsPassword: true,
  };
  const choice = startChoices([person])["Ünal Özer"];
  expect(choice?.isTaken).toBe(true);
  expect(isLoginName(choice?.name ?? "")).toBe(true);
});

test("only those who are taken along can have a problem", () => {
  const choices = {
    a: { isTaken: true, name: "same" },
    b: { isTaken: true, name: "same" },
    c: { isTaken: false, name: "same" },
    d: { isTaken: true, name: "No" },
    e: { isTaken: true, name: "fine" },
  };
  expect(problemsOf(choices)).toEqual({ a: "twice", b: "twice", d: "invalid" });
});
