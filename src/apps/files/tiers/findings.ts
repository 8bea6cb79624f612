import type { Storage } from "#storage/primary";

interface StoreFinding {
  readonly id: string;
  readonly state: "ok" | "error";
  readonly message: string;
  readonly remedy: string | null;
  readonly feature: string | null;
}

/** What the doctor says of the stores: one that holds content and is away, or not in the configuration any more. */
export function storeFindings({ tiers }: Pick<Storage, "tiers">): StoreFinding[] {
  return tiers.stores().map(({ name, place, reason, files, configured }) => ({
    id: `store.${name}`,
    state: reason === null ? ("ok" as const) : ("error" as const),
    message: reason === null ? `the store ${name} can be reached` : configured ? `${reason} (${place})` : reason,
    remedy: reason === null ? null : configured ? "attach it, or look at its settings" : "name it in hearth.yaml again",
    feature: reason === null || files === 0 ? null : `the content of ${files === 1 ? "1 file" : `${files} files`}`,
  }));
}
