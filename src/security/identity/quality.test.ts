import { expect, test } from "bun:test";
import { createPasswordCheck } from "./quality.ts";

test("zxcvbn knows common passwords, names and patterns, off the main thread", async () => {
  const check = createPasswordCheck(50);
  expect(await check("correct horse battery", [])).toMatchObject({ score: 4, good: true });
  expect(await check("password12", [])).toMatchObject({ good: false, warning: "This is a commonly used password." });
  expect((await check("Wolfeschlegelstein", [])).good).toBe(true);
  expect((await check("Wolfeschlegelstein", ["wolfeschlegelstein"])).good).toBe(false);
  expect((await check("x".repeat(1024), [])).good).toBe(false);
  const many = await Promise.allSettled(Array.from({ length: 40 }, () => check("abcdefghij", [])));
  expect(many.filter(({ status }) => status === "fulfilled").length).toBe(20);
  await Bun.sleep(120);
  expect((await check("abcdefghij", [])).good).toBe(false);
});
