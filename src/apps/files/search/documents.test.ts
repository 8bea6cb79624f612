// needs: pdftotext
import { afterAll, beforeAll, expect, test } from "bun:test";
import { openTestCloud, type TestCloud } from "#kit";
import { docxOf, pdfOf, zipOf } from "./testing.ts";

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await openTestCloud({ search: { maxFileBytes: 500_000 } });
});
afterAll(async () => {
  expect(cloud.failures).toEqual([]);
  await cloud.close();
});

const find = async (query: string): Promise<string[]> =>
  (await cloud.call("anna", "search.find", { query })).hits.map(({ node }: { node: { name: string } }) => node.name);
const skipped = async (person = "anna"): Promise<Record<string, string>> =>
  Object.fromEntries(
    (await cloud.call(person, "search.skipped", {})).items.map((item: { node: { name: string }; reason: string }) => [
      item.node.name,
      item.reason,
    ]),
  );

const t = "urn:oasis:names:tc:opendocument:xmlns:text:1.0";
const cell = (text: string) => `<si><t>${text}</t></si>`;
const documents: Readonly<Record<string, string | Uint8Array>> = {
  "a.pdf": pdfOf("electricity bill of aardvark"),
  "b.docx": docxOf("<w:p><w:r><w:t>Rental con</w:t></w:r><w:r><w:t>tract of badger &amp; sons</w:t></w:r></w:p>"),
  "c.xlsx": zipOf({ "xl/sharedStrings.xml": `<sst>${cell("household budget")}${cell("capybara")}</sst>` }),
  "d.pptx": zipOf({
    "ppt/slides/slide10.xml": `<p:s xmlns:p="p" xmlns:a="a"><a:p><a:r><a:t>last dingo</a:t></a:r></a:p></p:s>`,
    "ppt/slides/slide2.xml": `<p:s xmlns:p="p" xmlns:a="a"><a:p><a:r><a:t>first</a:t></a:r></a:p></p:s>`,
  }),
  "e.odt": zipOf({
    "content.xml": `<o xmlns:text="${t}"><text:p>letter<text:s/>to the<text:tab/>echidna</text:p></o>`,
  }),
  "f.epub": zipOf({ "OEBPS/ch1.xhtml": "<html><body><p>It was a f&uuml;chsle ferret</p></body></html>" }),
  "g.html":
    "<title>Page</title><script>var gnu='hidden_gnu'</script><p>A <b>gi</b>bbon &amp; caf&eacute;</p><!-- gecko -->",
  "h.rtf": String.raw`{\rtf1\ansi{\fonttbl{\f0 Hare;}}\f0 H\'f6lle f\u252?r the {\b hedge}hog\par}`,
  "i.eml":
    "From: Ibis <ibis@example.org>\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nMIME-Version: 1.0\r\n" +
    "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nthe igua=\r\nna says hi\r\n",
  "j.csv": "name;animal\nJo;jackal\n",
  "k.ts": "export const kookaburra = 1;",
  "l.txt": new Uint8Array([0x46, 0xfc, 0x72, 0x20, 0x6c, 0x65, 0x6d, 0x75, 0x72]),
};

test("the text of every kind of document is found", async () => {
  for (const [name, content] of Object.entries(documents)) cloud.plant("anna", `kinds/${name}`, content);
  await cloud.search.settled();
  expect(await skipped()).toEqual({});
  const words =
    'aardvark,"rental contract of badger",capybara,"last dingo","letter to the echidna",fuchsle ferret,gibbon café,' +
    "hölle fur hedgehog,iguana grusse ibis,jackal,kookaburra,für lemur";
  const found: Record<string, string[]> = {};
  for (const word of words.split(",")) found[word] = await find(word);
  expect(found).toEqual(
    Object.fromEntries(words.split(",").map((word, at) => [word, [Object.keys(documents)[at] ?? ""]])),
  );
  for (const hidden of ["hidden_gnu", "gecko", "hare", "fonttbl", "span"])
    expect([hidden, await find(hidden)]).toEqual([hidden, []]);
});

test("what cannot be read is named with the reason, to whoever can see it, and harms nothing", async () => {
  const bomb = zipOf({ "word/document.xml": `<w:d xmlns:w="w">${"<w:p></w:p>".repeat(9_000_000)}</w:d>` });
  expect(bomb.byteLength).toBeLessThan(500_000);
  const planted: Record<string, string | Uint8Array> = {
    "bomb.docx": bomb,
    "locked.docx": zipOf({ "word/document.xml": "x" }, true),
    "old.docx": new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]),
    "broken.docx": "no archive",
    "cut.odt": zipOf({ "content.xml": "<o>" }).subarray(0, 40),
    "laugh.odt": zipOf({ "content.xml": '<!DOCTYPE o [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><o>&b;</o>' }),
    "broken.pdf": "%PDF-1.4 and nothing else",
    "binary.txt": new Uint8Array([0x50, 0, 1, 2]),
    "huge.txt": "x".repeat(600_000),
    "broken.rtf": "hello",
  };
  for (const [name, content] of Object.entries(planted)) cloud.plant("anna", `bad/${name}`, content);
  await cloud.search.settled();
  expect(await skipped()).toEqual({
    "bomb.docx": "bomb",
    "locked.docx": "encrypted",
    "old.docx": "encrypted",
    "broken.docx": "malformed",
    "cut.odt": "malformed",
    "laugh.odt": "malformed",
    "broken.pdf": "malformed",
    "binary.txt": "malformed",
    "huge.txt": "too-large",
    "broken.rtf": "malformed",
  });
  expect(await skipped("ben")).toEqual({});
  expect(await skipped("root")).toEqual({});
  expect(await find("huge")).toEqual(["huge.txt"]);
  const state = await cloud.call("root", "search.state", {});
  expect(state).toMatchObject({ textDoneCount: state.textTotalCount, isCatchingUp: false });
  expect(state.skipped).toContainEqual({ reason: "encrypted", count: 2 });
  expect((await cloud.call("anna", "search.state", {})).code).toBe("forbidden");
  expect((await cloud.call("anna", "search.rebuild", {})).code).toBe("forbidden");
});

test("an index that is thrown away, or broken, comes back by itself", async () => {
  const complete = async () => {
    await cloud.search.settled();
    return [await find("aardvark"), await find("kookaburra")];
  };
  expect(await cloud.call("root", "search.rebuild", {})).toEqual({});
  expect(await complete()).toEqual([["a.pdf"], ["k.ts"]]);
  expect((await skipped())["locked.docx"]).toBe("encrypted");
});
