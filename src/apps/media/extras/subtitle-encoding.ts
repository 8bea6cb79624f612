/** Words of a language are of these letters, beside those of ASCII; capitals are found by their small form. */
const letters: readonly (readonly [encoding: string, letters: string, languages: readonly string[]])[] = [
  [
    "windows-1252",
    "àâäáãåæçéèêëíìîïñóòôöõøœßúùûüÿ¿¡«»’‘“”…–—°",
    ["de", "fr", "es", "it", "pt", "nl", "sv", "da", "no", "fi", "en", "is"],
  ],
  [
    "windows-1250",
    "ąćęłńóśźżáčďéěíňřšťúůýžőűăâîșțşţđäöüß„”“’…–—",
    ["pl", "cs", "sk", "hu", "ro", "hr", "sl", "bs", "sr"],
  ],
  ["windows-1251", "абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґў«»“”„…–—№", ["ru", "uk", "bg", "be", "mk", "sr"]],
  ["windows-1253", "αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώϊϋΐΰ«»’…–—", ["el"]],
  ["windows-1254", "çğıöşüâîûé’“”…–—İ", ["tr", "az"]],
  ["windows-1255", "אבגדהוזחטיךכלםמןנסעףפץצקרשת’“”…–—", ["he"]],
  ["windows-1256", "ابتثجحخدذرزسشصضطظعغفقكلمنهويىةئءؤأإآ،؟؛“”…", ["ar", "fa", "ur"]],
  ["windows-1257", "āčēģīķļņšūžąęėįųõäöü„”“…–—", ["lt", "lv", "et"]],
];

const multibyte: Readonly<Record<string, string>> = { zh: "gb18030", ja: "shift_jis", ko: "euc-kr" };
const sampleBytes = 64 * 1024;

/**
 * The text of a subtitle file in whatever encoding it is: by its mark, as UTF-16 by its zeros, as UTF-8 when it is that without an
 * error, else in the code page whose letters it has. `language` (ISO 639-1) is a hint from the name. Line ends become `\n`.
 */
export function decodeSubtitle(bytes: Uint8Array, language: string | null = null): string {
  return (
    decoded(bytes, language)
      .replace(/^\ufeff/, "")
      .replace(/\r\n?/g, "\n")
      .replaceAll("\0", "")
      // Nothing is told by more, and a file of nothing else is only slow to read.
      .replace(/\n{4,}/g, "\n\n\n")
  );
}

function decoded(bytes: Uint8Array, language: string | null): string {
  const wide = wideEncoding(bytes);
  if (wide !== undefined) return new TextDecoder(wide).decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder(codePageOf(bytes.subarray(0, sampleBytes), language)).decode(bytes);
  }
}

function wideEncoding(bytes: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  const sample = bytes.subarray(0, 2000);
  const zeros = (parity: number) => sample.filter((byte, at) => byte === 0 && at % 2 === parity).length;
  const [even, odd] = [zeros(0), zeros(1)];
  if (even + odd < sample.length / 8) return undefined;
  return odd > even ? "utf-16le" : "utf-16be";
}

function codePageOf(sample: Uint8Array, language: string | null): string {
  const short = (language ?? "").toLowerCase().slice(0, 2);
  const wide = multibyte[short];
  if (wide !== undefined) return wide;
  const scores = letters.map(([encoding, alphabet, languages]) => {
    const hint = languages.includes(short) ? 1.5 : 1;
    return {
      encoding,
      score: scoreOf(new TextDecoder(encoding).decode(sample), new Set(alphabet), frequent[encoding]) * hint,
    };
  });
  const [first, ...rest] = scores;
  return rest.reduce(
    (best, one) => (one.score > best.score ? one : best),
    first ?? { encoding: "windows-1252", score: 0 },
  ).encoding;
}

/** The letters met most in each script that is not Latin. */
const frequent: Readonly<Record<string, string>> = {
  "windows-1251": "оеаинтсрвлкмдпу",
  "windows-1253": "αοιετσνηυρπκμςλ",
  "windows-1255": "יוהלאתרבשמםנ",
  "windows-1256": "ايلمنوترهبةعد",
};

/**
 * How well the characters beyond ASCII make words: in Latin ones they stand beside ASCII letters, in others beside their like. Capitals
 * amid a word speak against it, letters that the language uses most speak for it.
 */
function scoreOf(text: string, alphabet: ReadonlySet<string>, common: string | undefined): number {
  const characters = [...text];
  const isOther = (at: number) =>
    (characters[at] ?? " ") >= "\u0080" && alphabet.has((characters[at] ?? "").toLowerCase());
  const isAscii = (at: number) => /[a-z]/i.test(characters[at] ?? " ");
  let [good, all] = [0, 0];
  for (const [at, character] of characters.entries()) {
    if (character < "\u0080") continue;
    all += 1;
    if (!isOther(at)) continue;
    const before = characters[at - 1] ?? " ";
    const isCapital = character.toLowerCase() !== character;
    if (isCapital && before !== before.toUpperCase()) good -= 0.5;
    else if (common === undefined) good += isOther(at - 1) && isOther(at + 1) ? -0.5 : 1;
    else if (isAscii(at - 1) || isAscii(at + 1)) good -= 0.5;
    else good += common.includes(character.toLowerCase()) ? 1.3 : 0.7;
  }
  return all === 0 ? 0 : good / all;
}
