import { afterEach, expect, test } from "bun:test";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join as joinPath } from "node:path";
import type { Incident, RollBack, RollBackItem } from "./contract.ts";
import { openTestGuard, type TestGuard, type TestPerson } from "./testing.ts";
import { cipher, fill, household, note, type Sample, storageHand } from "./traces.ts";

const limitMs = 120_000;
let open: TestGuard | undefined;
afterEach(async () => {
  expect(open?.failures).toEqual([]);
  await open?.close();
  open = undefined;
}, limitMs);

/** Path → content of everything in anna's home. */
function treeOf({ storage, home }: TestGuard): Map<string, string> {
  const tree = new Map<string, string>();
  const walk = (folderId: number, above: string) => {
    for (const node of storage.children(folderId)) {
      const path = above + node.name;
      if (node.kind === "folder") walk(node.id, `${path}/`);
      else {
        const file = storage.open(node.id);
        tree.set(path, new Bun.CryptoHasher("sha1").update(readFileSync(file.fd)).digest("hex"));
        file.close();
      }
    }
  };
  walk(home.rootId, "");
  return tree;
}

async function statusOf(t: TestGuard, who: TestPerson = "anna"): Promise<readonly Incident[]> {
  return (await t.call<{ incidents: Incident[] }>("ransomware.status", {}, who)).incidents;
}

async function finished(t: TestGuard): Promise<RollBack> {
  for (let tries = 0; tries < 1_000; tries += 1) {
    const rollBack = (await statusOf(t))[0]?.rollBack;
    if (rollBack && rollBack.state !== "running" && rollBack.state !== "undoing") return rollBack;
    await Bun.sleep(20);
  }
  throw new Error("the roll-back did not end");
}

interface Preview {
  readonly items: RollBackItem[];
  readonly totals: { returns: number; removes: number; cannot: number; bytes: number };
  readonly count: number;
  readonly momentMs: number;
}

/** Every way to lose a file at once, until the device is stopped. */
async function attack(t: TestGuard, files: readonly Sample[]): Promise<void> {
  const hand = storageHand(t.storage, t.home.rootId, t.laptop);
  for (const [index, { path, content }] of files.entries()) {
    if (index % 4 === 0) {
      await hand.put(path, cipher(content, index));
      await hand.rename(path, `${path}.locked`);
    } else if (index % 4 === 1) {
      await hand.put(`${path}.locked`, cipher(content, index));
      await hand.remove(path);
    } else if (index % 4 === 2) {
      await hand.remove(path);
    } else {
      await hand.put(path, cipher(content, index));
    }
    if (index % 5 === 0) await hand.put(`${path.slice(0, path.lastIndexOf("/"))}/READ_ME_${index}.txt`, note);
    await t.guard.catchUp();
    if (t.frozen.size > 0) return;
  }
}

async function attacked() {
  const t = (open = await openTestGuard());
  const files = household(60, 9_000);
  await fill(storageHand(t.storage, t.home.rootId, t.person("anna")), files);
  await t.guard.catchUp();
  t.passTime(3_600_000);
  const before = treeOf(t);
  const startedAtMs = Date.now() + 3_600_000;
  await attack(t, files);
  expect(t.frozen.size).toBe(1);
  const [incident] = await statusOf(t);
  return { t, files, before, incident: incident!, momentMs: startedAtMs - 1_000 };
}

test(
  "everything comes back to its place and content; what was new is in the trash; and all of that can be undone",
  async () => {
    const { t, before, incident, momentMs } = await attacked();
    const spoiled = treeOf(t);
    expect(spoiled).not.toEqual(before);
    const preview = await t.call<Preview>("ransomware.preview", { id: incident.id, momentMs });
    expect(preview.totals.cannot).toBe(0);
    expect(preview.totals.returns).toBeGreaterThan(8);
    expect(preview.totals.removes).toBeGreaterThan(2);
    const found = await t.call<Preview>("ransomware.preview", { id: incident.id, momentMs, search: "READ_ME" });
    expect(found.items.every(({ outcomes }) => outcomes.includes("remove-new"))).toBe(true);

    await t.call("ransomware.rollBack", { id: incident.id, momentMs });
    const done = await finished(t);
    expect(done).toMatchObject({ state: "done", failed: 0 });
    expect(treeOf(t)).toEqual(before);
    expect(t.restored).toEqual([t.home.id]);
    // The device stays stopped until somebody lets it go on.
    expect(t.frozen.size).toBe(1);

    await t.call("ransomware.undo", { rollBackId: done.id });
    expect(await finished(t)).toMatchObject({ state: "undone", failed: 0 });
    expect(treeOf(t)).toEqual(spoiled);

    await t.call("ransomware.rollBack", { id: incident.id, momentMs });
    expect(await finished(t)).toMatchObject({ state: "done", failed: 0 });
    expect(treeOf(t)).toEqual(before);
  },
  limitMs,
);

