// needs: chromium, certutil, pk12util, openssl
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { certificatesContract } from "#contract/security/certificates";
import { type RunningHearth, startHearth } from "#kit";
import type { InputOf, OutputOf } from "#wire";
import { openBrowser, type TestBrowser } from "../kit/browser.ts";
import { eventually } from "./browser-support.ts";

type Certificates = typeof certificatesContract;

let dir = "";
let hearth: RunningHearth;
let browser: TestBrowser;
let deviceId = "";
let port = 0;

async function run(...argv: string[]): Promise<void> {
  const child = Bun.spawn(argv, { cwd: dir, stdin: "ignore", stdout: "ignore", stderr: "pipe", timeout: 20_000 });
  const problem = await new Response(child.stderr).text();
  if ((await child.exited) !== 0) throw new Error(`${argv[0]}: ${problem}`);
}

/** An operation as the owner, over the plain listener. */
async function call<N extends keyof Certificates>(
  operation: N,
  input: InputOf<Certificates, N>,
): Promise<OutputOf<Certificates, N>> {
  const reply = await fetch(`${hearth.url}/api/${operation}`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: hearth.url, cookie: hearth.cookie },
    body: JSON.stringify(input),
  });
  if (!reply.ok) throw new Error(`${operation}: ${await reply.text()}`);
  return certificatesContract[operation].output.parse(await reply.json()) as OutputOf<Certificates, N>;
}

/**
 * Chromium with the key store of a person who imported their certificate. It asks nobody which one to show: a policy says so, in
 * a file system of its own, since policies lie in /etc.
 */
async function openPersonsBrowser(pkcs12: string, password: string): Promise<TestBrowser> {
  const store = `sql:${join(dir, "home/.pki/nssdb")}`;
  mkdirSync(join(dir, "home/.pki/nssdb"), { recursive: true });
  mkdirSync(join(dir, "etc/policies/managed"), { recursive: true });
  const choice = JSON.stringify({ pattern: "*", filter: {} });
  writeFileSync(
    join(dir, "etc/policies/managed/choice.json"),
    JSON.stringify({ AutoSelectCertificateForUrls: [choice] }),
  );
  await run("certutil", "-N", "--empty-password", "-d", store);
  await run("pk12util", "-i", pkcs12, "-d", store, "-W", password, "-K", "");
  await run("certutil", "-A", "-n", "home", "-t", "C,,", "-i", "root.pem", "-d", store);
  const program = join(dir, "chromium");
  const own = process.getuid?.() === 0 ? "-m" : "-rm";
  const start = `mount --bind ${join(dir, "etc")} /etc/chromium && exec /usr/bin/chromium "$@"`;
  writeFileSync(program, `#!/bin/sh\nexec unshare ${own} sh -c '${start}' sh "$@"\n`, { mode: 0o755 });
  return openBrowser({ program, env: { HOME: join(dir, "home") } });
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "hearth-browser-certificate-"));
  const data = join(dir, "data");
  mkdirSync(data);
  writeFileSync(
    join(data, "hearth.yaml"),
    'services: { management: { certificates: { listen: "127.0.0.1:0", names: [localhost] } } }\n',
  );
  hearth = await startHearth({ dataDir: data });
  const made = await call("certificates.createAuthority", { name: "Home" });
  writeFileSync(join(dir, "root.pem"), made.rootPem);
  const { device, download } = await call("certificates.issue", { deviceName: "Laptop" });
  deviceId = device.id;
  await Bun.write(join(dir, "laptop.p12"), await (await fetch(`${hearth.url}${download?.path}`)).bytes());
  await eventually("the listener for certificates is there", async () => {
    port = (await call("certificates.status", {})).listener?.port ?? 0;
    return port !== 0;
  });
  browser = await openPersonsBrowser(join(dir, "laptop.p12"), download?.password ?? "");
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await hearth?.stop();
  rmSync(dir, { recursive: true, force: true });
});

/** What the page's own script would get. */
async function ask(page: Page, operation: string, input: unknown): Promise<unknown> {
  return page.evaluate(
    async ([name, body]) => {
      const headers = { "content-type": "application/json" };
      return (await fetch(`/api/${name}`, { method: "POST", headers, body })).json();
    },
    [operation, JSON.stringify(input)] as const,
  );
}

test("a browser shows its certificate, logs in with it, and is out when it is revoked", async () => {
  const { page } = await browser.visit({ url: `https://localhost:${port}` });
  await page.goto("/healthz");
  expect(await ask(page, "session.login", { name: hearth.user, password: hearth.password })).toMatchObject({
    step: "done",
  });
  expect(await ask(page, "session.current", {})).toMatchObject({ factors: ["password", "certificate"] });
  expect(await ask(page, "certificates.status", {})).toMatchObject({ connection: { deviceId, deviceName: "Laptop" } });
  const cookies = await page.context().cookies();
  expect(cookies.map(({ name, secure }) => [name, secure])).toEqual([["__Host-hearth", true]]);

  await call("certificates.revoke", { deviceId });
  expect(await ask(page, "session.current", {})).toMatchObject({ person: null });
}, 60_000);
