import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { toWebVtt } from "./convert.ts";
import { decodeSubtitle } from "./subtitle-encoding.ts";

describe("SubRip", () => {
  test("times to the millisecond, tags, places, what is no tag", () => {
    const text = [
      '1\n00:00:01,5 --> 00:00:02,345\n<i>Hello</i> <font color="#ff0000">you</font>\n',
      "2\n0:01:03.007 --> 00:01:04,000 X1:10 X2:20\n{\\an8}Above & <3\n",
      "7\n01:00:00,000 --> 01:00:01,000\n<b>Never closed\n\n\nsecond line\n",
    ].join("\n");
    expect(toWebVtt(text)).toBe(
      `WEBVTT

00:00:01.500 --> 00:00:02.345
<i>Hello</i> you

00:01:03.007 --> 00:01:04.000 line:0
Above &amp; &lt;3

01:00:00.000 --> 01:00:01.000
<b>Never closed
second line</b>
`,
    );
  });

  test("numbers that are missing, wrong or a text themselves", () => {
    const text =
      "00:00:01,000 --> 00:00:02,000\nfirst\n5\n00:00:03,000 --> 00:00:04,000\n1984\n\nx\n00:00:05,000 --> 00:00:06,000\nlast";
    expect(toWebVtt(text)?.match(/^(first|1984|x|last|5)$/gm)).toEqual(["first", "1984", "x", "last"]);
  });

  test("an arrow in the text, times that run backwards, and nothing at all", () => {
    expect(toWebVtt("1\n00:00:01,000 --> 00:00:02,000\na --> b")).toContain("a --&gt; b");
    expect(toWebVtt("1\n00:00:03,000 --> 00:00:02,000\nnever")).toBeNull();
    expect(toWebVtt("no subtitle")).toBeNull();
  });

  test("a shift moves all times", () => {
    expect(toWebVtt("1\n00:00:01,000 --> 00:00:02,000\na", { shiftMs: 400 })).toContain(
      "00:00:01.400 --> 00:00:02.400",
    );
  });
});

test("ASS: italics and places stay; karaoke, drawings, comments and layers go", () => {
  const text = `[Script Info]
[V4+ Styles]
Format: Name, Fontname, Italic, Alignment
Style: Default,Arial,0,2
Style: Sign,Arial,-1,8
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Comment: 0,0:00:00.00,0:00:01.00,Default,,0,0,0,,not shown
Dialogue: 0,0:00:01.25,0:00:02.50,Default,,0,0,0,,One,\\Ntwo {\\i1}three{\\i0}\\hfour
Dialogue: 1,0:00:01.25,0:00:02.50,Default,,0,0,0,,{\\bord3}One,\\Ntwo {\\i1}three{\\i0}\\hfour
Dialogue: 0,0:00:03.00,0:00:04.00,Sign,,0,0,0,,{\\k20}Ka{\\kf30}ra
Dialogue: 0,0:00:05.00,0:00:06.00,Default,,0,0,0,,{\\p1}m 0 0 l 10 10{\\p0}
`;
  expect(toWebVtt(text)).toBe(`WEBVTT

00:00:01.250 --> 00:00:02.500
One,
two <i>three</i>\u00a0four

00:00:03.000 --> 00:00:04.000 line:0
<i>Kara</i>
`);
});

test("MicroDVD: by its own rate or the film's", () => {
  expect(toWebVtt("{1}{1}25.000\n{25}{50}one|{y:i}two")).toContain("00:00:01.000 --> 00:00:02.000\none\n<i>two</i>");
  expect(toWebVtt("{24}{48}one", { framesPerSecond: 24 })).toContain("00:00:01.000 --> 00:00:02.000\none");
});

test("WebVTT of others keeps styles and settings, loses the clock of a stream", () => {
  const text =
    "WEBVTT - x\nX-TIMESTAMP-MAP=MPEGTS:900000\n\nSTYLE\n::cue { color: red }\n\nNOTE no\n\nid\n00:01.000 --> 00:02.000 line:0\n<v Ann>Hi</v>\n";
  expect(toWebVtt(text)).toBe(
    "WEBVTT\n\nSTYLE\n::cue { color: red }\n\n00:00:01.000 --> 00:00:02.000 line:0\n<v Ann>Hi</v>\n",
  );
});

describe("encodings", () => {
  const encode = (text: string, table: string) => {
    const decoder = new TextDecoder(table);
    const byChar = new Map(Array.from({ length: 256 }, (_, byte) => [decoder.decode(Uint8Array.of(byte)), byte]));
    return Uint8Array.from([...text].map((char) => byChar.get(char) ?? 63));
  };
  const texts: Readonly<Record<string, string>> = {
    "windows-1252": "Größe und Übermut, schöne Fußgänger. Où êtes-vous, François? ¿Qué pasó, niño?",
    "windows-1250": "Zażółć gęślą jaźń. Příliš žluťoučký kůň úpěl ďábelské ódy. Árvíztűrő tükörfúrógép.",
    "windows-1251": "Привет, как дела? Это субтитры к фильму, и здесь много букв.",
    "windows-1253": "Γεια σου κόσμε, αυτοί είναι οι υπότιτλοι της ταινίας.",
    "windows-1254": "Şimdi gidiyoruz, çünkü yağmur yağıyor. Iğdır'da güneş ışığı.",
    "windows-1255": "שלום עולם, אלה הכתוביות של הסרט",
  };
  for (const [encoding, text] of Object.entries(texts)) {
    test(encoding, () => expect(decodeSubtitle(encode(text, encoding))).toBe(text));
  }

  test("UTF-8 and UTF-16, with and without a mark", () => {
    const text = "1\n00:00:01,000 --> 00:00:02,000\nGrüße, Привет";
    const wide = (swap: boolean, mark: boolean) => {
      const bytes = Buffer.from((mark ? "\ufeff" : "") + text, "utf16le");
      return swap ? bytes.swap16() : bytes;
    };
    const forms = [
      Buffer.from(text),
      Buffer.from(`\ufeff${text}`),
      wide(false, true),
      wide(true, true),
      wide(false, false),
      wide(true, false),
    ];
    for (const bytes of forms) expect(decodeSubtitle(bytes)).toBe(text);
  });
});

test("a crowd of lines at one moment is thinned, what comes after it stays", () => {
  const line = (at: number, until: number) => `00:00:${at}.000 --> 00:00:${until}.000\nline\n`;
  for (const numbered of ["", "WEBVTT\n\n"]) {
    const crowd = Array.from({ length: 500 }, (_, at) => line(10, 20).replace("line", `line ${at}`));
    const made = toWebVtt(numbered + [...crowd, line(21, 22)].join("\n")) ?? "";
    expect(made.match(/-->/g)).toHaveLength(41);
    expect(made).toContain("00:00:21.000");
  }
});

test("whatever comes in, what comes out is WebVTT", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (line) => {
      const out = toWebVtt(`1\n00:00:01,000 --> 00:00:02,000\na${line}`) ?? "WEBVTT\n";
      expect(out.startsWith("WEBVTT\n")).toBe(true);
      const blocks = out.trimEnd().split("\n\n").slice(1);
      for (const block of blocks) expect(block.split("-->")).toHaveLength(2);
    }),
  );
});
