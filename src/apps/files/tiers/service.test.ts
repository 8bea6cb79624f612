import { afterEach, expect, test } from "bun:test";
import { mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openTestCloud, type TestCloud } from "#kit";
import { storeFindings } from "./findings.ts";
import type { TierRule, TierRun, TierSettings } from "./contract.ts";

const dayMs = 86_400_000;
const folders: string[] = [];
let cloud: TestCloud | undefined;
afterEach(async () => {
  await cloud?.close();
  cloud = undefined;
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function openWithCold() {
  const path = mkdtempSync(join(tmpdir(), "hearth-cold-"));
  folders.push(path);
  const opened = await openTestCloud({ tiers: [{ name: "cold", kind: "disk", path, role: "cold" }] });
  cloud = opened;
  return { cloud: opened, path };
}

const content = (seed: number, sizeBytes = 300_000) =>
  Uint8Array.from({ length: sizeBytes }, (_, index) => (index * 31 + seed * 7 + (index >> 8)) & 255);

const rule = (more: Partial<TierRule> = {}): TierRule => ({
  ...{ id: "old", enabled: true, tier: "cold", folderId: null, notOpenedDays: null, olderThanDays: null },
  ...{ largerThanBytes: 100_000, opensAtLeast: null },
  ...more,
});
const settings = (more: Partial<TierSettings> = {}): TierSettings => ({
  ...{ rules: [rule()], nightly: false, onOpen: "fetch" },
  ...more,
});

async function ended(house: TestCloud, runId: number): Promise<TierRun> {
  for (const until = performance.now() + 10_000; performance.now() < until; await Bun.sleep(20)) {
    const { runs } = (await house.call("root", "tiers.runs", {})) as { runs: TierRun[] };
    const run = runs.find(({ id }) => id === runId);
    if (run !== undefined && !["queued", "running"].includes(run.state)) return run;
  }
  throw new Error("the run did not end in time");
}

test("a dry run names what would move and moves nothing; the run moves it; all comes back", async () => {
  const { cloud: house } = await openWithCold();
  const big = house.plant("anna", "films/big.mkv", content(1));
  house.plant("anna", "small.txt", "little");
  const own = house.plant("root", "mine.iso", content(2));
  const plan = await house.call("root", "tiers.plan", { settings: settings() });
  expect(plan).toMatchObject({
    files: 2,
    sizeBytes: 600_000,
    byTier: [{ tier: "cold", files: 2, sizeBytes: 600_000 }],
  });
  // The owner learns the size of what lies in another home, not its name.
  expect(plan.page.map(({ path }: { path: string | null }) => path).toSorted()).toEqual(
    [null, "root/mine.iso"].toSorted(),
  );
  expect(house.storage.tiers.states([big.id, own.id])).toEqual([]);

  expect(await house.call("root", "tiers.apply", {})).toMatchObject({ runId: 1 });
  expect(await ended(house, 1)).toMatchObject({ state: "done", doneFiles: 0 });
  await house.call("root", "tiers.setRules", settings());
  const { runId } = await house.call("root", "tiers.apply", {});
  expect(await ended(house, runId)).toMatchObject({ state: "done", doneFiles: 2, doneBytes: 600_000, failedFiles: 0 });
  expect(house.storage.tiers.states([big.id, own.id])).toHaveLength(2);
  const estimate = await house.call("root", "tiers.plan", {});
  expect(estimate).toMatchObject({ files: 0, estimatedMs: null });

  const back = await house.call("root", "tiers.bringBack", {});
  expect(back).toMatchObject({ files: 2, sizeBytes: 600_000 });
  expect(await ended(house, back.runId)).toMatchObject({ state: "done", doneFiles: 2 });
  expect(house.storage.tiers.states([big.id, own.id])).toEqual([]);
  expect(house.failures).toEqual([]);
});

test("rules of age, opens, folder; pins and exceptions go down the tree", async () => {
  const { cloud: house } = await openWithCold();
  const old = new Date(Date.now() - 400 * dayMs);
  const ids: Record<string, number> = {};
  for (const name of ["keep/a.bin", "keep/deep/b.bin", "c.bin", "d.bin", "archive/e.bin"]) {
    const node = house.plant("anna", name, content(name.length));
    await house.storage.touch(node.id, old.getTime(), { actor: house.actor("anna") });
    ids[name] = node.id;
  }
  const fresh = house.plant("anna", "fresh.bin", content(9));
  const planned = async (rules: TierRule[]) => {
    await house.call("root", "tiers.setRules", settings({ rules }));
    const plan = await house
      .call("anna", "files.list", { folderId: house.homeOf("anna").rootId })
      .then(() => house.call("root", "tiers.plan", {}));
    return plan.files as number;
  };
  expect(await planned([rule({ olderThanDays: 365 })])).toBe(5);
  expect(await planned([rule({ notOpenedDays: 365 })])).toBe(5);
  expect((await house.fetchAs("anna", `/api/files/content/${ids["c.bin"]}`)).status).toBe(200);
  await house.storage.tiers.sweep(new AbortController().signal);
  expect(await planned([rule({ notOpenedDays: 365 })])).toBe(4);
  expect(await planned([rule({ olderThanDays: 365 })])).toBe(5);

  const keep = house.storage.node(ids["keep/a.bin"] ?? 0)?.parentId ?? 0;
  expect(await house.call("anna", "tiers.setPlacement", { nodeId: keep, placement: "never" })).toMatchObject({
    placement: "never",
  });
  expect(await planned([rule({ olderThanDays: 365 })])).toBe(3);
  // An exception below an exception.
  await house.call("anna", "tiers.setPlacement", { nodeId: ids["keep/deep/b.bin"], placement: "auto" });
  expect(await planned([rule({ olderThanDays: 365 })])).toBe(4);
  expect(await house.call("anna", "tiers.get", { nodeId: ids["keep/a.bin"] })).toMatchObject({
    placement: "auto",
    effective: "never",
    inheritedFrom: { nodeId: keep, name: "keep" },
    canWrite: true,
  });
  expect(fresh.id).toBeGreaterThan(0);
  expect(house.failures).toEqual([]);
});

test("only who looks after storage sets rules; who may not see a file learns nothing of it", async () => {
  const { cloud: house } = await openWithCold();
  const node = house.plant("anna", "secret.bin", content(3));
  await house.storage.tiers.moveOut(node.id, "cold", { signal: new AbortController().signal });
  for (const operation of ["tiers.plan", "tiers.apply", "tiers.bringBack", "tiers.runs", "tiers.list"]) {
    expect(await house.call("anna", operation, {})).toMatchObject({ status: 403 });
  }
  expect(await house.call("anna", "tiers.setRules", settings())).toMatchObject({ status: 403 });
  expect(await house.call("anna", "tiers.states", { nodeIds: [node.id] })).toMatchObject({
    states: [{ nodeId: node.id, where: "cold", tier: "cold" }],
  });
  expect(await house.call("ben", "tiers.states", { nodeIds: [node.id, 99_999] })).toEqual({
    states: [],
    available: true,
  });
  for (const [operation, more] of [
    ["tiers.get", {}],
    ["tiers.fetch", {}],
    ["tiers.setPlacement", { placement: "pin" }],
  ] as const) {
    const refused = await house.call("ben", operation, { nodeId: node.id, ...more });
    expect(refused).toMatchObject({ status: 404 });
    const unknown = await house.call("ben", operation, { nodeId: 99_999, ...more });
    expect(unknown.detail).toBe(refused.detail);
  }
  // A pin brings it back, and keeps it.
  const { runId } = await house.call("anna", "tiers.setPlacement", { nodeId: node.id, placement: "pin" });
  expect(await ended(house, runId)).toMatchObject({ state: "done", doneFiles: 1 });
  await house.call("root", "tiers.setRules", settings());
  expect(await house.call("root", "tiers.plan", {})).toMatchObject({ files: 0 });
  // A second click waits for the first one, and nobody fills the queue.
  const clicks = await Promise.all([1, 2, 3].map(() => house.call("anna", "tiers.fetch", { nodeId: node.id })));
  expect(new Set(clicks.map(({ runId }) => runId)).size).toBe(1);
  expect(await ended(house, clicks[0].runId)).toMatchObject({ state: "done" });
  const many = Array.from({ length: 12 }, (_, at) => house.plant("anna", `many/${at}.txt`, "x").id);
  const asked = await Promise.all(many.map((nodeId) => house.call("anna", "tiers.fetch", { nodeId })));
  expect(asked.filter(({ code }) => code === "too-many-requests").length).toBeGreaterThan(0);
  for (const { runId } of asked) if (runId !== undefined) await ended(house, runId);
});

test("over HTTP a cold file is as any other: ranges, conditions, archives; and 503 for it alone when its disk is away", async () => {
  const { cloud: house, path } = await openWithCold();
  const bytes = content(4);
  const node = house.plant("anna", "a.bin", bytes);
  const near = house.plant("anna", "b.bin", content(5));
  await house.call("root", "tiers.setRules", settings({ onOpen: "stream" }));
  await house.storage.tiers.moveOut(node.id, "cold", { signal: new AbortController().signal });
  const url = `/api/files/content/${node.id}`;
  const whole = await house.fetchAs("anna", url);
  expect(whole.headers.get("etag")).toBe(`"${node.etag}"`);
  expect(Buffer.compare(await whole.bytes(), bytes)).toBe(0);
  const part = await house.fetchAs("anna", url, { headers: { range: "bytes=100000-199999" } });
  expect([part.status, part.headers.get("content-range")]).toEqual([206, "bytes 100000-199999/300000"]);
  expect(Buffer.compare(await part.bytes(), bytes.subarray(100_000, 200_000))).toBe(0);
  const zip = await house.fetchAs("anna", `/api/files/archive?ids=${node.id},${near.id}`);
  expect(Buffer.from(await zip.arrayBuffer()).includes(Buffer.from(bytes.subarray(200_000, 290_000)))).toBe(true);

  renameSync(path, `${path}-away`);
  folders.push(`${path}-away`);
  const away = await house.fetchAs("anna", url);
  expect(away.status).toBe(503);
  expect(await away.json()).toMatchObject({ detail: expect.stringContaining("Is the disk mounted") });
  expect((await house.fetchAs("anna", url, { headers: { "if-none-match": `"${node.etag}"` } })).status).toBe(304);
  expect((await house.fetchAs("anna", url, { method: "HEAD" })).headers.get("content-length")).toBe("300000");
  expect((await house.fetchAs("anna", `/api/files/content/${near.id}`)).status).toBe(200);
  const listed = await house.call("anna", "files.list", { folderId: house.homeOf("anna").rootId });
  expect(listed).toMatchObject({ total: 2 });
  expect(storeFindings(house.storage)).toMatchObject([
    {
      id: "store.cold",
      state: "error",
      feature: "the content of 1 file",
      remedy: "attach it, or look at its settings",
    },
  ]);
  expect(await house.call("anna", "tiers.get", { nodeId: node.id })).toMatchObject({
    reason: expect.stringContaining("Is the disk mounted"),
  });
  expect(house.failures).toEqual([]);
});
