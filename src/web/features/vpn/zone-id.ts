const builtIn = ["hearth", "lan", "internet"];
const maxLength = 31;

/** An id made of the label that no other zone has, beginning with a letter: `nas`, `nas-2`. */
export function zoneIdFor(label: string, taken: readonly string[]): string {
  const plain = label
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^[^a-z]+|-+$/g, "")
    .slice(0, maxLength - 3)
    .replace(/-+$/, "");
  const stem = plain === "" ? "zone" : plain;
  let id = stem;
  for (let n = 2; taken.includes(id) || builtIn.includes(id); n += 1) id = `${stem}-${n}`;
  return id;
}
