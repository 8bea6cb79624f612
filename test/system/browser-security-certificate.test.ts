// needs: chromium, openssl
import { afterAll, beforeAll, expect, test } from "bun:test";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expectProblems } from "../kit/browser.ts";
import { enterPassword, type SecureHome, setUpApp, startSecureHome } from "./browser-security-support.ts";
import { eventually, useBrowser } from "./browser-support.ts";

const visit = useBrowser();
let home: SecureHome;
let folder = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "hearth-certificate-"));
  home = await startSecureHome("services: { management: { certificates: { listen: '127.0.0.1:0' } } }\n");
  await home.call("certificates.createAuthority", {}, await home.owner());
});
afterAll(async () => {
  await home.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("a device certificate from the page is the second factor over TLS, and none once it is revoked", async () => {
  const name = await home.person();
  const visited = await visit({ url: home.url, cookie: await home.logIn(name) });
  const { page } = visited;
  await page.goto("/account/security");
  await setUpApp(page, home);

  await page.goto("/account/devices");
  await page.getByRole("button", { name: "New certificate" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Which device is it for?").fill("Kitchen laptop");
  await dialog.getByRole("button", { name: "Make the certificate" }).click();
  const secret = await dialog.getByLabel("Password for opening it").inputValue();
  const link = dialog.getByRole("link", { name: "Download on this device" });
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  const bundle = join(folder, "device.p12");
  await download.saveAs(bundle);
  const again = await fetch(new URL((await link.getAttribute("href")) ?? "", home.url));
  expect(again.status).toBeGreaterThanOrEqual(400);
  await dialog.getByRole("button", { name: "Done" }).click();
  await page.getByText("Kitchen laptop").waitFor();
  expect(await visited.axe()).toEqual([]);

  let port: number | undefined;
  await eventually("the listener for certificates is there", async () => {
    const { listener } = await home.call("certificates.status", {}, await home.owner());
    port = (listener as { port: number } | null)?.port;
    return port !== undefined;
  });
  const url = `https://localhost:${port}`;
  const certificate = await pemOf(bundle, secret);
  const device = await visit({ url, certificate });
  await device.page.goto("/account/devices");
  await enterPassword(device.page, name);
  await device.page.waitForURL(/\/account\/devices$/);
  await device.page.getByText("with password and certificate").waitFor();
  await device.page.getByText("Used by this connection").waitFor();

  const other = await visit({ url: home.url });
  await other.page.goto("/login");
  await enterPassword(other.page, name);
  await other.page.getByLabel("Code from the app").waitFor();

  await page.getByRole("button", { name: "Revoke the certificate of Kitchen laptop" }).click();
  await page.getByText("The certificate of Kitchen laptop no longer works.").waitFor();
  await device.page.reload();
  await device.page.waitForURL(/\/login/);
  await enterPassword(device.page, name);
  await device.page.getByLabel("Code from the app").waitFor();
  // Its open connection was cut, with the stream of events on it.
  expectProblems(device, /status of 401|ERR_INCOMPLETE_CHUNKED_ENCODING/);
});

test("a key of the device's own gets a certificate, which is renewed in its last weeks", async () => {
  const name = await home.person();
  const { page } = await visit({ url: home.url, cookie: await home.logIn(name) });
  await page.goto("/account/devices");
  const [key, request] = [join(folder, "own.key"), join(folder, "own.csr")];
  const made = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=own"];
  await openssl("req", "-new", ...made, "-keyout", key, "-out", request);
  const pem = await Bun.file(request).text();
  await page.getByRole("button", { name: "New certificate" }).click();
  await page.getByLabel("Which device is it for?").fill("Server in the cellar");
  await page.getByLabel("I have a signing request").check();
  await page.getByLabel("Signing request (PEM)").fill(pem);
  await page.getByRole("button", { name: "Make the certificate" }).click();
  const signed = page.getByLabel("Certificate and its issuer (PEM)");
  const certificate = new X509Certificate(await signed.inputValue());
  expect(certificate.checkPrivateKey(createPrivateKey(await Bun.file(key).text()))).toBe(true);
  await page.getByRole("button", { name: "Done" }).click();

  home.advance(65 * 86_400_000);
  const later = await visit({ url: home.url, cookie: await home.logIn(name) });
  await later.page.goto("/account/devices");
  await later.page.getByText("Ends soon").waitFor();
  await later.page.getByRole("button", { name: "Renew the certificate of Server in the cellar" }).click();
  await later.page.getByLabel("I have a signing request").check();
  await later.page.getByLabel("Signing request (PEM)").fill(pem);
  await later.page.getByRole("button", { name: "Make the certificate" }).click();
  const renewed = later.page.getByLabel("Certificate and its issuer (PEM)");
  const { validToDate } = new X509Certificate(await renewed.inputValue());
  expect(validToDate.getTime()).toBeGreaterThan(certificate.validToDate.getTime());
  await later.page.getByRole("button", { name: "Done" }).click();
  await later.page.getByText("Ends soon").waitFor({ state: "detached" });
});

async function openssl(...argv: string[]): Promise<Buffer> {
  const child = Bun.spawn(["openssl", ...argv], { stdin: "ignore", stdout: "pipe", stderr: "pipe", timeout: 20_000 });
  const out = Buffer.from(await new Response(child.stdout).arrayBuffer());
  if ((await child.exited) !== 0) throw new Error(`openssl: ${await new Response(child.stderr).text()}`);
  return out;
}

/** Certificate and key out of a PKCS#12 file, as an operating system takes them in. */
async function pemOf(bundle: string, secret: string): Promise<{ cert: Buffer; key: Buffer }> {
  const read = (part: string) => openssl("pkcs12", "-in", bundle, "-passin", `pass:${secret}`, "-nodes", part);
  return { cert: await read("-nokeys"), key: await read("-nocerts") };
}
