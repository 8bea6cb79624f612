import { expect, test } from "bun:test";
import sharp from "sharp";
import { initialsOf } from "./avatars.ts";
import { figure, glyphs } from "./avatar-glyphs.ts";

test("initials: first and last word, without accents; none for other letters", () => {
  const names = {
    "Ada Lovelace": "AL",
    Ada: "A",
    "Émile van den Øst": "",
    "Émile van den Ost": "EO",
    "jean-luc picard": "JP",
    "(x) 7even": "X7",
    "Анна Каренина": "",
    "李 小龍": "",
    "": "",
    "  ": "",
  };
  for (const [name, initials] of Object.entries(names)) expect([name, initialsOf(name)]).toEqual([name, initials]);
});

test("every glyph is drawn, inside the picture", async () => {
  for (const [letter, path] of [...Object.entries(glyphs), ["figure", figure] as const]) {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="340" height="340" viewBox="-110 -110 340 340">
      <path d="${path}" transform="translate(30 10)" fill="none" stroke="#fff" stroke-width="13"/></svg>`;
    const { channels } = await sharp(Buffer.from(svg)).stats();
    expect([letter, (channels[3]?.sum ?? 0) > 100_000]).toEqual([letter, true]);
  }
});
