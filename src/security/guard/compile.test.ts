import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { compileRules } from "./compile.ts";
import { defaultDocument } from "./defaults.ts";
import { walkRules } from "./explain.ts";
import { compilePattern, literalPrefix, normalisePath } from "./paths.ts";
import { actorOf, arbitraryRequest, arbitraryRules, decideNaively, factsOf, testPlaces } from "./testing.ts";

/** `toEqual` of each of so many would take most of the time. */
function same(one: unknown, other: unknown): void {
  if (JSON.stringify(one) !== JSON.stringify(other)) expect(one).toEqual(other);
}

describe("compiled rules", () => {
  test("agree with the plain reading and with the explanation, over random rules and requests", () => {
    let compared = 0;
    let decided = 0;
    fc.assert(
      fc.property(arbitraryRules, fc.array(arbitraryRequest, { minLength: 20, maxLength: 30 }), (rules, requests) => {
        const compiled = compileRules(rules);
        const places = testPlaces();
        for (const request of requests) {
          const noted: string[] = [];
          const facts = factsOf(request, places);
          const decision = compiled.decide(facts, ({ rule }, effect) => void noted.push(`${rule.title} ${effect}`));
          if ("pendingAt" in decision) throw new Error("the actor was known");
          const found = { outcome: decision.outcome, title: decision.rule?.rule.title ?? null, noted };
          const walk = walkRules(compiled.rules, facts);
          const read = decideNaively(rules, request);
          same(found, read);
          same([walk.outcome, walk.rule?.rule.title ?? null], [read.outcome, read.title]);
          if (read.title !== null || noted.length > 0) {
            same(compiled.mayMatch(facts.app, facts.method, facts.path), true);
            decided += 1;
          }
          compared += 1;
        }
      }),
      { numRuns: 500 },
    );
    expect(compared).toBeGreaterThanOrEqual(10_000);
    expect(decided).toBeGreaterThan(compared / 5);
  }, 60_000);

  test("waiting for the caller changes nothing, and nothing is counted twice", () => {
    fc.assert(
      fc.property(arbitraryRules, arbitraryRequest, (rules, request) => {
        const compiled = compileRules(rules);
        const places = testPlaces();
        const counted: string[] = [];
        const note = (from: string[]) => (rule: { rule: { title: string } }, effect: string) =>
          void from.push(`${rule.rule.title} ${effect}`);
        let actor: ReturnType<typeof actorOf> | undefined;
        const late = {
          ...factsOf(request, places),
          get actor() {
            return actor;
          },
          isUsedUp: ({ rule }: { rule: { id: string; title: string } }) => {
            counted.push(rule.title);
            return request.usedUp.includes(rule.id);
          },
        };
        const noted: string[] = [];
        let decision = compiled.decide(late, note(noted));
        if ("pendingAt" in decision) {
          actor = actorOf(request);
          decision = compiled.decide(late, note(noted), decision.pendingAt);
        }
        const expected = decideNaively(rules, request);
        expect("pendingAt" in decision ? "pending" : decision.outcome).toBe(expected.outcome);
        expect(noted).toEqual(expected.noted);
        expect(new Set(counted).size).toBe(counted.length);
      }),
      { numRuns: 1000 },
    );
  }, 60_000);

  test("who calls and from where is not asked unless a rule that fits otherwise needs it", () => {
    const rule = (id: string, when: object) =>
      ({ id, title: id, enabled: true, shadow: false, when, action: { kind: "deny" } }) as const;
    const compiled = compileRules([
      rule("a", { apps: ["webdav"], users: ["anna"] }),
      rule("b", { paths: ["/api/people.*"], zones: ["outside"] }),
      rule("c", { bodyBytes: { min: 1000 }, roles: ["guest"], zones: ["outside"] }),
    ]);
    const refuse = (): never => {
      throw new Error("asked");
    };
    const plain = {
      method: "GET",
      hasCertificate: false,
      minute: 0,
      bodyBytes: 0,
      contentType: "",
      isUsedUp: () => true,
    };
    const blind = (app: "files" | "webdav" | "api", path: string, bodyBytes = 0) => ({
      ...plain,
      app,
      path,
      bodyBytes,
      get place() {
        return refuse();
      },
      get actor() {
        return refuse();
      },
    });
    expect(compiled.decide(blind("files", "/api/files/content/1"), refuse)).toEqual({
      outcome: "allow",
      rule: undefined,
    });
    expect(compiled.decide(blind("api", "/api/files.list"), refuse)).toEqual({ outcome: "allow", rule: undefined });
    expect(() => compiled.decide(blind("webdav", "/dav/x"), refuse)).toThrow("asked");
    expect(() => compiled.decide(blind("api", "/api/people.list"), refuse)).toThrow("asked");
    expect(() => compiled.decide(blind("files", "/x", 2000), refuse)).toThrow("asked");
  });
});

