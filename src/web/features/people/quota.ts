const gib = 1024 ** 3;

/** A storage limit as typed in GiB; null is no limit, undefined is no number above zero. */
export function quotaFromText(text: string): number | null | undefined {
  const clean = text.trim().replace(",", ".");
  if (clean === "") return null;
  const bytes = Math.round(Number(clean) * gib);
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : undefined;
}

/** A limit as text for the field: at most three decimals. */
export function quotaToText(quotaBytes: number | null): string {
  return quotaBytes === null ? "" : String(Math.round((quotaBytes / gib) * 1000) / 1000);
}

const letters = "abcdefghijkmnpqrstuvwxyz23456789";

/** A password to read out: four groups of five without look-alikes, 99 bits of the given random bytes (20 of them). */
export function readablePassword(random: Uint8Array): string {
  const characters = Array.from(random.subarray(0, 20), (byte) => letters[byte % letters.length] ?? "");
  return [0, 5, 10, 15].map((at) => characters.slice(at, at + 5).join("")).join("-");
}
