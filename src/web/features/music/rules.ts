import type { SmartRule, SmartRules } from "#contract/apps/media/music";

/** What the page offers; other programs may make rules about more. */
export const fieldsShown = [
  "genre",
  "artist",
  "album",
  "title",
  "year",
  "rating",
  "plays",
  "addedAt",
  "playedAt",
  "isStarred",
] as const;
export type FieldShown = (typeof fieldsShown)[number];

const texts = ["equal", "notEqual", "contains", "notContains", "startsWith"] as const;
const numbers = ["equal", "notEqual", "atLeast", "atMost"] as const;
const times = ["inLastDays", "notInLastDays"] as const;

/** Ways in which a rule of this kind can be meant. */
export function waysOf(rule: SmartRule): readonly (typeof texts | typeof numbers | typeof times)[number][] {
  if (typeof rule.value === "string") return texts;
  if (rule.is === "inLastDays" || rule.is === "notInLastDays") return times;
  return typeof rule.value === "boolean" ? ["equal"] : numbers;
}

/** What a rule about this begins as. */
export function ruleFor(field: FieldShown): SmartRule {
  switch (field) {
    case "genre":
    case "artist":
    case "album":
    case "title":
      return { field, is: field === "genre" ? "equal" : "contains", value: "" };
    case "year":
      return { field, is: "atLeast", value: 2000 };
    case "rating":
      return { field, is: "atLeast", value: 4 };
    case "plays":
      return { field, is: "atLeast", value: 1 };
    case "addedAt":
    case "playedAt":
      return { field, is: "inLastDays", value: 30 };
    case "isStarred":
      return { field, is: "equal", value: true };
  }
}

/** Null while something is still to be filled in. */
export function usableRules(rules: SmartRules): SmartRules | null {
  const isWhole = rules.groups.every(({ rules: list }) => list.length > 0 && list.every(({ value }) => value !== ""));
  return isWhole ? rules : null;
}
