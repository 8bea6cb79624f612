import { expect } from "bun:test";
import type { System } from "../support.ts";

const commandTimeoutMs = 120_000;
const lookEveryMs = 5;
const patienceMs = 10_000;
const pauseMs = 4;

/** A program of the machine, to its end. */
export async function run(...argv: readonly string[]): Promise<void> {
  const child = Bun.spawn([...argv], { stdin: "ignore", stdout: "pipe", stderr: "pipe", timeout: commandTimeoutMs });
  const output = (await new Response(child.stdout).text()) + (await new Response(child.stderr).text());
  expect(await child.exited, `${argv.join(" ")}\n${output}`).toBe(0);
}

export const shell = (line: string) => run("sh", "-c", line);

const surface = (system: System) => `/remote.php/dav/files/${system.user}/`;

async function property(system: System, path: string, name: string): Promise<string> {
  const body = `<d:propfind xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns"><d:prop><${name}/></d:prop></d:propfind>`;
  const url = surface(system) + path.split("/").map(encodeURIComponent).join("/");
  const response = await system.fetch(url, { method: "PROPFIND", headers: { depth: "0" }, body });
  return new RegExp(`<${name}>([^<]*)<`).exec(await response.text())?.[1] ?? `status ${response.status}`;
}

/** What a sync client asks for every half minute. */
export const topEtag = (system: System) => property(system, "", "d:getetag");

export const idAt = (system: System, path: string) => property(system, path, "oc:fileid");

/** Milliseconds from the end of the work until the etag of the top shows it. */
export async function seenAfter(system: System, work: () => Promise<unknown>): Promise<number> {
  const before = await topEtag(system);
  await work();
  const startedAt = performance.now();
  while (performance.now() - startedAt < patienceMs) {
    if ((await topEtag(system)) !== before) return performance.now() - startedAt;
    await Bun.sleep(lookEveryMs);
  }
  return Number.POSITIVE_INFINITY;
}

/** Writes one small file again and again while something else happens. Gives its answer, and the milliseconds of each PUT, sorted. */
export async function putWhile<T>(system: System, path: string, work: () => Promise<T>): Promise<[T, number[]]> {
  let isOver = false;
  const working = work().finally(() => {
    isOver = true;
  });
  const measured: number[] = [];
  while (!isOver) {
    const startedAt = performance.now();
    const response = await system.fetch(surface(system) + path, {
      method: "PUT",
      body: `${measured.length} ${"x".repeat(1000)}`,
    });
    await response.arrayBuffer();
    measured.push(performance.now() - startedAt);
    expect([201, 204]).toContain(response.status);
    await Bun.sleep(pauseMs);
  }
  return [await working, measured.toSorted((a, b) => a - b)];
}
