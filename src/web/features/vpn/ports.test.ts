import { expect, test } from "bun:test";
import { portsFromText, portsToText } from "./ports.ts";

test("ports are read as people write them, and written the same", () => {
  expect(portsFromText(" 80, 443 8000-8010 ")).toEqual([
    { first: 80, last: 80 },
    { first: 443, last: 443 },
    { first: 8000, last: 8010 },
  ]);
  expect(portsToText(portsFromText("80,8000-8010") ?? [])).toBe("80, 8000-8010");
  expect(portsFromText("")).toEqual([]);
});

test("what is no port is not taken for one", () => {
  for (const text of ["0", "70000", "90-80", "http", "80;443"]) expect(portsFromText(text)).toBeNull();
});
