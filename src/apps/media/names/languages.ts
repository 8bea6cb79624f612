/**
 * Languages that names of media speak of: ISO 639-1 code (639-2 where there is none), ISO 639-2 codes, English and own names.
 * Source: ISO 639-2 registration authority, https://www.loc.gov/standards/iso639-2/.
 */
const table = `
en eng english
de deu ger german deutsch
fr fra fre french français francais truefrench vff vfq vof
es spa spanish español espanol castellano
it ita italian italiano
pt por portuguese português portugues
nl nld dut dutch nederlands
sv swe swedish svenska
no nor norwegian norsk
nb nob bokmål bokmal
nn nno nynorsk
da dan danish dansk
fi fin finnish suomi
is isl ice icelandic íslenska
pl pol polish polski
cs ces cze czech čeština cestina
sk slk slo slovak slovenčina
hu hun hungarian magyar
ro ron rum romanian română romana
bg bul bulgarian български
ru rus russian русский
uk ukr ukrainian українська
be bel belarusian
sr srp serbian srpski
hr hrv croatian hrvatski
sl slv slovenian slovene slovenščina
bs bos bosnian
mk mkd mac macedonian
sq sqi alb albanian
el ell gre greek ελληνικά
tr tur turkish türkçe turkce
ar ara arabic العربية
he heb hebrew עברית
fa fas per persian farsi
ur urd urdu
hi hin hindi हिन्दी
bn ben bengali
ta tam tamil
te tel telugu
ml mal malayalam
kn kan kannada
mr mar marathi
pa pan punjabi
gu guj gujarati
zh zho chi chinese mandarin cantonese 中文 chs cht
ja jpn japanese 日本語 jap
ko kor korean 한국어
vi vie vietnamese
th tha thai ไทย
id ind indonesian
ms msa may malay
fil tagalog filipino
ca cat catalan català catala
eu eus baq basque euskara
gl glg galician galego
ga gle irish gaeilge
cy cym wel welsh cymraeg
la lat latin
et est estonian eesti
lv lav latvian
lt lit lithuanian
ka kat geo georgian
hy hye arm armenian
az aze azerbaijani
kk kaz kazakh
mn mon mongolian
ne nep nepali
si sin sinhala
sw swa swahili
af afr afrikaans
eo epo esperanto
`;

const byWord = new Map<string, string>();
/** Words of three letters and more: codes of two letters are ordinary words of titles. */
const longWords = new Map<string, string>();
for (const line of table.trim().split("\n")) {
  const [code = "", ...words] = line.split(" ");
  byWord.set(code, code);
  for (const word of words) byWord.set(word.normalize("NFC"), code);
  for (const word of words) longWords.set(word.normalize("NFC"), code);
}

const regions = /^[a-z]{2,3}[-_](?:[A-Za-z]{4}|[A-Za-z]{2}|\d{3})$/;

/**
 * The language that a word of a sidecar's name says: a code (`en`, `ger`, `pt-BR`, `zh-Hant`), an English or its own name.
 *
 * @returns an ISO 639-1 code where there is one, with the region or script of the word; undefined: no language
 */
export function languageOf(word: string): string | undefined {
  const plain = byWord.get(word.toLowerCase());
  if (plain !== undefined || !regions.test(word)) return plain;
  const [language = "", region = ""] = word.split(/[-_]/);
  const code = byWord.get(language.toLowerCase());
  if (code === undefined) return undefined;
  const shaped =
    region.length === 4 ? region.charAt(0).toUpperCase() + region.slice(1).toLowerCase() : region.toUpperCase();
  return `${code}-${shaped}`;
}

/** The language that a lower-case word of a film's name says: names and codes of three letters, never of two. */
export function languageOfWord(word: string): string | undefined {
  return word.length < 3 ? undefined : longWords.get(word);
}