test("what comes with the program asks nothing of requests that move files", () => {
  const { mayMatch } = compileRules(defaultDocument.rules);
  for (const app of ["files", "webdav", "uploads", "media"] as const) {
    for (const method of ["GET", "HEAD", "PUT", "PATCH", "PROPFIND", "POST", "MOVE"])
      expect(mayMatch(app, method)).toBe(false);
  }
});

describe("paths", () => {
  const segment = fc.string({
    minLength: 1,
    maxLength: 6,
    unit: fc.constantFrom("a", "b", "ä", " ", "%", ".", "é", "~"),
  });
  const safe = segment.filter((text) => text !== "." && text !== "..");

  test("another spelling of a path is the same path", () => {
    const spell = (text: string, how: readonly number[]) =>
      Array.from(text.normalize(how[0] === 3 ? "NFD" : "NFC"), (letter, index) => {
        const must = /[% ]|[^\u0020-\u007e]/.test(letter);
        if (!must && how[index % how.length] !== 1) return letter;
        const bytes = Buffer.from(letter, "utf8").toString("hex").replace(/../g, "%$&");
        return how[(index + 1) % how.length] === 2 ? bytes.toUpperCase() : bytes;
      }).join("");
    const detours = fc.constantFrom("", "/.", "//", "/x/..", "/%2e", "/x/%2E%2e");
    fc.assert(
      fc.property(
        fc.array(fc.tuple(safe, detours), { minLength: 1, maxLength: 4 }),
        fc.array(fc.nat(3), { minLength: 2, maxLength: 8 }),
        fc.boolean(),
        (parts, how, slash) => {
          const plain = `/${parts.map(([text]) => text.normalize("NFC")).join("/")}`;
          const spelt = parts.map(([text, detour]) => `${detour}/${spell(text, how)}`).join("") + (slash ? "/" : "");
          expect(normalisePath(spelt)).toBe(plain);
          const secret = compilePattern(`${plain.replaceAll("*", "")}/**`);
          expect(secret(normalisePath(`${spelt}/more`))).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  }, 60_000);

  test("a normal path stays as it is, and nothing climbs above the root", () => {
    for (const [raw, normal] of [
      ["/", "/"],
      ["/dav/home/a.txt", "/dav/home/a.txt"],
      ["/../../etc", "/etc"],
      ["/dav/%2e%2e/%2e%2e/x", "/x"],
      ["/a%2fb", "/a/b"],
      ["/%zz/%ff", "/%zz/%ff"],
      ["//", "/"],
      ["/a/./b/../c/", "/a/c"],
      ["/%252e%252e/x", "/%2e%2e/x"],
    ] as const)
      expect(normalisePath(raw)).toBe(normal);
  });

  test("what a pattern fits begins with its literal beginning", () => {
    const table: [string, string[], string[]][] = [
      ["/dav/**", ["/dav", "/dav/a", "/dav/a/b"], ["/davx", "/", "/da"]],
      ["/api/people.*", ["/api/people.list", "/api/people."], ["/api/people", "/api/people.a/b"]],
      ["/a/**/b", ["/a/b", "/a/x/b", "/a/b/b"], ["/a", "/a/bb", "/b"]],
      ["/*/x*y*", ["/q/xy", "/q/x1y2"], ["/q/yx", "/q/r/xy"]],
      ["/**", ["/", "/a", "/a/b"], []],
      ["/", ["/"], ["/a"]],
      ["/a.b", ["/a.b"], ["/axb", "/a.b/c"]],
    ];
    for (const [pattern, yes, no] of table) {
      const fits = compilePattern(pattern);
      expect(yes.filter((path) => !fits(path))).toEqual([]);
      expect(no.filter(fits)).toEqual([]);
      for (const path of yes) expect(`${path}/`.startsWith(literalPrefix(pattern))).toBe(true);
    }
  });

  test("no pattern makes the search slow", () => {
    const fits = compilePattern(`/${"**/a*a*a*a/".repeat(20)}b`);
    const began = performance.now();
    expect(fits(`/${"aaaaaaaaaaaaaaaaaaaaaaaa/".repeat(80)}c`)).toBe(false);
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});
