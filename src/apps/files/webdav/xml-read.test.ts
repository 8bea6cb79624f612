import { expect, test } from "bun:test";
import fc from "fast-check";
import { AppError } from "#platform/errors";
import { parseXml, readXmlText } from "./xml-read.ts";
import { escapeXml } from "./xml-write.ts";

const bodyOf = (body: string | Uint8Array<ArrayBuffer>) =>
  readXmlText(new Request("http://h/", { method: "PUT", body: new Blob([body]).stream() }));

test("an element is written on its own, with the namespaces and the language it stands in", () => {
  const root = parseXml(
    `<D:a xmlns:D="DAV:" xmlns:z="urn:z" xml:lang="de"><D:prop><z:one z:at="1&amp;2">x &lt; <b xmlns="">&#x10000;</b></z:one></D:prop></D:a>`,
  );
  const one = root.children[0]?.children[0];
  expect(one).toMatchObject({ namespace: "urn:z", name: "one", text: "x < " });
  const xml = one?.toXml() ?? "";
  expect(xml).toBe(`<z:one xmlns:z="urn:z" z:at="1&amp;2" xml:lang="de">x &lt; <b>\u{10000}</b></z:one>`);
  expect(parseXml(xml).toXml()).toBe(xml);
});

const refused: readonly [string, string][] = [
  ["DOCTYPE", `<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`],
  ["an unknown entity", "<a>&lol;</a>"],
  ["no element", "   "],
  ["two roots", "<a/><b/>"],
  ["an open element", "<a>"],
  ["an unbound prefix", "<x:a/>"],
  ["a prefix bound to nothing", `<a xmlns:x=""/>`],
  ["depth", `${"<a>".repeat(65)}${"</a>".repeat(65)}`],
  ["many elements", `<a>${"<b/>".repeat(5000)}</a>`],
  ["many attributes", `<a ${Array.from({ length: 5001 }, (_, index) => `a${index}=""`).join(" ")}/>`],
  ["control characters", "<a>\u0000</a>"],
];
test.each(refused)("refuses %s", (_what, xml) => {
  expect(() => parseXml(xml)).toThrow(AppError);
});

test("a body is UTF-8, or UTF-16 with its mark; too many bytes are refused while they arrive", async () => {
  const utf16 = Buffer.from("\u{feff}<ä/>", "utf16le");
  expect(parseXml(await bodyOf(Uint8Array.from(utf16))).name).toBe("ä");
  expect(parseXml(await bodyOf("\u{feff}<ä/>")).name).toBe("ä");
  expect(bodyOf(Uint8Array.of(0x3c, 0xff))).rejects.toMatchObject({ code: "bad-request" });
  expect(bodyOf("x".repeat(256 * 1024 + 1))).rejects.toMatchObject({ code: "too-large" });
  expect(() => parseXml(`<?xml version="1.0" encoding="latin1"?><a/>`)).toThrow(AppError);
});

// oxlint-disable-next-line no-control-regex -- what XML 1.0 cannot hold
const unprintable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

test("any text survives escaping and reading, but for what XML cannot hold", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const escaped = escapeXml(text);
      const attribute = escaped.replaceAll(/[\t\r\n]/g, " ");
      const read = parseXml(`<a b="${attribute}">${escaped.replaceAll("\r", "&#13;")}</a>`);
      expect(read.text).toBe(text.toWellFormed().replaceAll(unprintable, "\u{fffd}"));
    }),
  );
});

test("whatever is sent is read or refused with bad-request", () => {
  const piece = fc.constantFrom(
    "<",
    ">",
    "/",
    "a",
    ":",
    "=",
    '"',
    "&",
    ";",
    "xmlns",
    " ",
    "!",
    "?",
    "--",
    "[",
    "]]>",
    "CDATA",
    "é",
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece, { maxLength: 40 }).map((parts) => parts.join("")),
      ),
      (text) => {
        try {
          parseXml(text).toXml();
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      },
    ),
  );
});
