const views = ["history", "import"] as const;

/** What stands open on the rules page; `rule` is an id, or `new`. */
export interface RulesSearch {
  readonly rule?: string;
  readonly view?: (typeof views)[number];
}

/** Reads the search of the address; what is not understood is left out. */
export function parseRulesSearch(raw: Record<string, unknown>): RulesSearch {
  const rule =
    typeof raw["rule"] === "string" && /^[a-z0-9][a-z0-9-]{0,62}$/.test(raw["rule"]) ? raw["rule"] : undefined;
  const view = views.find((known) => known === raw["view"]);
  return { ...(rule ? { rule } : {}), ...(view ? { view } : {}) };
}
