// needs: ffmpeg
import { afterAll, beforeAll, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ClientCapabilities } from "#contract/apps/media/decide";
import type { ClipName } from "../kit/media-clips.ts";
import { copyingPlayer, type MediaHouse, plainPlayer, startMediaHouse } from "../kit/media-house.ts";
import { hashesOf, proveSeek, proveWhole, show } from "../kit/media-prove.ts";
import { proveSwitches, together } from "../kit/media-switch.ts";

/**
 * Every sort of source through the real program, over real HTTP, decoded by ffmpeg: what is shown and heard is what the film has there,
 * to the picture. `scripts/media-proof.ts` does the same a thousand times.
 */
const sources: readonly ClipName[] = [
  "h264-23.976",
  "h264-open-gop",
  "h264-29.97-mp4",
  "hevc-open-gop",
  "hevc-mp4",
  "hdr10",
  "av1",
  "vp9",
  "phone",
  "mpeg4-avi",
  "h264-avi",
  "ts-wrap",
  "interlaced-ts",
  "wide-pixels",
  "tracks",
];
const players: Readonly<Record<string, ClientCapabilities>> = { copying: copyingPlayer, plain: plainPlayer };
const dataDir = mkdtempSync(join(tmpdir(), "hearth-exact-"));
let house: MediaHouse;
/** Of the first house: hashes of copied segments that were made from wherever somebody sought to. */
const hashes = new Map<string, ReadonlyMap<string, string>>();

beforeAll(async () => {
  house = await startMediaHouse(sources, { dataDir });
}, 180_000);
afterAll(async () => {
  await house.hearth.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

for (const name of sources) {
  for (const [player, capabilities] of Object.entries(players)) {
    test(`${name} for the ${player} player`, async () => {
      const clip = house.clip(name);
      const session = await house.begin(clip, capabilities);
      const shown = await show(session, house.hearth.url, clip);
      // The last part first, then the middle: each is made from there.
      const pictures = [0.93, 0.41].map((share) => Math.floor(share * clip.pictures));
      const seeks = [];
      for (const picture of pictures) seeks.push(...(await proveSeek(shown, picture, () => 0)).findings);
      expect([...seeks, ...(await proveWhole(shown))]).toEqual([]);
      if (player === "copying") hashes.set(name, await hashesOf(shown));
      await house.end(session);
    });
  }
}

test("changes between the original and what is made of it: decoders are silent, every picture once and in order", async () => {
  // Any order that goes up and down: the choices repeat after seven.
  let turn = 0;
  const pick = (count: number) => [3, 0, 4, 1, 2, 4, 0][(turn += 1) % 7]! % count;
  for (const name of ["h264-23.976", "hevc-open-gop"] as const) {
    const clip = house.clip(name);
    const [copied, made] = [await house.begin(clip, copyingPlayer), await house.begin(clip, plainPlayer)];
    const all = together(await show(copied, house.hearth.url, clip), await show(made, house.hearth.url, clip));
    const { findings, changes } = await proveSwitches(all, pick);
    expect({ name, findings, isChanged: changes > 2 }).toEqual({ name, findings: [], isChanged: true });
    await house.end(copied);
    await house.end(made);
  }
});

test("copied segments are the same bytes from wherever they are made", async () => {
  const { url, cookie, appPassword } = house.hearth;
  await house.hearth.stop();
  rmSync(join(dataDir, "cache", "segments"), { recursive: true, force: true });
  house = await startMediaHouse(sources, { dataDir, again: { url, cookie, appPassword } });
  for (const name of sources) {
    const clip = house.clip(name);
    const shown = await show(await house.begin(clip, copyingPlayer), house.hearth.url, clip);
    // What is made anew differs with where its run began.
    const copiesOf = (found: ReadonlyMap<string, string>) =>
      [...found].filter(([path]) => path.includes("-original-") || path.includes("/original-"));
    expect({ name, copies: copiesOf(await hashesOf(shown)) }).toEqual({
      name,
      copies: copiesOf(hashes.get(name) ?? new Map()),
    });
  }
});