test(
  "single files can be left out, and what somebody else changed since stays",
  async () => {
    const { t, files, incident, momentMs } = await attacked();
    const { items } = await t.call<Preview>("ransomware.preview", { id: incident.id, momentMs });
    const left = items.find(({ outcomes }) => outcomes.includes("version"))!;
    const edited = items.find(({ outcomes, nodeId }) => outcomes.includes("version") && nodeId !== left.nodeId)!;
    const browser = storageHand(t.storage, t.home.rootId, t.person("anna"));
    const mine = new TextEncoder().encode("written in the browser meanwhile");
    await browser.put(edited.path!, mine);
    const again = await t.call<Preview>("ransomware.preview", { id: incident.id, momentMs });
    expect(again.items.find(({ nodeId }) => nodeId === edited.nodeId)?.outcomes).toEqual(["changed-since"]);
    await t.call("ransomware.rollBack", { id: incident.id, momentMs, except: [left.nodeId] });
    await finished(t);
    const tree = treeOf(t);
    expect(tree.get(edited.path!)).toBe(new Bun.CryptoHasher("sha1").update(mine).digest("hex"));
    expect(tree.has(left.path!)).toBe(true);
    expect(files.length).toBe(60);
  },
  limitMs,
);

test(
  "a restart in the middle goes on; what is stopped stays stopped; then it was released",
  async () => {
    const { t, before, incident, momentMs } = await attacked();
    await t.call("ransomware.rollBack", { id: incident.id, momentMs });
    const again = (open = await t.reopen());
    expect(again.storage.heldSpace(again.home.id)).toBeDefined();
    const hand = storageHand(again.storage, again.home.rootId, again.laptop);
    expect(await hand.put("new.txt", note)).toBe(false);
    expect(await finished(again)).toMatchObject({ state: "done", failed: 0 });
    expect(treeOf(again)).toEqual(before);
    await again.call("ransomware.release", { id: incident.id, wasMe: false });
    expect(await hand.put("new.txt", note)).toBe(true);
    expect(again.storage.heldSpace(again.home.id)).toBeUndefined();
  },
  limitMs,
);

test(
  "trash and versions of a held space are not deleted for good",
  async () => {
    const { t } = await attacked();
    const { items } = t.storage.trash.list(t.home.id, { offset: 0, limit: 10 });
    expect(items.length).toBeGreaterThan(0);
    const refused = await t.storage.trash.purge(items[0]!.id).catch((thrown: { code: string }) => thrown.code);
    expect(refused).toBe("conflict");
    expect(await t.storage.trash.purgeBefore(Number.MAX_SAFE_INTEGER)).toBe(0);
    const [version] = t.storage.versions.pageAfter(0, 1);
    const kept = await t.storage.versions
      .remove(version!.nodeId, [version!.number])
      .catch((thrown: { code: string }) => thrown.code);
    expect(kept).toBe("conflict");
  },
  limitMs,
);

test(
  "this was me: the device goes on, and needs more to be stopped the next time",
  async () => {
    const { t, files, incident } = await attacked();
    const { threshold } = (await t.call<{ verdict: { threshold: number } }>("ransomware.incident", { id: incident.id }))
      .verdict;
    await t.call("ransomware.release", { id: incident.id, wasMe: true });
    expect(t.frozen.size).toBe(0);
    const hand = storageHand(t.storage, t.home.rootId, t.laptop);
    let more = 0;
    for (const [index, file] of files.entries()) {
      if (t.storage.resolve(t.home.id, file.path.split("/")) === undefined) continue;
      if (!(await hand.put(file.path, cipher(file.content, index + 900)))) break;
      more += 1;
      await t.guard.catchUp();
    }
    expect(more).toBeGreaterThanOrEqual(threshold * 1.25);
  },
  limitMs,
);

