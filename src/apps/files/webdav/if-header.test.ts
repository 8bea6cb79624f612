import { expect, test } from "bun:test";
import fc from "fast-check";
import { AppError } from "#platform/errors";
import { ifHeaderHolds, parseIfHeader, type ResourceState, submittedTokens } from "./if-header.ts";

const state = (etag: string | undefined, ...tokens: string[]): ResourceState => ({ etag, tokens: new Set(tokens) });
const holds = (header: string, states: Record<string, ResourceState>): boolean =>
  ifHeaderHolds(parseIfHeader(header), (resource) => states[resource ?? "self"] ?? state(undefined));

test("the examples of RFC 4918 §10.4", () => {
  const locked = "urn:uuid:181d4fae-7d8c-11d0-a765-00a0c91e6bf2";
  expect(holds(`(<${locked}> ["I am an ETag"]) (["I am another ETag"])`, { self: state("I am another ETag") })).toBe(
    true,
  );
  expect(holds(`(<${locked}> ["I am an ETag"]) (["I am another ETag"])`, { self: state("I am an ETag") })).toBe(false);
  expect(holds(`(Not <${locked}> <urn:uuid:58f202ac>)`, { self: state("a", "urn:uuid:58f202ac") })).toBe(true);
  expect(holds(`(Not <${locked}> <urn:uuid:58f202ac>)`, { self: state("a", "urn:uuid:58f202ac", locked) })).toBe(false);
  expect(holds(`(<${locked}>) (Not <DAV:no-lock>)`, { self: state("a") })).toBe(true);
  const tagged = `</resource1> (<${locked}> [W/"A weak ETag"]) (["strong ETag"])`;
  expect(holds(tagged, { "/resource1": state("strong ETag") })).toBe(true);
  expect(holds(tagged, { "/resource1": state("A weak ETag", locked) })).toBe(false);
  expect(holds(`<http://h/specs/> (["4217"])`, {})).toBe(false);
  expect(holds(`<http://h/specs/> (Not ["4217"])`, {})).toBe(true);
});

test("every token that is named is submitted, also in a list that fails or is negated", () => {
  const lists = parseIfHeader('</a> (<t:1> ["x"]) (Not <t:2>) </b> (<t:3>)');
  expect([...submittedTokens(lists)]).toEqual(["t:1", "t:2", "t:3"]);
  expect(lists.map(({ resource }) => resource)).toEqual(["/a", "/a", "/b"]);
});

const malformed = [
  "",
  " ",
  "()",
  "(",
  "(<a>",
  "<a>",
  "</a> </b> (<c>)",
  "(<a>) </b> (<c>)",
  "(<a>), (<b>)",
  "(Not)",
  "(Not Not <a>)",
];
test.each([...malformed, '(["a)', "([a])", "(a)", "garbage", "(<a>) x", "(Not<a>", "(<a b>)"])(
  "refuses %p",
  (header) => {
    expect(() => parseIfHeader(header)).toThrow(AppError);
  },
);

test("is read or refused with bad-request, whatever it holds", () => {
  const piece = fc.constantFrom(
    "(",
    ")",
    "<",
    ">",
    "[",
    "]",
    '"',
    "Not",
    "not ",
    "W/",
    " ",
    "\t",
    "a:b",
    "/x",
    ",",
    "é",
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece, { maxLength: 40 }).map((parts) => parts.join("")),
      ),
      (header) => {
        try {
          expect(parseIfHeader(header).length).toBeGreaterThan(0);
        } catch (error) {
          expect((error as AppError).code).toBe("bad-request");
        }
      },
    ),
  );
});

test("what is written by the grammar is read back", () => {
  const condition = fc.record({
    negated: fc.boolean(),
    kind: fc.constantFrom("token" as const, "etag" as const),
    value: fc.stringMatching(/^[a-z0-9:-]{1,12}$/),
  });
  const list = fc.array(condition, { minLength: 1, maxLength: 4 });
  const groups = fc.array(
    fc.record({ tag: fc.stringMatching(/^\/[a-z]{1,8}$/), lists: fc.array(list, { minLength: 1, maxLength: 3 }) }),
    {
      minLength: 1,
      maxLength: 3,
    },
  );
  fc.assert(
    fc.property(groups, (tagged) => {
      const header = tagged
        .map(({ tag, lists }) => {
          const written = lists.map(
            (conditions) =>
              `(${conditions.map(({ negated, kind, value }) => `${negated ? "Not " : ""}${kind === "token" ? `<${value}>` : `["${value}"]`}`).join(" ")})`,
          );
          return `<${tag}> ${written.join(" ")}`;
        })
        .join(" ");
      const expected = tagged.flatMap(({ tag, lists }) =>
        lists.map((conditions) => ({
          resource: tag,
          conditions: conditions.map(({ negated, kind, value }) => ({
            negated,
            kind,
            value: kind === "token" ? value : `"${value}"`,
          })),
        })),
      );
      expect(parseIfHeader(header)).toEqual(expected);
    }),
  );
});
