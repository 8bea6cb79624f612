import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock, systemRandom } from "#platform/clock";
import { createStage } from "./stage.ts";

const mebibyte = 1024 * 1024;

test("a body that announces no length and does not end leaves the disk its reserve", async () => {
  const folder = mkdtempSync(join(tmpdir(), "hearth-stage-"));
  let sentBytes = 0;
  const freeBytes = () => 300 * mebibyte - sentBytes;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      if (sentBytes > 400 * mebibyte) return controller.close();
      controller.enqueue(new Uint8Array(4 * mebibyte));
      sentBytes += 4 * mebibyte;
    },
  });
  try {
    const stage = createStage({ folder, clock: systemClock, random: systemRandom, freeBytes });
    stage.requireSpace(0);
    const name = stage.newName();
    const code = await stage.write(name, 0, body).catch((thrown: { code: string }) => thrown.code);
    expect(code).toBe("disk-full");
    expect(stage.sizeOf(name)).toBeLessThan(100 * mebibyte);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