test(
  "whoever is not concerned learns nothing; whoever looks after the server sees no names of files that are not theirs",
  async () => {
    const { t, incident } = await attacked();
    expect(await statusOf(t, "ben")).toEqual([]);
    for (const [name, input] of [
      ["ransomware.incident", { id: incident.id }],
      ["ransomware.preview", { id: incident.id }],
      ["ransomware.release", { id: incident.id, wasMe: true }],
      ["ransomware.rollBack", { id: incident.id, momentMs: 1 }],
    ] as const) {
      expect(await t.call(name, input, "ben").catch((thrown: { code: string }) => thrown.code)).toBe("not-found");
    }
    expect((await statusOf(t, "root"))[0]).toMatchObject({ id: incident.id, canAct: true, isMine: false });
    const text = JSON.stringify([
      await t.call("ransomware.incident", { id: incident.id }, "root"),
      await t.call("ransomware.preview", { id: incident.id }, "root"),
    ]);
    expect(text).not.toContain("item ");
    expect(text).not.toContain("READ_ME");
    const own = JSON.stringify(await t.call("ransomware.incident", { id: incident.id }));
    expect(own).toContain("item ");
  },
  limitMs,
);

test(
  "whoever manages one of the spaces sees and takes back what is in that one, and nothing of the home beside it",
  async () => {
    const t = (open = await openTestGuard());
    const shared = await t.storage.createSpace({ kind: "shared", name: "family", quotaBytes: null });
    t.access.setMembers(shared.id, [
      { userId: 1, role: "editor" },
      { userId: 2, role: "manager" },
    ]);
    const files = household(60, 9_000);
    await fill(storageHand(t.storage, t.home.rootId, t.person("anna")), files);
    const [theirs] = files;
    await t.storage.put({ parentId: shared.rootId, name: "plan.txt" }, theirs!.content, { actor: t.person("ben") });
    await t.guard.catchUp();
    t.passTime(3_600_000);
    const before = treeOf(t);
    const momentMs = Date.now() + 3_600_000 - 1_000;
    await t.storage.put({ parentId: shared.rootId, name: "plan.txt" }, cipher(theirs!.content, 1), { actor: t.laptop });
    await attack(t, files);
    const [incident] = await statusOf(t, "ben");
    expect(incident).toMatchObject({ canAct: true, isMine: false, spaces: [{ id: shared.id }] });
    const { id } = incident!;
    const { items, count, totals } = await t.call<Preview>("ransomware.preview", { id, momentMs }, "ben");
    expect(items.map(({ path }) => path)).toEqual(["plan.txt"]);
    expect([count, totals.returns + totals.removes + totals.cannot]).toEqual([1, 1]);
    const codeOf = (name: string, input: unknown) =>
      t.call(name, input, "ben").then(
        () => "done",
        (thrown: { code: string }) => thrown.code,
      );
    // The device holds the keys of a home that is not theirs.
    expect(await codeOf("ransomware.release", { id, wasMe: true })).toBe("forbidden");

    await t.call("ransomware.rollBack", { id, momentMs });
    const done = await finished(t);
    expect(done).toMatchObject({ state: "done", failed: 0 });
    expect(treeOf(t)).toEqual(before);
    for (const name of ["ransomware.undo", "ransomware.resume", "ransomware.cancel"])
      expect([name, await codeOf(name, { rollBackId: done.id })]).toEqual([name, "forbidden"]);
    expect(treeOf(t)).toEqual(before);
    const listed = await t.call<{ items: { path: string | null }[] }>(
      "ransomware.items",
      { rollBackId: done.id },
      "ben",
    );
    expect(listed.items.map(({ path }) => path)).toEqual(["plan.txt"]);

    // Whoever began it needs the right to change what it touches still.
    t.access.setMembers(shared.id, [{ userId: 2, role: "manager" }]);
    expect(
      await t.call("ransomware.undo", { rollBackId: done.id }).catch((thrown: { code: string }) => thrown.code),
    ).toBe("forbidden");
    await t.call("ransomware.undo", { rollBackId: done.id }, "root");
    expect(await finished(t)).toMatchObject({ state: "undone" });
  },
  limitMs,
);

