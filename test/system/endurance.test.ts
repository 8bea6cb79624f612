import { afterAll, beforeAll, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { indexedCount, unpack, untilIndexed } from "./endurance/events.ts";
import { abortTransfers, footprintOf, latencies, openSockets, percentile } from "./endurance/load.ts";
import { brokenInvariants } from "./invariants.ts";
import { davTree, defectsIn, startSystem, type System, treeDifference, untilNone, times } from "./support.ts";

const mib = 1024 * 1024;
let system: System;

beforeAll(async () => {
  system = await startSystem();
  await system.fetch("/dav/home/small", { method: "PUT", body: "small" });
  await system.fetch("/dav/home/large", { method: "PUT", body: new Uint8Array(16 * mib) });
  await latencies(system, "/dav/home/small", 50);
});
afterAll(() => system.stop());

test(
  "slow readers, slow writers and 2,000 idle connections leave it responsive",
  async () => {
    const auth = `Authorization: ${system.authorization}\r\nHost: x\r\n`;
    const alone = await latencies(system, "/dav/home/small", 200);
    const before = footprintOf(system.pid);
    const sockets = [
      ...(await openSockets(system.url, 1000, "")),
      ...(await openSockets(system.url, 1000, "GET /dav/home/small HTTP/1.1\r\nX: ")),
      ...(await openSockets(system.url, 50, `GET /dav/home/large HTTP/1.1\r\n${auth}\r\n`)),
      ...(await openSockets(system.url, 50, `PUT /dav/home/slow HTTP/1.1\r\n${auth}Content-Length: 9000000\r\n\r\n`)),
    ];
    const trickle = setInterval(() => sockets.slice(-50).forEach((socket) => socket.write("drop by drop")), 100);
    try {
      const loaded = await latencies(system, "/dav/home/small", 300);
      const after = footprintOf(system.pid);
      console.log(
        `small GET: median ${percentile(alone, 0.5).toFixed(1)} ms alone, ${percentile(loaded, 0.5).toFixed(1)} ms beside 2,100 slow ` +
          `connections, 99th of 100 ${percentile(loaded, 0.99).toFixed(1)} ms; ${Math.round((after.rssBytes - before.rssBytes) / mib)} MiB more`,
      );
      expect(percentile(loaded, 0.5)).toBeLessThan(100);
      expect(percentile(loaded, 0.99)).toBeLessThan(1000);
      expect(after.rssBytes - before.rssBytes).toBeLessThan(200 * mib);
    } finally {
      clearInterval(trickle);
      for (const socket of sockets) socket.resetAndDestroy();
    }
    expect(
      await untilNone(() =>
        footprintOf(system.pid).descriptors > before.descriptors + 5 ? ["descriptors are still open"] : [],
      ),
    ).toEqual([]);
    expect(await untilNone(() => brokenInvariants(system))).toEqual([]);
  },
  120_000 * times,
);

function openFilesOf(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).map((name) => {
    try {
      return readlinkSync(`${folder}/${name}`);
    } catch {
      // Closed meanwhile.
      return "";
    }
  });
}

test(
  "aborted transfers leave memory and descriptors where they were",
  async () => {
    await abortTransfers(system, 100);
    // A moment after the first changes the search opens its index, which stays open.
    const isOpen = () => openFilesOf(system.pid).some((path) => path.endsWith("/search.db"));
    expect(await untilNone(() => (isOpen() ? [] : ["the search has not begun"]), 30_000)).toEqual([]);
    await Bun.sleep(500);
    const before = footprintOf(system.pid);
    await abortTransfers(system, 600 * times);
    expect(
      await untilNone(() =>
        footprintOf(system.pid).descriptors > before.descriptors + 3 ? ["descriptors are still open"] : [],
      ),
    ).toEqual([]);
    const grownMib = () => Math.round((footprintOf(system.pid).rssBytes - before.rssBytes) / mib);
    await untilNone(() => (grownMib() > 30 ? ["large"] : []), 5_000 * times);
    console.log(
      `after ${600 * times} aborted transfers: ${grownMib()} MiB more, ${footprintOf(system.pid).descriptors - before.descriptors} descriptors more`,
    );
    expect(grownMib()).toBeLessThan(60);
    expect(await untilNone(() => brokenInvariants(system))).toEqual([]);
    expect(readdirSync(system.homePath).filter((name) => /aborted|chunked/.test(name))).toEqual([]);
  },
  600_000 * times,
);

