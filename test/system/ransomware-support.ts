import { expect } from "bun:test";
import type { Incident } from "../../src/apps/files/ransomware/contract.ts";
import { attacks, type Hand, type Sample } from "../../src/apps/files/ransomware/traces.ts";
import { basic, type RunningHearth } from "#kit";

/** A program that speaks WebDAV with a credential. */
export function davHand(base: string, authorization: string): Hand & { refusals: string[] } {
  const refusals: string[] = [];
  const address = (path: string) => `${base}${path.split("/").map(encodeURIComponent).join("/")}`;
  const send = async (method: string, path: string, headers: Record<string, string> = {}, body?: Uint8Array) => {
    const response = await fetch(address(path), {
      method,
      headers: { authorization, ...headers },
      ...(body && { body: body as Uint8Array<ArrayBuffer> }),
    });
    const text = await response.text();
    if (!response.ok) refusals.push(`${response.status} ${text}`);
    return response.ok;
  };
  return {
    refusals,
    put: (path, content) => send("PUT", path, {}, content),
    rename: (from, to) => send("MOVE", from, { destination: address(to) }),
    remove: (path) => send("DELETE", path),
    makeFolder: (path) => send("MKCOL", path),
  };
}

export async function call<T>({ url, cookie }: RunningHearth, name: string, input: unknown): Promise<T> {
  const response = await fetch(`${url}/api/${name}`, {
    method: "POST",
    headers: { cookie, origin: url, "content-type": "application/json" },
    body: JSON.stringify(input),
  });
  if (!response.ok) throw new Error(`${name}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

export const incidentsOf = async (server: RunningHearth): Promise<readonly Incident[]> =>
  (await call<{ incidents: Incident[] }>(server, "ransomware.status", {})).incidents;

export async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 600; tries += 1) {
    const found = await look();
    if (found !== undefined) return found;
    await Bun.sleep(50);
  }
  throw new Error("it did not happen in time");
}

export const stoppedIn = (server: RunningHearth) =>
  until(async () => (await incidentsOf(server)).find(({ state }) => state === "open"));

export async function newAppPassword(server: RunningHearth, label: string): Promise<{ secret: string; basic: string }> {
  const { secret } = await call<{ secret: string }>(server, "appPassword.create", { label });
  return { secret, basic: basic(server.user, secret) };
}

/** One file after the other, four at a time, until the server refuses; answers how many were lost. */
export async function attackAll(hand: Hand, files: readonly Sample[], name: string): Promise<number> {
  const attack = attacks[name]!;
  let lost = 0;
  for (let at = 0; at < files.length; at += 4) {
    const results = await Promise.all(files.slice(at, at + 4).map((file, index) => attack(hand, file, at + index)));
    lost += results.filter(Boolean).length;
    if (results.includes(false)) break;
  }
  return lost;
}

export async function rollBackIn(server: RunningHearth, id: number, momentMs: number): Promise<void> {
  await call(server, "ransomware.rollBack", { id, momentMs });
  await rolledBack(server, id);
}

export async function rolledBack(server: RunningHearth, id: number): Promise<void> {
  await until(async () => {
    const rollBack = (await incidentsOf(server)).find((one) => one.id === id)?.rollBack;
    expect(rollBack?.failed).toBe(0);
    return rollBack?.state === "done" ? true : undefined;
  });
}

export const sha1 = (bytes: Uint8Array): string => new Bun.CryptoHasher("sha1").update(bytes).digest("hex");

export async function expectWhole(
  server: RunningHearth,
  files: readonly Sample[],
  authorization: string,
): Promise<void> {
  for (const { path, content } of files) {
    const url = `${server.davUrl}${path.split("/").map(encodeURIComponent).join("/")}`;
    const response = await fetch(url, { headers: { authorization } });
    expect([path, response.status, sha1(new Uint8Array(await response.arrayBuffer()))]).toEqual([
      path,
      200,
      sha1(content),
    ]);
  }
}
