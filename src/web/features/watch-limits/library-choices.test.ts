import { expect, test } from "bun:test";
import { libraryChoices } from "./library-choices.ts";

test("a library that is gone is called so and can be taken out; a removed one is there only while it is chosen", () => {
  const library = (id: number, name: string, forgottenAtMs: number | null = null) =>
    ({ id, kind: "films", name, spaceName: "Family", forgottenAtMs }) as const;
  const all = [library(1, "New"), library(2, "Classics"), library(3, "Old", 5), library(4, "Older", 5)];
  expect(libraryChoices(all, [3, 9, 1])).toEqual([
    { value: "2", label: "Classics · Family" },
    { value: "1", label: "New · Family" },
    { value: "3", label: "Old · Family · removed" },
    { value: "9", label: "A library that is gone, or that you cannot see" },
  ]);
});
