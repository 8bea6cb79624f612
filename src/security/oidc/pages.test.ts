import { expect, test } from "bun:test";
import fc from "fast-check";
import { doorPage, doorPolicy, html } from "./pages.ts";

test("whatever an application is called, it stays text", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("<", ">", "&", '"', "'", "a", "script", "/", " ") }), (name) => {
      const { text } = html`<p title="${name}">${name}</p>`;
      expect(text.match(/[<>"]/g)?.join("")).toBe('<"">' + "<>");
    }),
  );
});

test("the policy lets in exactly the style of the page, and no script", () => {
  const page = doorPage("Title", html`<p>x</p>`);
  const style = /<style>([^]*?)<\/style>/.exec(page)?.[1] ?? "";
  const hash = new Bun.CryptoHasher("sha256").update(style).digest("base64");
  expect(doorPolicy).toContain(`style-src 'sha256-${hash}'`);
  expect(page).not.toContain("<script");
  expect(page).not.toContain("style=");
});
