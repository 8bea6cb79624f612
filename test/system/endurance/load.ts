import { connect, type Socket } from "node:net";
import { readdirSync, readFileSync } from "node:fs";
import type { System } from "../support.ts";

/** A connection that is opened and then says nothing, or only the beginning of a request. */
export function openSockets(url: string, count: number, firstBytes: string): Promise<Socket[]> {
  const { hostname, port } = new URL(url);
  const one = () =>
    new Promise<Socket>((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => {
        if (firstBytes !== "") socket.write(firstBytes);
        // Nothing is read: the window closes and the server has to wait.
        socket.pause();
        socket.off("error", reject);
        socket.on("error", () => undefined);
        resolve(socket);
      });
      socket.once("error", reject);
    });
  return Promise.all(Array.from({ length: count }, one));
}

/** Milliseconds of small GETs one after the other, sorted. */
export async function latencies(system: System, path: string, count: number): Promise<number[]> {
  const measured: number[] = [];
  for (let index = 0; index < count; index++) {
    const startedAt = performance.now();
    const response = await system.fetch(path);
    await response.arrayBuffer();
    if (response.status !== 200) throw new Error(`GET gave ${response.status}`);
    measured.push(performance.now() - startedAt);
  }
  return measured.toSorted((a, b) => a - b);
}

export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.POSITIVE_INFINITY;
}

export interface Footprint {
  readonly rssBytes: number;
  readonly descriptors: number;
}

export function footprintOf(pid: number): Footprint {
  const kib = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return { rssBytes: Number(kib) * 1024, descriptors: readdirSync(`/proc/${pid}/fd`).length };
}

/** Uploads and downloads that are broken off half-way, a few at a time. */
export async function abortTransfers(system: System, count: number): Promise<void> {
  const auth = `Authorization: ${system.authorization}\r\nHost: x\r\n`;
  const kinds = [
    (index: number) =>
      `PUT /dav/home/aborted${index % 7} HTTP/1.1\r\n${auth}Content-Length: 1000000\r\n\r\n${"x".repeat(70_000)}`,
    () => `GET /dav/home/large HTTP/1.1\r\n${auth}\r\n`,
    (index: number) =>
      `PUT /dav/home/chunked${index % 7} HTTP/1.1\r\n${auth}Transfer-Encoding: chunked\r\n\r\n4000\r\n${"y".repeat(0x4000)}\r\n`,
  ];
  const atOnce = 16;
  for (let done = 0; done < count; done += atOnce) {
    const sockets = await Promise.all(
      Array.from({ length: Math.min(atOnce, count - done) }, (_, index) =>
        openSockets(system.url, 1, kinds[index % kinds.length]?.(index) ?? ""),
      ),
    );
    await Bun.sleep(8);
    for (const [socket] of sockets) socket?.resetAndDestroy();
  }
}
