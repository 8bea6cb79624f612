// needs: rclone, sshd, ssh-keyscan, smbd, smbpasswd, apache2, openssl, unshare, /root/.
// Root only: the accounts that the servers ask for exist in mounts of their own.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock, systemRandom } from "#platform/clock";
import { AppError } from "#platform/errors";
import { createExec } from "#platform/exec";
import { createLogger } from "#platform/log";
import { createExternal, type External, type Remote } from "#storage/external";
import { type PlaceServer, signal, startApacheDav, startMute, startS3, startSftp, startSmb } from "./places-servers.ts";

setDefaultTimeout(60_000);

const log = createLogger({ clock: systemClock, level: "error", write: () => undefined });
const exec = createExec({ log, clock: systemClock });
const dir = mkdtempSync(join(tmpdir(), "hearth-places-"));
const newExternal = (options: { askTimeoutMs?: number; idleMs?: number } = {}) =>
  createExternal({ exec, clock: systemClock, random: systemRandom, log, folder: join(dir, "external"), ...options });
const external = newExternal();
const servers = new Map<string, PlaceServer>();
let sftp: Awaited<ReturnType<typeof startSftp>>;

beforeAll(async () => {
  const [openSsh, smb, webdav, s3] = await Promise.all([startSftp(), startSmb(), startApacheDav(), startS3()]);
  sftp = openSsh;
  for (const [kind, server] of Object.entries({ sftp, smb, webdav, s3 })) servers.set(kind, server);
});
afterAll(async () => {
  await external.stop();
  await exec.stopAll();
  for (const server of servers.values()) await server.stop();
  rmSync(dir, { recursive: true, force: true });
});

function server(kind: string): PlaceServer {
  const found = servers.get(kind);
  if (found === undefined) throw new Error(kind);
  return found;
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "none",
    (thrown) => (thrown instanceof AppError ? thrown.code : String(thrown)),
  );
}

function localFile(name: string, bytes: Uint8Array): string {
  const path = join(dir, name);
  writeFileSync(path, bytes);
  const time = new Date("2021-02-03T04:05:06Z");
  utimesSync(path, time, time);
  return path;
}

async function bytesOf(remote: Remote, path: string, sizeBytes: number): Promise<Buffer> {
  return Buffer.from(await new Response((await remote.open(path, sizeBytes)).stream).arrayBuffer());
}

const names = ["plain.txt", "ä ö ü € 🜁.txt", "100% #1 ?&=+;'\"[x].txt", " lead and trail .txt", "a:b|c<d>e*f\\g.txt"];

/** mod_dav drops a space at the start of a path; s3rver escapes its XML twice. */
const unusable: Record<string, RegExp> = { webdav: /^ /, s3: /[&<]/ };

