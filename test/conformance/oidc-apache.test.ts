// needs: apache2, /usr/lib/apache2/modules/mod_auth_openidc.so
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type House, openBrowser, openHouse } from "./oidc-support.ts";

// Whole programs start, and every login computes a password hash.
setDefaultTimeout(60_000);

const modulesDir = "/usr/lib/apache2/modules";
const startWithinMs = 10_000;

let house: House;
let dir: string;
let apache: Bun.Subprocess;
let site: string;

beforeAll(async () => {
  house = await openHouse();
  await house.must("people.createGroup", { name: "family", memberIds: [1] });
  await house.person("ben");
  dir = mkdtempSync(join(tmpdir(), "hearth-apache-"));
  site = `http://127.0.0.1:${freePort()}`;
  const app = await house.register({ name: "Family page", redirectUris: [`${site}/callback`] });
  apache = startApache(app.id, app.secret ?? "");
  await untilUp();
});
afterAll(async () => {
  apache.kill();
  await apache.exited;
  await house.hearth.stop();
  rmSync(dir, { recursive: true, force: true });
});

function freePort(): number {
  const probe = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  const { port } = probe;
  probe.stop(true);
  return port;
}

/** Apache with Debian's mod_auth_openidc, as the guide shows it. */
function startApache(clientId: string, secret: string): Bun.Subprocess {
  mkdirSync(join(dir, "site"));
  writeFileSync(join(dir, "site", "index.html"), "the family page\n");
  const modules = ["mpm_event", "authn_core", "authz_core", "authz_user", "dir", "mime", "headers", "auth_openidc"];
  const lines = [
    ...modules.map((name) => `LoadModule ${name}_module ${modulesDir}/mod_${name}.so`),
    `ServerName 127.0.0.1`,
    `Listen ${new URL(site).host}`,
    `PidFile ${dir}/apache.pid`,
    `DefaultRuntimeDir ${dir}`,
    `ErrorLog /dev/stderr`,
    `TypesConfig /dev/null`,
    `DocumentRoot ${dir}/site`,
    `DirectoryIndex index.html`,
    `OIDCProviderMetadataURL ${house.issuer}/.well-known/openid-configuration`,
    `OIDCClientID ${clientId}`,
    `OIDCClientSecret ${secret}`,
    `OIDCRedirectURI ${site}/callback`,
    `OIDCCryptoPassphrase ${crypto.randomUUID()}`,
    `OIDCPKCEMethod S256`,
    `OIDCScope "openid profile groups"`,
    `OIDCRemoteUserClaim preferred_username`,
    `<Directory ${dir}/site>`,
    `  AuthType openid-connect`,
    `  Require claim groups:family`,
    `  Header always set x-remote-user "expr=%{REMOTE_USER}"`,
    `</Directory>`,
  ];
  writeFileSync(join(dir, "apache.conf"), `${lines.join("\n")}\n`);
  return Bun.spawn(["apache2", "-X", "-f", join(dir, "apache.conf")], {
    env: { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin` },
    stdin: "ignore",
    stdout: "ignore",
    stderr: Bun.file(join(dir, "error.log")),
  });
}

async function untilUp(): Promise<void> {
  const until = performance.now() + startWithinMs;
  while (performance.now() < until) {
    if (
      await fetch(`${site}/callback`).then(
        () => true,
        () => false,
      )
    )
      return;
    await Bun.sleep(50);
  }
  throw new Error(`Apache did not start: ${await Bun.file(join(dir, "error.log")).text()}`);
}

/** Asks for the page and says yes where one is asked. */
async function open(browser: Browser): Promise<Response> {
  const arrived = await browser.follow(`${site}/index.html`, "nowhere");
  if (arrived.response === undefined) throw new Error("the way led nowhere");
  if (!arrived.url.pathname.startsWith("/oidc/consent/")) return arrived.response;
  const answered = await browser.request(arrived.url, { decision: "allow" });
  const back = await browser.follow(new URL(answered.headers.get("location") ?? "", arrived.url), "nowhere");
  return back.response ?? answered;
}

test("Apache lets in whom Hearth has logged in and whose group may", async () => {
  const response = await open(await house.browserOf("alice"));
  expect([response.status, response.headers.get("x-remote-user"), await response.text()]).toEqual([
    200,
    "alice",
    "the family page\n",
  ]);
});

test("Apache refuses who is in no such group, and sends strangers to the login", async () => {
  expect((await open(await house.browserOf("ben"))).status).toBe(401);
  const stranger = await openBrowser().follow(`${site}/index.html`, "nowhere");
  expect(stranger.url.origin + stranger.url.pathname).toBe(`${house.hearth.url}/login`);
});
