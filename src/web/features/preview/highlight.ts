/** One piece of a line with what it is. */
export interface Token {
  readonly kind: "plain" | "comment" | "string" | "number" | "word";
  readonly text: string;
}

interface Grammar {
  readonly comment: string;
  readonly words: ReadonlySet<string>;
}

const wordsOf = (list: string): ReadonlySet<string> => new Set(list.split(" "));
const c: Grammar = {
  comment: String.raw`\/\/.*|\/\*.*?(?:\*\/|$)`,
  words: wordsOf(
    "abstract as async await bool boolean break case catch char class const continue default do double else enum export extends " +
      "false final float fn for from func function go if impl implements import in int interface let long match mod mut new null " +
      "package private protected public pub readonly return self static struct super switch this throw true try type typeof use " +
      "undefined var void while yield",
  ),
};
const hash: Grammar = {
  comment: "#.*",
  words: wordsOf(
    "and as case class def do done elif else esac except false fi finally for from function if import in is lambda local None not " +
      "null or pass raise return then true True False try while with yield",
  ),
};
const sql: Grammar = {
  comment: "--.*",
  words: wordsOf(
    "select from where and or not insert into values update set delete create table index view join left right inner on group by " +
      "order limit as null primary key references SELECT FROM WHERE AND OR NOT INSERT INTO VALUES UPDATE SET DELETE CREATE TABLE " +
      "INDEX VIEW JOIN LEFT RIGHT INNER ON GROUP BY ORDER LIMIT AS NULL PRIMARY KEY REFERENCES",
  ),
};
const markup: Grammar = { comment: "<!--.*?(?:-->|$)", words: new Set() };
const json: Grammar = { comment: String.raw`\/\/.*`, words: wordsOf("true false null") };

const byEnding: readonly (readonly [RegExp, Grammar])[] = [
  [/\.jsonc?$/i, json],
  [/\.(tsx?|jsx?|mjs|cjs|css|c|h|cc|cpp|hpp|java|kt|go|rs|swift|php)$/i, c],
  [/\.(py|sh|bash|ya?ml|toml|ini|conf|cfg|env|rb|pl|mk)$|^(Makefile|Dockerfile)$/i, hash],
  [/\.sql$/i, sql],
  [/\.(html?|xml|svg|vue)$/i, markup],
];

/** How to colour a file of this name, or null for plain text. One line at a time: enough to read by, never wrong about bytes. */
export function highlighterFor(name: string): ((line: string) => Token[]) | null {
  const grammar = byEnding.find(([ending]) => ending.test(name))?.[1];
  if (!grammar) return null;
  const pattern = new RegExp(
    `(?<comment>${grammar.comment})|(?<string>"(?:[^"\\\\]|\\\\.)*"?|'(?:[^'\\\\]|\\\\.)*'?|\`[^\`]*\`?)` +
      String.raw`|(?<number>\b\d[\d_.xa-fA-F]*\b)|(?<word>[A-Za-z_$][\w$]*)`,
    "g",
  );
  return (line) => tokens(line, pattern, grammar.words);
}

/** Lines longer than this are machine output; colouring them costs more than it tells. */
const maxLineLength = 2000;

function tokens(line: string, pattern: RegExp, words: ReadonlySet<string>): Token[] {
  if (line.length > maxLineLength) return [{ kind: "plain", text: line }];
  const found: Token[] = [];
  let at = 0;
  const plain = (until: number): void => {
    if (until > at) found.push({ kind: "plain", text: line.slice(at, until) });
  };
  for (const match of line.matchAll(pattern)) {
    const [text] = match;
    const kind = kindOf(match.groups ?? {}, text, words);
    if (kind === "plain") continue;
    plain(match.index);
    found.push({ kind, text });
    at = match.index + text.length;
  }
  plain(line.length);
  return found;
}

function kindOf(
  groups: Readonly<Record<string, string | undefined>>,
  text: string,
  words: ReadonlySet<string>,
): Token["kind"] {
  if (groups["comment"] !== undefined) return "comment";
  if (groups["string"] !== undefined) return "string";
  if (groups["number"] !== undefined) return "number";
  return words.has(text) ? "word" : "plain";
}
