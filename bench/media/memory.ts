import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { mediaClip } from "../../test/kit/media-clips.ts";
import { startMediaHouse } from "../../test/kit/media-house.ts";
import { residentBytes } from "../kit/processes.ts";
import type { PartResult } from "../kit/types.ts";
import { limitVerdict } from "../kit/verdict.ts";

const settleMs = 20_000;
const looks = 5;
const lookEveryMs = 1000;
const scanLimitMs = 300_000;

/** Resident MiB of the program at rest, with so many films in a folder of this name. */
async function restingMib(folder: string, films: number): Promise<number> {
  const clip = await mediaClip("wide-pixels");
  const house = await startMediaHouse([]);
  try {
    const target = join(house.hearth.dataDir, "volumes", "main", "home", house.hearth.user, folder);
    mkdirSync(target, { recursive: true });
    for (let index = 0; index < films; index++) copyFileSync(clip.path, join(target, `Film ${index} (2001).mkv`));
    const until = performance.now() + scanLimitMs;
    const isDone = async () => {
      if (folder !== "Films") return true;
      const items = await house.items();
      return items.length >= films && items.every(({ state }) => state === "ready");
    };
    while (!(await isDone())) {
      if (performance.now() > until) throw new Error("the scan does not end");
      await Bun.sleep(500);
    }
    await Bun.sleep(settleMs);
    const samples: number[] = [];
    for (let look = 0; look < looks; look++) {
      samples.push(residentBytes(house.hearth.pid) / 2 ** 20);
      await Bun.sleep(lookEveryMs);
    }
    return Math.min(...samples);
  } finally {
    await house.hearth.stop();
  }
}

/** The same files as mere files, and as a library that was scanned. */
export async function idleMemory(films: number, rounds: number): Promise<PartResult> {
  const samples: Record<string, number[]> = { "as files": [], "as a library": [], added: [] };
  for (let round = 0; round < rounds; round++) {
    const plain = await restingMib("Stuff", films);
    const library = await restingMib("Films", films);
    samples["as files"]?.push(plain);
    samples["as a library"]?.push(library);
    samples["added"]?.push(Math.max(0, library - plain));
  }
  const figure = { part: "memory", title: `memory at rest with ${films} films`, unit: "MiB", samples };
  const title = "memory at rest added by a library";
  return { figures: [figure], verdicts: limitVerdict(figure, { ours: "added", atMost: 40, title }) };
}
