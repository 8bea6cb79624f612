import { expect, test } from "bun:test";
import type { Rule, RuleDocument } from "#contract/security/guard";
import {
  filled,
  missingKeys,
  modeOf,
  moved,
  ruleIdFor,
  tidied,
  usedKeys,
  withCondition,
  withMode,
  withoutCondition,
  withoutRule,
  withRule,
} from "./draft.ts";

const rule = (id: string): Rule => ({
  id,
  title: id,
  enabled: true,
  shadow: false,
  when: {},
  action: { kind: "deny" },
});
const document: RuleDocument = {
  schema: 1,
  timeZone: null,
  sets: {},
  detectors: { "path-traversal": "off", scanner: "off", injection: "off", "credential-stuffing": "off" },
  rules: [rule("a"), rule("b"), rule("c")],
  tests: [
    {
      name: "by a",
      request: { method: "GET", path: "/", address: "192.0.2.1", certificate: false, bodyBytes: 0, usedUp: [] },
      expect: { outcome: "deny", ruleId: "a" },
    },
  ],
};
const order = (given: RuleDocument): string => given.rules.map(({ id }) => id).join("");

test("an id is made of the title, and no other rule has it", () => {
  expect(ruleIdFor("  Keine Filme für Tom! ", [])).toBe("keine-filme-fur-tom");
  expect(ruleIdFor("A", ["a", "a-2"])).toBe("a-3");
  expect(ruleIdFor("…", [])).toBe("rule");
  expect(ruleIdFor("x".repeat(200), []).length).toBeLessThanOrEqual(63);
});

test("conditions are added, found incomplete, and taken away", () => {
  const when = withCondition(withCondition({}, "paths"), "zones");
  expect(usedKeys(when)).toEqual(["zones", "paths"]);
  expect(missingKeys(when)).toEqual(["paths"]);
  expect(missingKeys({ times: [{ days: [], from: "00:00", to: "01:00" }], bodyBytes: {} })).toEqual([
    "times",
    "bodyBytes",
  ]);
  expect(withoutCondition(when, "paths")).toEqual({ zones: ["outside"] });
  expect(filled({ paths: [], zones: ["vpn"], unless: { users: [] } })).toEqual({ zones: ["vpn"] });
  expect(tidied({ zones: ["vpn"], unless: {} })).toEqual({ zones: ["vpn"] });
});

test("a mode is off, shadow or on, and off remembers the shadow", () => {
  expect(modeOf(withMode(rule("a"), "shadow"))).toBe("shadow");
  const off = withMode(withMode(rule("a"), "shadow"), "off");
  expect(modeOf(off)).toBe("off");
  expect(off.shadow).toBe(true);
  expect(modeOf(withMode(off, "on"))).toBe("on");
});

test("rules are put in place, moved and removed with the tests that name them", () => {
  expect(order(withRule(document, rule("d")))).toBe("abcd");
  expect(withRule(document, { ...rule("b"), title: "B" }).rules[1]?.title).toBe("B");
  expect(order(moved(document, "b", -1))).toBe("bac");
  expect(order(moved(document, "c", 1))).toBe("abc");
  expect(withoutRule(document, "a").tests).toEqual([]);
  expect(withoutRule(document, "b").tests).toHaveLength(1);
});