test(
  "files unpacked at once are all indexed, and uploads go on meanwhile",
  async () => {
    const count = 10_000 * times;
    const known = await indexedCount(system);
    const unpacking = Bun.spawn(
      [
        process.execPath,
        "-e",
        `(await import(${JSON.stringify(join(import.meta.dir, "endurance/events.ts"))})).unpack(${JSON.stringify(join(system.homePath, "unpacked"))}, ${count})`,
      ],
      { stdout: "inherit", stderr: "inherit" },
    );
    let slowestMs = 0;
    let uploads = 0;
    const indexed = unpacking.exited.then(() =>
      untilIndexed(system, known + 1 + count / 1000 + count + 1, 60_000 * times),
    );
    let isOver = false;
    const settled = indexed.finally(() => (isOver = true));
    settled.catch(() => undefined);
    while (!isOver) {
      const startedAt = performance.now();
      const response = await system.fetch("/dav/home/meanwhile", { method: "PUT", body: "x" });
      expect(response.ok).toBe(true);
      slowestMs = Math.max(slowestMs, performance.now() - startedAt);
      uploads++;
      await Bun.sleep(5);
    }
    const lateMs = await settled;
    console.log(
      `${count} files: indexed ${Math.round(lateMs)} ms after the last was written; ${uploads} uploads meanwhile, slowest ${Math.round(slowestMs)} ms`,
    );
    expect(slowestMs).toBeLessThan(2_000);
    expect(await untilNone(() => brokenInvariants(system))).toEqual([]);
  },
  600_000 * times,
);

test(
  "a flood of changes that the kernel does not keep is survived",
  async () => {
    const flood = join(system.homePath, "flood");
    const known = await indexedCount(system);
    for (let part = 0; part < 9; part++) mkdirSync(join(flood, `part${part}`), { recursive: true });
    await untilIndexed(system, known + 10, 10_000);
    process.kill(system.pid, "SIGSTOP");
    try {
      // Two notices for each file, into folders that are watched: more than the 16,384 that the kernel keeps.
      unpack(flood, 9_000);
      rmSync(join(system.homePath, "unpacked"), { recursive: true });
    } finally {
      process.kill(system.pid, "SIGCONT");
    }
    expect(await untilNone(async () => treeDifference(system.homePath, await davTree(system)), 30_000)).toEqual([]);
    expect(system.log()).toContain("the kernel dropped change notices");
    expect(await untilNone(() => brokenInvariants(system))).toEqual([]);
    expect(defectsIn(system.log())).toEqual([]);
  },
  120_000 * times,
);

const canMount = process.getuid?.() === 0;
const run = (...argv: string[]) => {
  const { status, stderr } = spawnSync(argv[0] ?? "", argv.slice(1), { encoding: "utf8" });
  if (status !== 0) throw new Error(`${argv.join(" ")}: ${stderr}`);
};

/** The program on a volume of 24 MiB in memory, which may be filled, made read-only and taken away. */
async function onSmallVolume(work: (small: System, volumePath: string) => Promise<void>): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "hearth-small-"));
  const volumePath = join(dir, "volume");
  mkdirSync(volumePath);
  run("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", volumePath);
  try {
    const config = join(dir, "hearth.yaml");
    writeFileSync(config, `system:\n  storage:\n    volumes:\n      main: { path: ${volumePath} }\n`);
    const small = await startSystem({ args: ["--config", config], volumePath });
    try {
      await work(small, volumePath);
    } finally {
      await small.stop();
    }
  } finally {
    run("umount", "-l", volumePath);
    rmSync(dir, { recursive: true, force: true });
  }
}

