const letters = "etaoinshrdlucmfwypvbgkjqxz";
const known = 30_000;

/** Made-up words, some common and most rare, the same ones for a seed. */
export function createWords(seed: number) {
  let state = 42;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const words = Array.from({ length: known }, () => {
    const length = 3 + Math.floor(random() * 8);
    return Array.from({ length }, () => letters[Math.floor(random() * random() * letters.length)]).join("");
  });
  state = seed;
  const word = () => words[Math.floor(known * random() ** 4)] ?? "";
  return {
    words,
    /** One in three is a picture, one in seven a report, one in ten thousand about a zebrafinch. */
    name: (count: number): string =>
      [
        ...(count % 3 === 0 ? [`IMG_${20_000_000 + count}`] : []),
        word(),
        word(),
        ...(count % 7 === 0 ? ["report"] : []),
        ...(count % 2 === 0 ? ["2024"] : []),
        ...(count % 10_000 === 77 ? ["zebrafinch"] : []),
        String(count % 40),
      ].join(" "),
    text: (length: number): string => {
      const extra = random() < 0.3 ? "invoice " : "";
      const rare = random() < 0.000_05 ? "wallaby " : "";
      return extra + rare + Array.from({ length }, word).join(" ");
    },
  };
}
