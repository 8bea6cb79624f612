import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { System } from "../support.ts";

/** Makes `count` small files in folders of a thousand, as unpacking an archive does. */
export function unpack(root: string, count: number): void {
  const perFolder = 1000;
  for (let index = 0; index < count; index++) {
    const folder = join(root, `part${Math.floor(index / perFolder)}`);
    if (index % perFolder === 0) mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `file${index}`), "x");
  }
}

/** Entries below the home as the index has counted them. */
export async function indexedCount(system: System): Promise<number> {
  const answer = (await (await system.call("files.get", { id: system.homeId })).json()) as { node: { count: number } };
  return answer.node.count;
}

/** Milliseconds until the index counts so many entries; throws when it takes longer than the limit. */
export async function untilIndexed(system: System, count: number, limitMs: number): Promise<number> {
  const startedAt = performance.now();
  let found = 0;
  while (performance.now() - startedAt < limitMs) {
    found = await indexedCount(system);
    if (found === count) return performance.now() - startedAt;
    await Bun.sleep(50);
  }
  throw new Error(`the index counts ${found} of ${count} entries after ${limitMs} ms`);
}
