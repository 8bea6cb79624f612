/** Lines of a text, without empty ones. */
export const linesOf = (text: string): string[] =>
  text
    .split(/\s+/)
    .map((line) => line.trim())
    .filter(Boolean);

/** The first line that is no absolute address; undefined when all are. */
export const wrongAddress = (lines: readonly string[]): string | undefined => lines.find((line) => !URL.canParse(line));

/** An id for a provider made of its name: `my-company`. */
export function providerIdFor(name: string, taken: readonly string[]): string {
  const stem =
    name
      .normalize("NFKD")
      .toLowerCase()
      .replaceAll(/\p{M}/gu, "")
      .replaceAll(/[^a-z0-9]+/g, "-")
      .replaceAll(/^-+|-+$/g, "")
      .slice(0, 28)
      .replace(/-+$/, "") || "provider";
  let id = stem;
  for (let n = 2; taken.includes(id); n += 1) id = `${stem}-${n}`;
  return id;
}

/** As applications know this server: the public address, or the one that the page came from. */
export const issuerOf = (publicUrl: string | null, origin: string): string => `${publicUrl ?? origin}/oidc`;