describe.each(["sftp", "smb", "webdav", "s3"])("%s", (kind) => {
  test("what is sent is listed, comes back the same, whole and in parts, and goes again", async () => {
    const remote = external.remote(server(kind).settings);
    expect(await external.probe(server(kind).settings)).toBeUndefined();
    const bytes = crypto.getRandomValues(new Uint8Array(60_000)).toString();
    const content = Buffer.from(bytes);
    const file = localFile("source", content);
    await remote.makeFolder("folder");
    expect(await codeOf(remote.makeFolder("folder"))).toBe("exists");
    const usable = names.filter((name) => !unusable[kind]?.test(name));
    for (const name of usable) await remote.put(file, `folder/${name}`);
    const listed = await remote.list("folder");
    const shown = listed.filter(({ name }) => !name.startsWith(".hearth-"));
    expect(shown.map(({ name }) => name).toSorted()).toEqual(usable.toSorted());
    for (const entry of shown) {
      expect(entry).toMatchObject({ kind: "file", sizeBytes: content.length });
      if (kind === "sftp" || kind === "smb") expect(entry.modifiedAtMs).toBe(Date.parse("2021-02-03T04:05:06Z"));
      expect((await bytesOf(remote, `folder/${entry.name}`, content.length)).equals(content)).toBe(true);
    }
    const span = { start: 1000, end: 1999 };
    const part = await new Response((await remote.open("folder/plain.txt", content.length, span)).stream).bytes();
    expect(Buffer.from(part).equals(content.subarray(1000, 2000))).toBe(true);
    await remote.put(localFile("other", Buffer.from("other")), "folder/plain.txt");
    expect((await bytesOf(remote, "folder/plain.txt", 5)).toString()).toBe("other");
    expect(await codeOf(remote.move("folder/plain.txt", `folder/${usable[1]}`, "file"))).toBe("exists");
    await remote.move("folder/plain.txt", "folder/renamed.txt", "file");
    await remote.move("folder", "moved folder", "folder");
    expect(await remote.stat("moved folder/renamed.txt")).toMatchObject({ kind: "file", sizeBytes: 5 });
    expect(await remote.stat("moved folder")).toMatchObject({ kind: "folder" });
    expect(await remote.stat("moved folder/none")).toBeUndefined();
    await remote.removeFile("moved folder/renamed.txt");
    expect(await codeOf(remote.removeFile("moved folder/renamed.txt"))).toBe("not-found");
    await remote.put(localFile("empty", new Uint8Array()), "moved folder/empty");
    expect((await remote.stat("moved folder/empty"))?.sizeBytes).toBe(0);
    await remote.removeFolder("moved folder");
    expect((await remote.list("")).filter(({ name }) => !name.startsWith("."))).toEqual([]);
    if (server(kind).folder !== undefined) expect(readdirSync(server(kind).folder ?? "")).toEqual([]);
  });

  test("a try says what is wrong", async () => {
    const { settings } = server(kind);
    expect(await external.probe({ ...settings, secret: "wrong" })).toBe("wrong-password");
    const noHost = kind === "webdav" || kind === "s3" ? "http://no-such-host.invalid/" : "no-such-host.invalid";
    expect(await external.probe({ ...settings, address: noHost })).toBe("host-unknown");
    const closed = kind === "webdav" || kind === "s3" ? "http://127.0.0.1:1/" : "127.0.0.1:1";
    expect(await external.probe({ ...settings, address: closed })).toBe("refused");
    if (kind !== "s3") expect(await external.probe({ ...settings, folder: "no/such" })).toBe("folder-missing");
    if (settings.container !== "") {
      expect(await external.probe({ ...settings, container: "missing" })).toBe("container-missing");
    }
  });

  test("a large file goes over with progress and can be stopped on the way, leaving nothing half", async () => {
    const remote = external.remote(server(kind).settings);
    const file = localFile("large", Buffer.alloc(64 * 1024 * 1024, "large"));
    const controller = new AbortController();
    controller.abort(new AppError("unavailable", "stopped"));
    expect(await codeOf(remote.put(file, "stopped.bin", { signal: controller.signal }))).toBe("unavailable");
    expect(await remote.stat("stopped.bin")).toBeUndefined();
    await remote.put(file, "large.bin");
    expect((await remote.stat("large.bin"))?.sizeBytes).toBe(64 * 1024 * 1024);
    await remote.removeFile("large.bin");
    expect((await remote.list("")).filter(({ kind: what }) => what === "file")).toEqual([]);
  });
});

