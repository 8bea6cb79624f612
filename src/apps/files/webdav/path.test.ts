import { expect, test } from "bun:test";
import fc from "fast-check";
import { AppError } from "#platform/errors";
import { davAddresses, parseReference } from "./path.ts";

const { parse: parseDavPath, href: encodeDavPath } = davAddresses;

test("names survive encoding and reading", () => {
  const name = fc
    .string({ unit: "binary", minLength: 1, maxLength: 20 })
    .filter((text) => text.isWellFormed() && !/[/\0]/.test(text) && text !== "." && text !== "..");
  fc.assert(
    fc.property(fc.array(name, { maxLength: 6 }), (names) => {
      const path = encodeDavPath(names);
      expect(path).toMatch(/^\/dav[!-~]*$/);
      expect(path).not.toMatch(/[<>&"#?]/);
      expect(parseDavPath(path).names).toEqual(names);
      expect(parseDavPath(`${path}//`)).toEqual({ names, endsWithSlash: true });
    }),
  );
});

test.each(["/dav/%00", "/dav/a%2Fb", "/dav/%2e%2e/x", "/dav/..", "/dav/%", "/dav/%zz", "/dav/%ff", "/dav/a#b"])(
  "refuses %p",
  (path) => {
    expect(() => parseDavPath(path)).toThrow(AppError);
  },
);

test("refuses a path of very many names", () => {
  expect(() => parseDavPath(`/dav${"/a".repeat(600)}`)).toThrow(AppError);
});

test.each(["/davx", "/", "/dava/b"])("%p is not here", (path) => {
  expect(() => parseDavPath(path)).toThrow("not-found");
});

const request = new Request("http://cloud.test/dav/", { headers: { host: "Cloud.test:443" } });
const references: readonly [string, readonly string[] | "foreign"][] = [
  ["/dav/home/a%20b?x", ["home", "a b"]],
  ["https://cloud.test/dav/home/", ["home"]],
  ["http://user:pw@cloud.test:80/dav/x", ["x"]],
  ["http://other.test/dav/x", "foreign"],
  ["http://cloud.test:8080/dav/x", "foreign"],
];
test.each(references)("%p names %p", (reference, expected) => {
  const path = parseReference(reference, request, davAddresses);
  expect(path === "foreign" ? path : path.names).toEqual(expected);
});

test.each(["", "x", "ftp://cloud.test/dav/x", "//cloud.test/dav/x", "http://"])("%p is no address", (reference) => {
  expect(() => parseReference(reference, request, davAddresses)).toThrow("bad-request");
});
