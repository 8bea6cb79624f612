import { Database } from "bun:sqlite";
import { afterAll, beforeAll, expect, test } from "bun:test";
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startHearth } from "#kit";
import { answerOf, type House, openHouse, type Person } from "./attacks/house.ts";

const root = join(import.meta.dir, "../..");
let house: House;
let ben: Person;
const folders: string[] = [];

beforeAll(async () => {
  house = await openHouse();
  ben = await house.add("ben");
});
afterAll(async () => {
  await house.stop();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** `hearth audit verify` on a data folder. */
function verify(dataDir: string, ...more: string[]) {
  const argv = [process.execPath, "src/cli.ts", "audit", "verify", "--data", dataDir, ...more];
  const { exitCode, stdout, stderr } = Bun.spawnSync(argv, { cwd: root, timeout: 30_000 });
  return { exitCode, text: stdout.toString(), errors: stderr.toString() };
}

function copyOf(dataDir: string): string {
  const copy = mkdtempSync(join(tmpdir(), "hearth-audit-copy-"));
  folders.push(copy);
  cpSync(dataDir, copy, { recursive: true });
  return copy;
}

test("what people and the server do is in the log, with who, how, from where and on what", async () => {
  const start = await house.audit({ operation: "server.start" });
  expect(start).toMatchObject([{ outcome: "allowed", who: { kind: "system", name: "hearth" } }]);
  expect(await house.audit({ operation: "setup.createOwner" })).toMatchObject([{ who: { name: house.user } }]);

  await house.fetch("/dav/home/letter.txt", { method: "PUT", body: "dear" });
  expect((await house.audit({ operation: "dav.put" }))[0]).toMatchObject({
    who: { kind: "person", name: house.user },
    via: "app-password",
    address: "127.0.0.1",
    resources: ["/dav/home/letter.txt"],
    outcome: "allowed",
  });
  await house.login("ben", "not his password");
  expect((await house.audit({ operation: "session.login" }))[0]).toMatchObject({
    who: { kind: "visitor", userId: ben.id, name: "ben" },
    outcome: "refused",
  });
  const mine = (await answerOf(house.page(ben, "audit.mine", { outcome: "refused" })))["entries"];
  expect(mine).toMatchObject([{ operation: "session.login", outcome: "refused" }]);
  // No secret is in it.
  const everything = JSON.stringify(await house.audit());
  for (const secret of [
    house.password,
    house.appPassword,
    ben.password,
    "not his password",
    house.cookie.split("=")[1],
  ]) {
    expect(everything).not.toContain(String(secret));
  }
});

test("only those who look after security read it; it can be taken along as NDJSON and CSV", async () => {
  const get = (query: string, cookie: string) =>
    fetch(`${house.url}/api/audit/export${query}`, { headers: cookie === "" ? {} : { cookie } });
  expect((await get("", "")).status).toBe(401);
  expect((await get("", ben.cookie)).status).toBe(403);
  expect((await house.page(ben, "audit.search")).status).toBe(403);
  expect((await house.page(ben, "audit.verify")).status).toBe(403);
  expect((await get("?outcom=refused", house.cookie)).status).toBe(400);

  const ndjson = await get("?outcome=refused", house.cookie);
  expect(ndjson.headers.get("content-type")).toBe("application/x-ndjson");
  const lines = (await ndjson.text()).trimEnd().split("\n");
  const entries = lines.map((line) => JSON.parse(line) as { seq: number; outcome: string });
  expect(entries.length).toBeGreaterThanOrEqual(4);
  expect(entries.every(({ outcome }) => outcome === "refused")).toBe(true);
  expect(entries.map(({ seq }) => seq)).toEqual(entries.map(({ seq }) => seq).toSorted((a, b) => b - a));

  await house.login("ben", "wrong", "127.0.0.9");
  const csv = await (await get("?format=csv&operation=session.login", house.cookie)).text();
  const [head, first] = csv.split("\r\n");
  expect(head?.split(",")[0]).toBe("seq");
  expect(first).toContain(",ben,visitor,");
  // Reading it is in it.
  expect(await house.audited({ operation: "audit.export" })).toBe(2);
});

test("the check on the page and at the command line, with the server on and off", async () => {
  expect(await answerOf(house.page(house, "audit.verify"))).toMatchObject({ cursor: null, problems: [], firstSeq: 1 });
  const on = verify(house.dataDir);
  expect(`${on.exitCode} ${on.text}${on.errors}`).toMatch(/^0 The audit log holds: \d+ entries \(1 to \d+\)/);
  const json = JSON.parse(verify(house.dataDir, "--json").text) as { entries: number; problems: unknown[] };
  expect(json).toMatchObject({ firstSeq: 1, problems: [] });
  expect(statSync(join(house.dataDir, "security", "audit.key")).mode & 0o777).toBe(0o600);

  const copy = copyOf(house.dataDir);
  expect(verify(copy).exitCode).toBe(0);
  const database = new Database(join(copy, "hearth.db"));
  expect(() => database.run("DELETE FROM audit_entry WHERE seq = 3")).toThrow("append-only");
  database.run("DROP TRIGGER audit_entry_keeps_values");
  database.run("UPDATE audit_entry SET outcome = 'failed' WHERE seq = 3");
  database.close();
  const changed = verify(copy);
  expect(changed.exitCode).not.toBe(0);
  expect(changed.text).toContain("Entry 3 is not what was written.");
  expect(JSON.parse(verify(copy, "--json").text)).toMatchObject({ problems: [{ kind: "entry-changed", seq: 3 }] });

  const missing = mkdtempSync(join(tmpdir(), "hearth-audit-none-"));
  folders.push(missing);
  expect(verify(missing).exitCode).not.toBe(0);
  expect(verify(missing).errors).toContain("no database");
});

test("killed under load, the log holds, and a server that starts on an older database says so", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "hearth-audit-kill-"));
  folders.push(dataDir);
  const first = await startHearth({ dataDir });
  const put = (i: number) =>
    first.fetch(`/dav/home/file-${i}.txt`, { method: "PUT", body: `${i}` }).then(
      () => undefined,
      () => undefined,
    );
  const load = Promise.all(Array.from({ length: 400 }, (_, i) => Bun.sleep(i * 5).then(() => put(i))));
  await Bun.sleep(1600);
  await first.kill();
  await load;
  expect(verify(dataDir).text).toContain("The audit log holds");
  const older = copyOf(dataDir);

  const second = await startHearth({ dataDir });
  await second.stop();
  expect(verify(dataDir).text).toContain("The audit log holds");
  for (const end of ["", "-wal", "-shm"]) rmSync(join(dataDir, `hearth.db${end}`), { force: true });
  for (const end of ["", "-wal"]) {
    writeFileSync(join(dataDir, `hearth.db${end}`), readFileSync(join(older, `hearth.db${end}`)));
  }
  expect(verify(dataDir).text).toContain("an older database was put back");
  const third = await startHearth({ dataDir });
  expect(third.log()).toContain("an older database may have been put back");
  await third.stop();
  expect(verify(dataDir).exitCode).not.toBe(0);
}, 60_000);
