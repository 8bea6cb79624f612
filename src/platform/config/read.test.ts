import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { readConfig } from "./read.ts";

function findings(text: string) {
  const result = readConfig(text);
  return result.ok ? [] : result.findings;
}

describe("readConfig", () => {
  test("an empty file and empty sections of comments are all defaults", () => {
    for (const text of ["", "# nothing yet\n", "services: {}\n"]) {
      const result = readConfig(text);
      if (!result.ok) throw new Error("refused");
      expect(result.config.services.storage.durability).toBe("strict");
      expect(result.config.services.storage.thumbnails.budget).toBe(2 * 1024 ** 3);
      expect(result.config.services.management.listen).toEqual({ hostname: "0.0.0.0", port: 8420 });
      expect(result.config.system.storage.volumes).toEqual({ main: { path: "volumes/main" } });
    }
  });

  test("an unknown key is refused at its place with the nearest name", () => {
    expect(findings("services:\n  storage:\n    durabilty: strict\n")).toEqual([
      { path: "services.storage.durabilty", line: 3, column: 5, message: "unknown key, did you mean durability?" },
    ]);
    expect(findings("service: {}")[0]?.message).toBe("unknown key, did you mean services?");
    expect(findings("zebra: 1")[0]?.message).toBe("unknown key, use one of system, services, security");
  });

  test("all mistakes are found at once, each with its line and column", () => {
    const text = [
      "system:",
      "  storage:",
      "    volumes:",
      "      Main: { path: /srv }",
      "services:",
      "  storage:",
      "    trash: { keepDays: many }",
      "    thumbnails:",
      "      budget: 2 gigs",
      "security:",
      "  monitoring: { logLevel: inof }",
      "  access:",
    ].join("\n");
    expect(findings(text).map(({ path, line, column }) => `${path} ${line}:${column}`)).toEqual([
      "system.storage.volumes.Main 4:7",
      "services.storage.trash.keepDays 7:24",
      "services.storage.thumbnails.budget 9:15",
      "security.monitoring.logLevel 11:27",
      "security.access 12:3",
    ]);
    expect(findings(text)[3]?.message).toBe("not a known value, did you mean info?");
  });

  test("a missing key points at the group that lacks it", () => {
    expect(findings("services:\n  management:\n    tls: { certFile: a.pem }\n")).toEqual([
      {
        path: "services.management.tls.keyFile",
        line: 3,
        column: 5,
        message: "expected string, received undefined",
      },
    ]);
  });

  test("broken YAML, doubled keys, several documents and unknown tags are refused with their place", () => {
    expect(findings("system: {}\nsystem: {}\n")[0]).toMatchObject({ line: 2, column: 1 });
    expect(findings("services: [")[0]?.line).toBe(1);
    expect(findings("a: 1\n---\nb: 2\n").length).toBeGreaterThan(0);
    expect(findings("services: !!js/function x\n").length).toBeGreaterThan(0);
    expect(findings("- 1\n")[0]).toMatchObject({ path: "", line: 1, column: 1 });
  });

  test("a bomb of aliases is refused quickly", () => {
    const levels = Array.from({ length: 30 }, (_, level) => `a${level + 1}: &a${level + 1} [*a${level}, *a${level}]`);
    const startedMs = performance.now();
    expect(findings(`a0: &a0 [x]\n${levels.join("\n")}\n`).length).toBeGreaterThan(0);
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  });

  test("keys of objects' prototypes are plain unknown keys", () => {
    expect(findings("__proto__: { a: 1 }\n")[0]?.message).toStartWith("unknown key");
    expect(findings("constructor: { a: 1 }\n")[0]?.message).toStartWith("unknown key");
  });

  test("no text makes it throw, and every finding in the file has a line that exists", () => {
    const word = fc.constantFrom(
      "system",
      "services",
      "storage",
      ":",
      " ",
      "\n",
      "  ",
      "- ",
      "{",
      "}",
      "*a",
      "&a",
      "?",
      "|",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word, { maxLength: 30 }).map((words) => words.join("")),
        ),
        (text) => {
          for (const { line } of findings(text)) {
            expect(line).toBeGreaterThan(0);
            expect(line).toBeLessThanOrEqual(text.split(/\r\n?|\n/).length);
          }
        },
      ),
    );
  });
});