test("a server that accepts and never answers holds up nobody else", async () => {
  const mute = startMute();
  const impatient = newExternal({ askTimeoutMs: 3_000 });
  try {
    const address = `127.0.0.1:${mute.port}`;
    const startedAtMs = performance.now();
    const hanging = ["sftp", "smb", "webdav", "s3"].map((kind) => {
      const { settings } = server(kind);
      const at = kind === "webdav" || kind === "s3" ? `http://${address}/` : address;
      return codeOf(impatient.remote({ ...settings, address: at }).list(""));
    });
    let givenUp = 0;
    for (const one of hanging) void one.then(() => (givenUp += 1));
    const other = impatient.remote(server("smb").settings);
    for (let count = 0; count < 5; count += 1) expect(await other.list("")).toEqual([]);
    expect(givenUp).toBe(0);
    expect(await Promise.all(hanging)).toEqual(["unavailable", "unavailable", "unavailable", "unavailable"]);
    expect(performance.now() - startedAtMs).toBeLessThan(15_000);
  } finally {
    await impatient.stop();
    mute.stop();
  }
});

test("an SFTP server is known by its key; another key is refused, and nothing is sent to it", async () => {
  const { settings } = sftp;
  expect(await external.hostKey(settings.address)).toBe(settings.hostKey);
  await sftp.changeKey();
  expect(await external.probe(settings)).toBe("host-key");
  const key = await external.hostKey(settings.address);
  expect(key).not.toBe(settings.hostKey);
  expect(await external.probe({ ...settings, hostKey: key })).toBeUndefined();
});

test("a server that sends on to another one is not followed", async () => {
  const { settings } = server("webdav");
  expect(await external.probe({ ...settings, address: `${settings.address}elsewhere` })).toBe("redirected");
});

test("whoever redirects later gets no password sent elsewhere, and a place of another host is not taken for this one", async () => {
  const received: (string | null)[] = [];
  const listen = (handle: (request: Request) => Response) =>
    Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: handle });
  const elsewhere = listen((request) => {
    received.push(request.headers.get("authorization"));
    return new Response(null, { status: 404 });
  });
  const asked: (string | null)[] = [];
  const sender = listen((request) => {
    asked.push(request.headers.get("authorization"));
    return new Response(null, { status: 307, headers: { location: `http://localhost:${elsewhere.port}/` } });
  });
  const { settings } = server("webdav");
  const remote = external.remote({ ...settings, address: `http://127.0.0.1:${sender.port}/` });
  expect(await codeOf(remote.list(""))).not.toBe("none");
  expect(await codeOf(remote.put(localFile("secret", Buffer.from("x")), "secret"))).not.toBe("none");
  expect(asked.some((header) => header?.startsWith("Basic ") === true)).toBe(true);
  expect(received.filter((header) => header !== null)).toEqual([]);
  await sender.stop(true);
  await elsewhere.stop(true);
});

/** Programs named rclone of this process, with what can be seen of them. */
function rcloneChildren(): { pid: number; argv: string }[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && existsSync(`/proc/${name}/cmdline`))
    .flatMap((pid) => {
      try {
        const parent = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
        const argv = readFileSync(`/proc/${pid}/cmdline`, "utf8");
        return parent === String(process.pid) && argv.includes("rclone") ? [{ pid: Number(pid), argv }] : [];
      } catch {
        return [];
      }
    });
}

async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + 10_000;
  while (!holds() && performance.now() < end) await Bun.sleep(20);
  expect(holds()).toBe(true);
}

test("the program starts when needed, comes back after a death, ends when idle, and shows no secret", async () => {
  await external.stop();
  await until(() => rcloneChildren().length === 0);
  const own: External = newExternal({ idleMs: 800 });
  const remote = own.remote(server("smb").settings);
  expect(rcloneChildren()).toEqual([]);
  expect(await remote.list("")).toEqual([]);
  const [child] = rcloneChildren();
  expect(child?.argv).not.toContain(server("smb").settings.secret);
  signal(child?.pid, "SIGKILL");
  await until(() => rcloneChildren().length === 0);
  const first = await codeOf(remote.list(""));
  expect(["none", "unavailable"]).toContain(first);
  await Bun.sleep(600);
  expect(await remote.list("")).toEqual([]);
  await until(() => rcloneChildren().length === 0);
  expect(await remote.list("")).toEqual([]);
  await own.stop();
  expect(rcloneChildren()).toEqual([]);
});
