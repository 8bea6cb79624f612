import type { OnClash, UploadItem } from "./model.ts";

/** What a person answers when a name is taken. */
export type ClashAnswer = Exclude<OnClash, "fail">;

/** Answers given "for all", by batch. */
export type ClashRules = ReadonlyMap<number, ClashAnswer>;

export type ClashStep =
  | { readonly step: "ask" }
  | { readonly step: "skip" }
  | { readonly step: "send"; readonly onClash: OnClash }
  /** The answer was already sent and the name is still taken, for example a folder of that name: asking again would loop. */
  | { readonly step: "give-up" };

/** What happens with an item whose name the server found taken. */
export function onNameTaken(rules: ClashRules, item: Pick<UploadItem, "batch" | "onClash">): ClashStep {
  if (item.onClash === "rename" || item.onClash === "replace") return { step: "give-up" };
  const rule = rules.get(item.batch);
  if (!rule) return { step: "ask" };
  return asStep(rule);
}

export function asStep(answer: ClashAnswer): ClashStep {
  return answer === "skip" ? { step: "skip" } : { step: "send", onClash: answer };
}

/**
 * How an item is sent first. "Skip" is decided here and not by the server, so that the tray can say which files
 * were skipped.
 */
export function firstOnClash(rules: ClashRules, item: Pick<UploadItem, "batch" | "onClash">): OnClash {
  if (item.onClash !== "fail") return item.onClash;
  const rule = rules.get(item.batch);
  return rule === undefined || rule === "skip" ? "fail" : rule;
}

/** Which waiting items an answer settles: the one asked about, and with `forAll` every other of its batch. */
export function settledBy(
  waiting: readonly Pick<UploadItem, "id" | "batch">[],
  asked: Pick<UploadItem, "id" | "batch">,
  forAll: boolean,
): number[] {
  return waiting
    .filter((item) => item.id === asked.id || (forAll && item.batch === asked.batch))
    .map((item) => item.id);
}
