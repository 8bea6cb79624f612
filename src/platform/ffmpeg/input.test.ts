// needs: ffmpeg
import { afterAll, expect, test } from "bun:test";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "#platform/clock";
import { createExec } from "#platform/exec";
import { createLogger } from "#platform/log";
import { ffmpegInput } from "./index.ts";
import { emptyPng } from "./testing.ts";

const folder = mkdtempSync(join(tmpdir(), "hearth-ffmpeg-"));
const exec = createExec({
  log: createLogger({ clock: systemClock, level: "error", write: () => undefined }),
  clock: systemClock,
});
afterAll(async () => {
  await exec.stopAll();
  rmSync(folder, { recursive: true });
});

/** Whether a picture of it comes out. */
async function isRead(name: string, content: string | Uint8Array): Promise<boolean> {
  const path = join(folder, name);
  writeFileSync(path, content);
  const fd = openSync(path, "r");
  try {
    const argv = ["ffmpeg", "-v", "error", "-nostdin", ...ffmpegInput(fd), "-frames:v", "1"];
    const output = ["-vf", "scale=8:8", "-c:v", "png", "-f", "image2pipe", "pipe:1"];
    const { stdout } = await exec.run([...argv, ...output], { timeoutMs: 30_000, maxOutputBytes: 1e6 });
    return stdout.byteLength > 0;
  } finally {
    closeSync(fd);
  }
}

test("a picture is read up to the size of the largest cameras, and nothing that would fill the memory", async () => {
  expect(await isRead("plain.png", emptyPng(200, "blackAndWhite"))).toBe(true);
  expect(await isRead("bomb.png", emptyPng(14_000, "blackAndWhite"))).toBe(false);
});

test("what names other files or addresses is not followed, whatever it is called", async () => {
  writeFileSync(join(folder, "other.png"), emptyPng(64, "blackAndWhite"));
  const other = join(folder, "other.png");
  for (const text of [
    `ffconcat version 1.0\nfile '${other}'\n`,
    `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:${other}\n#EXT-X-ENDLIST\n`,
    `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:9/x.ts\n#EXT-X-ENDLIST\n`,
    `v=0\nc=IN IP4 127.0.0.1\nm=video 4000 RTP/AVP 96\na=rtpmap:96 H264/90000\n`,
    `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period><BaseURL>file:${other}</BaseURL></Period></MPD>`,
  ]) {
    expect(await isRead("film.mp4", text)).toBe(false);
  }
});
