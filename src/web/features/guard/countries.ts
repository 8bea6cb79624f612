import { countryName } from "./sentence.ts";

const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
/** Codes the browser has a name for that are no country: unions, the world, unknown. */
const noCountry = new Set(["EU", "EZ", "UN", "ZZ", "XA", "XB", "QO"]);
let known: readonly { readonly value: string; readonly label: string }[] | undefined;

/** Every country by its name; made when first asked for. */
export function countries(): readonly { readonly value: string; readonly label: string }[] {
  known ??= letters
    .flatMap((first) => letters.map((second) => first + second))
    .filter((code) => !noCountry.has(code) && countryName(code) !== code)
    .map((value) => ({ value, label: countryName(value) }))
    .toSorted((a, b) => a.label.localeCompare(b.label));
  return known;
}