if (canMount) {
  test(
    "a full disk answers 507 and leaves nothing behind",
    () =>
      onSmallVolume(async (small, volumePath) => {
        const put = (name: string, body: BodyInit) => small.fetch(`/dav/home/${name}`, { method: "PUT", body });
        expect((await put("first", new Uint8Array(10 * mib))).status).toBe(201);
        const freeBlocks = statfsSync(volumePath).bavail;
        // With a length the refusal comes before the bytes; without one it comes from the disk.
        expect((await put("announced", new Uint8Array(30 * mib))).status).toBe(507);
        const parts = Array.from({ length: 30 }, () => new Uint8Array(mib));
        const body = new ReadableStream({
          pull: (controller) => (parts.length > 0 ? controller.enqueue(parts.pop()) : controller.close()),
        });
        expect((await put("unannounced", body)).status).toBe(507);
        const copyTo = (name: string) => ({
          method: "COPY",
          headers: { destination: `${small.url}/dav/home/${name}` },
        });
        expect((await small.fetch("/dav/home/first", copyTo("second"))).status).toBe(201);
        expect((await small.fetch("/dav/home/first", copyTo("third"))).status).toBe(507);
        const filling: number[] = [];
        for (let index = 0; index < 200 && filling.at(-1) !== 507; index++)
          filling.push((await put(`fill${index}`, new Uint8Array(60_000))).status);
        expect(filling.at(-1)).toBe(507);
        expect((await (await small.fetch("/dav/home/first")).arrayBuffer()).byteLength).toBe(10 * mib);
        expect(await untilNone(() => brokenInvariants(small))).toEqual([]);
        expect(await untilNone(async () => treeDifference(small.homePath, await davTree(small)))).toEqual([]);
        for (const name of ["first", "second"])
          expect((await small.fetch(`/dav/home/${name}`, { method: "DELETE" })).ok).toBe(true);
        expect((await small.call("trash.empty", { spaceId: small.spaceId })).status).toBe(200);
        // A file that was just read is held open for a moment longer.
        expect(
          await untilNone(() => (statfsSync(volumePath).bavail < freeBlocks ? ["less room than before"] : [])),
        ).toEqual([]);
        expect((await put("again", new Uint8Array(mib))).status).toBe(201);
      }),
    60_000,
  );

  test(
    "a read-only volume refuses writes with 503 and goes on reading",
    () =>
      onSmallVolume(async (small, volumePath) => {
        await small.fetch("/dav/home/known", { method: "PUT", body: "known" });
        await small.fetch("/dav/home/folder", { method: "MKCOL" });
        run("mount", "-o", "remount,ro", volumePath);
        try {
          const destination = `${small.url}/dav/home/other`;
          const statuses = {
            put: await small.fetch("/dav/home/new", { method: "PUT", body: "x" }),
            large: await small.fetch("/dav/home/new", { method: "PUT", body: new Uint8Array(mib) }),
            overwrite: await small.fetch("/dav/home/known", { method: "PUT", body: "x" }),
            folder: await small.fetch("/dav/home/new", { method: "MKCOL" }),
            remove: await small.fetch("/dav/home/known", { method: "DELETE" }),
            move: await small.fetch("/dav/home/known", { method: "MOVE", headers: { destination } }),
            copy: await small.fetch("/dav/home/folder", { method: "COPY", headers: { destination } }),
          };
          expect(Object.entries(statuses).map(([name, { status }]) => `${name} ${status}`)).toEqual(
            Object.keys(statuses).map((name) => `${name} 503`),
          );
          expect(await (await small.fetch("/dav/home/known")).text()).toBe("known");
          expect([...(await davTree(small)).keys()].toSorted()).toEqual(["folder", "known"]);
        } finally {
          run("mount", "-o", "remount,rw", volumePath);
        }
        expect((await small.fetch("/dav/home/new", { method: "PUT", body: "x" })).status).toBe(201);
        expect(await untilNone(() => brokenInvariants(small))).toEqual([]);
      }),
    60_000,
  );

  test(
    "an unmounted volume answers 503, never an empty folder, and is back when it is mounted",
    () =>
      onSmallVolume(async (small, volumePath) => {
        await small.fetch("/dav/home/known", { method: "PUT", body: "known" });
        const aside = `${volumePath}-aside`;
        mkdirSync(aside);
        run("mount", "--move", volumePath, aside);
        try {
          expect(existsSync(join(volumePath, ".hearth"))).toBe(false);
          const list = await small.call("files.list", { folderId: small.homeId });
          const statuses = {
            list: list.status,
            propfind: (await small.fetch("/dav/home/", { method: "PROPFIND", headers: { depth: "1" } })).status,
            get: (await small.fetch("/dav/home/known")).status,
            put: (await small.fetch("/dav/home/new", { method: "PUT", body: "x" })).status,
            absent: (await small.fetch("/dav/home/absent")).status,
            remove: (await small.fetch("/dav/home/known", { method: "DELETE" })).status,
          };
          expect(statuses).toEqual({ list: 503, propfind: 503, get: 503, put: 503, absent: 503, remove: 503 });
          expect(readdirSync(volumePath)).toEqual([]);
        } finally {
          run("mount", "--move", aside, volumePath);
        }
        expect(await (await small.fetch("/dav/home/known")).text()).toBe("known");
        expect([...(await davTree(small)).keys()]).toEqual(["known"]);
      }),
    60_000,
  );
}