test(
  "what had been kept in another store comes back from there",
  async () => {
    const t = (open = await openTestGuard());
    const files = household(60, 9_000);
    await fill(storageHand(t.storage, t.home.rootId, t.person("anna")), files);
    const place = { parentId: t.home.rootId, name: "thesis.txt" };
    const text = new TextEncoder().encode("a line of the thesis\n".repeat(6_000));
    const { node } = await t.storage.put(place, text, { actor: t.person("anna") });
    await t.storage.settled();
    await t.storage.tiers.moveOut(node.id, "attic", { signal: AbortSignal.timeout(10_000) });
    await t.guard.catchUp();
    t.passTime(3_600_000);
    const momentMs = Date.now() + 3_600_000 - 1_000;
    await t.storage.put(place, cipher(text, 1), { actor: t.laptop });
    await attack(t, files);
    const [incident] = await statusOf(t);
    await t.call("ransomware.rollBack", { id: incident!.id, momentMs });
    expect(await finished(t)).toMatchObject({ state: "done", failed: 0 });
    const back = t.storage.open(node.id);
    expect(readFileSync(back.fd)).toEqual(Buffer.from(text));
    back.close();
  },
  limitMs,
);

test(
  "behind our back: the space becomes read-only; what has an older version comes back, the rest is named",
  async () => {
    const t = (open = await openTestGuard());
    const hand = storageHand(t.storage, t.home.rootId, t.person("anna"));
    const files = household(40, 9_000);
    await fill(hand, files);
    t.passTime(3_600_000);
    const [first] = files;
    await hand.put(first!.path, new TextEncoder().encode("a second version"));
    await t.storage.settled();
    await t.guard.catchUp();
    t.passTime(3_600_000);
    const momentMs = Date.now() + 7_200_000 - 500;
    let lost = 0;
    for (const [index, { path, content }] of files.entries()) {
      const onDisk = joinPath(t.folderOnDisk, path);
      if (index % 2 === 0) writeFileSync(onDisk, cipher(content, index));
      else {
        writeFileSync(`${onDisk}.locked`, cipher(content, index));
        rmSync(onDisk);
      }
      lost += 1;
      await t.storage.settled();
      await t.guard.catchUp();
      if ((await statusOf(t)).length > 0) break;
    }
    expect(lost).toBeLessThanOrEqual(30);
    const [incident] = await statusOf(t);
    expect(incident).toMatchObject({ frozen: false, spaces: [{ readOnly: true }], device: { kind: "disk" } });
    expect(await hand.put("more.txt", note)).toBe(false);
    const { items } = await t.call<Preview>("ransomware.preview", { id: incident!.id, momentMs });
    expect(items.find(({ path }) => path === first!.path)?.outcomes).toEqual(["older-version"]);
    expect(items.filter(({ outcomes }) => outcomes.includes("lost")).every(({ reason }) => reason !== null)).toBe(true);
    await t.call("ransomware.rollBack", { id: incident!.id, momentMs });
    expect(await finished(t)).toMatchObject({ state: "done", failed: 0 });
    await t.call("ransomware.release", { id: incident!.id, wasMe: false });
    expect(await hand.put("more.txt", note)).toBe(true);
  },
  limitMs,
);

test(
  "decoys: placed and taken away by who manages the space; writing into two of them is enough",
  async () => {
    const t = (open = await openTestGuard());
    const denied = await t
      .call("ransomware.setCanaries", { spaceId: t.home.id, enabled: true }, "ben")
      .catch((thrown: { code: string }) => thrown.code);
    expect(["forbidden", "not-found"]).toContain(denied as string);
    await t.call("ransomware.setCanaries", { spaceId: t.home.id, enabled: true });
    const hand = storageHand(t.storage, t.home.rootId, t.laptop);
    t.passTime(3_600_000);
    await hand.put(".decoys/accounts.csv", cipher(new Uint8Array(900), 1));
    await hand.put(".decoys/letters.txt", cipher(new Uint8Array(900), 2));
    await t.guard.catchUp();
    expect(t.frozen.size).toBe(1);
    const [incident] = await statusOf(t);
    await t.call("ransomware.release", { id: incident!.id, wasMe: true });
    const { spaces } = await t.call<{ spaces: { enabled: boolean }[] }>("ransomware.setCanaries", {
      spaceId: t.home.id,
      enabled: false,
    });
    expect(spaces[0]?.enabled).toBe(false);
    expect(t.storage.resolve(t.home.id, [".decoys"])).toBeUndefined();
  },
  limitMs,
);
