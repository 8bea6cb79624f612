import { expect, test } from "bun:test";
import { parseSearchState, queryOf } from "./url-state.ts";

test("an address is read leniently and makes one line for the server", () => {
  expect(parseSearchState({ q: 2024, type: "image", since: "never", names: "x" })).toEqual({
    q: "2024",
    type: "image",
  });
  expect(parseSearchState({ q: "  " })).toEqual({});
  const now = new Date(2026, 10, 23).getTime();
  expect(queryOf({ q: " beach ", type: "image", since: "week" }, now)).toBe("beach type:image after:2026-11-16");
  expect(queryOf({ since: "week" }, now)).toBe("");
  expect(queryOf({ type: "folder" }, now)).toBe("type:folder");
});
