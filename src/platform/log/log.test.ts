import { expect, test } from "bun:test";
import fc from "fast-check";
import { createLogger } from "./index.ts";

function collect(level: "debug" | "info" | "warn" | "error" = "debug") {
  const lines: string[] = [];
  const log = createLogger({ clock: { now: () => 0 }, level, write: (line) => lines.push(line) });
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? "null") as Record<string, unknown> };
}

test("one JSON object a line, with the fields of the parents", () => {
  const { log, lines, last } = collect();
  log.child({ requestId: "r1" }).child({ user: "eva" }).warn("two\nlines", { count: 3n });
  expect(lines[0]).toEndWith("}\n");
  expect(lines[0]?.trimEnd()).not.toContain("\n");
  expect(last()).toEqual({
    time: "1970-01-01T00:00:00.000Z",
    level: "warn",
    msg: "two\nlines",
    requestId: "r1",
    user: "eva",
    count: "3",
  });
});

test("lines below the level are not written", () => {
  const { log, lines } = collect("warn");
  log.debug("a");
  log.info("b");
  log.warn("c");
  log.error("d");
  expect(lines).toHaveLength(2);
});

test("secrets are hidden by name at any depth, in arrays and in what caused an error", () => {
  const { log, lines } = collect();
  const cause = new Error("outer", { cause: { headers: [{ Cookie: "s3cret" }, { "set-cookie": ["s3cret"] }] } });
  log.error("x", {
    cause,
    password: "s3cret",
    input: { newPassword: "s3cret", access_token: "s3cret", apiKey: "s3cret", tokens: ["s3cret"], code: "s3cret" },
    Authorization: "s3cret",
  });
  expect(lines[0]).not.toContain("s3cret");
  expect(lines[0]?.match(/\[hidden\]/g)?.length).toBeGreaterThanOrEqual(8);
});

test("the token of a share link is hidden in paths, and paths are otherwise whole", () => {
  const { log, lines } = collect();
  const token = "Zk3v9Qx1-_aaBBccDD";
  log.info("x", { path: `/s/${token}/content/5`, url: new URL(`http://h/s/${token}?a=1`) });
  log.error("y", { cause: new Error(`GET /s/${token} failed`) });
  expect(lines.join("")).not.toContain(token);
  log.info("z", { path: "/dav/home/s/letter.txt" });
  expect(lines[2]).toContain("/dav/home/s/letter.txt");
});

test("dates, bytes, cycles, long texts and long lists stay readable and bounded", () => {
  const { log, lines, last } = collect();
  const cycle: Record<string, unknown> = {};
  cycle["self"] = cycle;
  log.info("x", {
    at: new Date(0),
    bytes: new Uint8Array(5000),
    cycle,
    text: "x".repeat(1_000_000),
    list: Array.from({ length: 100_000 }, (_, n) => n),
  });
  expect(last()).toMatchObject({ at: "1970-01-01T00:00:00.000Z", bytes: "[5000 bytes]" });
  expect(lines[0]?.length).toBeLessThan(20_000);
});

test("an error of the system says its errno", () => {
  const { log, last } = collect();
  log.error("x", { cause: Object.assign(new Error("no space"), { code: "ENOSPC" }) });
  expect(last()["cause"]).toMatchObject({ name: "Error", errno: "ENOSPC", message: "no space" });
});

test("no value makes it throw or write more than one line", () => {
  fc.assert(
    fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true, withTypedArray: true }), (value) => {
      const { log, lines } = collect();
      log.info("x", { value });
      expect(lines).toHaveLength(1);
      JSON.parse(lines[0] ?? "");
    }),
  );
});
