import { describe, expect, test } from "bun:test";
import { formatBytes, formatDuration, formatWhen } from "./format.ts";

describe("formatBytes", () => {
  test("picks the unit by value and keeps three digits", () => {
    expect(formatBytes(0)).toBe("0 B");
    expect(formatBytes(1023)).toBe("1023 B");
    expect(formatBytes(1024)).toBe("1 KiB");
    expect(formatBytes(1536)).toBe("1.5 KiB");
    expect(formatBytes(1024 ** 2 - 1)).toBe("1 MiB");
    expect(formatBytes(823 * 1024 ** 3)).toBe("823 GiB");
    expect(formatBytes(2_000_000, "si")).toBe("2 MB");
  });
});

test("formatDuration", () => {
  expect(formatDuration(41_600)).toBe("42 s");
  expect(formatDuration(180_000)).toBe("3 min");
  expect(formatDuration(7_500_000)).toBe("2 h 05 min");
});

test("formatWhen gets coarser with age", () => {
  const now = new Date(2026, 10, 23, 14, 0).getTime();
  expect(formatWhen(now - 5_000, now)).toBe("just now");
  expect(formatWhen(now - 300_000, now)).toBe("5 min ago");
  expect(formatWhen(new Date(2026, 10, 23, 9, 5).getTime(), now, "en-GB")).toBe("9:05");
  expect(formatWhen(new Date(2026, 10, 22, 23, 0).getTime(), now)).toBe("Yesterday");
  expect(formatWhen(new Date(2026, 2, 3).getTime(), now, "en-GB")).toBe("3 Mar");
  expect(formatWhen(new Date(2024, 2, 3).getTime(), now, "en-GB")).toBe("3 Mar 2024");
});
