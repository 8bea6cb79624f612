import { expect, test } from "bun:test";
import { uniformGrid } from "./grid.ts";
import { mediaPlaylist, textPlaylist } from "./playlists.ts";
import type { Rendition } from "./rendition.ts";
import { splitWebVtt } from "./texts.ts";

const of = (recipe: unknown) => mediaPlaylist({ recipe } as Rendition);
const lengths = (text: string) => [...text.matchAll(/#EXTINF:([\d.]+),/g)].map(([, length]) => Number(length));

test("the lengths add up to the film to the microsecond, and the target holds the longest", () => {
  const grid = uniformGrid({
    ticksPerSecond: 24_000,
    originTicks: 7,
    endTicks: 7 + 24_000 * 7200,
    frameRate: [24_000, 1001],
  });
  const text = of({ kind: "picture", grid });
  const sum = lengths(text).reduce((total, length) => total + Math.round(length * 1e6), 0);
  expect(sum).toBe(7200 * 1e6);
  const longest = Math.max(...lengths(text));
  expect(text).toContain(`#EXT-X-TARGETDURATION:${Math.ceil(longest)}\n`);
  expect(text).toStartWith("#EXTM3U\n#EXT-X-VERSION:7\n");
  expect(text).toEndWith("#EXT-X-ENDLIST\n");
});

test("texts come in minutes, with the clock of the media, shifted to the first picture, a cue in each piece it is shown in", () => {
  expect(lengths(textPlaylist(125))).toEqual([60, 60, 5]);
  const source =
    "WEBVTT\r\n\r\nSTYLE\r\n::cue { color: red }\r\n\r\n1\r\n00:59.000 --> 01:02.500 line:0\r\nOne\r\nTwo\r\n\r\n00:00.100 --> 00:00.400\nBefore\n";
  const { piece } = splitWebVtt(source, 500);
  const head = "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000\n\nSTYLE\n::cue { color: red }";
  expect(piece(0)).toBe(`${head}\n\n00:00:58.500 --> 00:01:02.000 line:0\nOne\nTwo\n`);
  expect(piece(1)).toBe(`${head}\n\n00:00:58.500 --> 00:01:02.000 line:0\nOne\nTwo\n`);
  expect(piece(2)).toBe(`${head}\n`);
});
