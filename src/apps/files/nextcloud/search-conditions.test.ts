import { expect, test } from "bun:test";
import fc from "fast-check";
import { davNamespace, type XmlElement } from "#apps/files/webdav";
import type { NodeInfo } from "#storage/primary";
import { readConditions } from "./search-conditions.ts";

function element(name: string, children: XmlElement[] = [], text = ""): XmlElement {
  return { namespace: davNamespace, name, children, text, toXml: () => "" };
}
const like = (literal: string) =>
  element("like", [element("prop", [element("displayname")]), element("literal", [], literal)]);
const node = (name: string) => ({ name, kind: "file" }) as NodeInfo;
const fits = (literal: string, name: string) =>
  readConditions(element("where", [like(literal)])).matches(node(name), false);

test("a pattern means what it means in SQL, whatever stands in it", () => {
  const part = fc.string({ unit: fc.constantFrom("a", "b", "A", ".", "*", "é"), maxLength: 4 });
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), fc.array(part, { maxLength: 4 }), (parts, name) => {
      const source = parts.map((one) => one.replaceAll(/[.*]/g, String.raw`\$&`)).join(".*");
      const text = name.join("");
      expect(fits(parts.join("%"), text)).toBe(new RegExp(`^${source}$`, "isu").test(text));
    }),
    { numRuns: 2000 },
  );
});

test("no pattern and no number of conditions holds the server up", () => {
  const name = "a".repeat(250);
  const began = performance.now();
  expect(fits(`${"%a".repeat(60)}%b`, name)).toBe(false);
  expect(performance.now() - began).toBeLessThan(5_000);
  const many = element(
    "or",
    Array.from({ length: 500 }, () => like("%x%")),
  );
  expect(() => readConditions(element("where", [many]))).toThrow("too many");
});
