// needs: ffmpeg
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mediaClip } from "../kit/media-clips.ts";
import { copyingPlayer, type MediaHouse, plainPlayer, startMediaHouse } from "../kit/media-house.ts";
import { parseMaster, parseMedia } from "../kit/media-playlists.ts";
import { defectsIn } from "./support.ts";

/** Files that are damaged, or made to do harm: each is listed, some play in part, and the program goes on. */
let house: MediaHouse;
const folder = mkdtempSync(join(tmpdir(), "hearth-hostile-"));
const secret = "root:x:0:0";
const canary = "the canary of the test";

/** The same bytes for the same seed (xorshift32). */
function noise(length: number, seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state & 255;
  });
}

function flipped(bytes: Buffer, every: number, seed: number): Buffer {
  const copy = Buffer.from(bytes);
  const values = noise(Math.ceil(copy.length / every), seed);
  for (const [index, value] of values.entries()) copy[Math.min(copy.length - 1, index * every + value)] = value;
  return copy;
}

async function damagedFiles(): Promise<Record<string, Uint8Array | string>> {
  const bytesOf = async (name: Parameters<typeof mediaClip>[0]) => readFileSync((await mediaClip(name)).path);
  const [mp4, mkv, ts, avi] = [
    await bytesOf("hevc-mp4"),
    await bytesOf("h264-23.976"),
    await bytesOf("ts-wrap"),
    await bytesOf("h264-avi"),
  ];
  const wild = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n";
  const list = `ffconcat version 1.0\nfile '${join(folder, "canary.txt")}'\n`;
  return {
    "Cut (2001).mp4": mp4.subarray(0, mp4.length * 0.6),
    "Cut (2002).mkv": mkv.subarray(0, mkv.length * 0.4),
    "Cut (2003).ts": ts.subarray(1000, ts.length * 0.5),
    "Cut (2004).avi": avi.subarray(0, avi.length * 0.7),
    "Head Only (2005).mkv": mkv.subarray(0, 300),
    "Noise (2006).mkv": noise(200_000, 7),
    "Nothing (2007).mp4": new Uint8Array(0),
    "Playlist (2008).mp4": wild,
    "Concat (2009).mkv": list,
    "Flipped (2010).mkv": flipped(mkv, 4000, 11),
    "Flipped (2011).mp4": flipped(mp4, 9000, 13),
    "Flipped (2012).ts": flipped(ts, 2000, 17),
    "Flipped (2013).avi": flipped(avi, 3000, 19),
    "Xml (2014).mp4": `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>`,
    "Holes (2015).mp4": Buffer.concat([mp4.subarray(0, 4000), new Uint8Array(100_000), mp4.subarray(104_000)]),
  };
}

let names: string[];
beforeAll(async () => {
  house = await startMediaHouse([]);
  writeFileSync(join(folder, "canary.txt"), canary);
  const files = await damagedFiles();
  names = Object.keys(files);
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), content);
    await house.send(join(folder, name), name);
  }
}, 60_000);
afterAll(async () => {
  await house.hearth.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("every file is listed; one that nothing can read says why", async () => {
  for (const name of names) {
    const { state, reason } = await house.probed(name);
    expect(["ready", "broken"]).toContain(state);
    if (state === "broken") expect(reason).toBeTruthy();
  }
  const states = await Promise.all(
    ["Nothing (2007).mp4", "Playlist (2008).mp4", "Concat (2009).mkv"].map(house.probed),
  );
  expect(states.map(({ state }) => state)).toEqual(["broken", "broken", "broken"]);
});

/** Status and text of an answer, which is none of 5xx but "not now". */
async function ask(url: string): Promise<{ status: number; text: string }> {
  const response = await fetch(url, { signal: AbortSignal.timeout(60_000) });
  const text = Buffer.from(await response.bytes()).toString("latin1");
  expect([200, 400, 404, 409, 410, 415, 422, 503]).toContain(response.status);
  expect(text).not.toContain(secret);
  expect(text).not.toContain(canary);
  return { status: response.status, text };
}

test("playing them gives what can be shown, or an answer; never a defect, never another file", async () => {
  for (const name of names) {
    const { id } = await house.probed(name);
    for (const capabilities of [copyingPlayer, plainPlayer]) {
      const begun = await house
        .call<{ masterUrl: string | null }>("stream.begin", { itemId: id, capabilities })
        .catch((error: unknown) => String(error));
      if (typeof begun === "string") {
        expect(begun).toMatch(/stream\.begin: (4\d\d|503) /);
        continue;
      }
      const masterUrl = new URL(begun.masterUrl ?? "/", house.hearth.url).href;
      const master = await ask(masterUrl);
      if (master.status !== 200 || !master.text.startsWith("#EXTM3U")) continue;
      const { variants, renditions } = parseMaster(master.text, masterUrl);
      for (const url of [variants[0]?.url, renditions.find(({ type }) => type === "AUDIO")?.url]) {
        if (url === undefined || url === null) continue;
        const { status, text } = await ask(url);
        if (status !== 200) continue;
        const { segments, mapUrl } = parseMedia(text, url);
        if (mapUrl !== null) await ask(mapUrl);
        for (const segment of [segments[0], segments.at(-1)]) if (segment !== undefined) await ask(segment.url);
      }
    }
  }
  expect((await ask(`${house.hearth.url}/healthz`)).status).toBe(200);
  expect(defectsIn(house.hearth.log())).toEqual([]);
});
