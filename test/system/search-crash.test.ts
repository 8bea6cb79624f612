import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningHearth, startHearth } from "#kit";
import { eventually } from "./browser-support.ts";

let hearth: RunningHearth;
const dataDir = mkdtempSync(join(tmpdir(), "hearth-search-"));
beforeAll(async () => {
  hearth = await startHearth({ dataDir });
});
afterAll(async () => {
  await hearth.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function found(query: string): Promise<number> {
  const response = await fetch(`${hearth.url}/api/search.find`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: hearth.url, cookie: hearth.cookie },
    body: JSON.stringify({ query, limit: 200 }),
  });
  // Right after the start the index may still be opened, or made anew.
  if (!response.ok) expect(response.status).toBe(503);
  const { hits = [] } = (await response.json()) as { hits?: readonly unknown[] };
  return hits.length;
}

test("what was acknowledged before a kill is found after it, also when the index is missing or broken", async () => {
  const index = join(dataDir, "search.db");
  let count = 0;
  for (let round = 0; round < 3; round += 1) {
    for (let n = 0; n < 15; n += 1) {
      const name = `note-${round}-${n}.txt`;
      const response = await hearth.fetch(`/dav/home/${name}`, { method: "PUT", body: `about the axolotl ${count}` });
      expect(response.ok).toBe(true);
      count += 1;
    }
    await eventually("the index follows", async () => (await found("axolotl")) > 0);
    await hearth.kill();
    if (round === 1) for (const ending of ["", "-wal", "-shm"]) rmSync(`${index}${ending}`, { force: true });
    if (round === 2) writeFileSync(index, "no database".repeat(1000));
    hearth = await startHearth({ dataDir, again: hearth });
    const all = count;
    await eventually("names are found", async () => (await found("note")) === all);
    await eventually("texts are found", async () => (await found("axolotl")) === all);
  }
}, 60_000);
