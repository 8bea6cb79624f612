// needs: chromium, wg
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningHearth, startHearth } from "#kit";
import { message } from "./browser-house-support.ts";
import { faultsOf } from "./browser-security-support.ts";
import { useBrowser } from "./browser-support.ts";

const visit = useBrowser();
let dataDir = "";
let hearth: RunningHearth;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "hearth-house-vpn-"));
  await Bun.write(join(dataDir, "hearth.yaml"), "security:\n  network:\n    vpn:\n      endpoint: home.example.org\n");
  // Without the programs nothing of this machine's network is touched, and the page has something to say.
  hearth = await startHearth({ dataDir, env: { PATH: join(dataDir, "no-programs") } });
});
afterAll(async () => {
  await hearth.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const owner = (look: { readonly isPhone?: boolean; readonly isDark?: boolean } = {}) =>
  visit({ url: hearth.url, cookie: hearth.cookie, ...look });

test("while the VPN is off, the account says so and leads to the switch", async () => {
  const visited = await owner();
  const { page } = visited;
  await page.goto("/account/vpn");
  await page.getByRole("heading", { name: "The VPN is off" }).waitFor();
  await page.getByRole("link", { name: "Open Security → VPN" }).click();
  await page.getByText("The VPN is off: no device can dial in.").waitFor();
  await page.getByText("Wg is not installed.").waitFor();
  await page.getByText("sudo apt-get install wireguard-tools").first().waitFor();
  await page.getByRole("button", { name: "Switch on" }).click();
  await page.getByText("The VPN is on, but this server may not touch the network.").waitFor();
  await page.getByRole("button", { name: "Show the files" }).click();
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download hearth0.conf" }).click(),
  ]);
  expect(await Bun.file(await file.path()).text()).toContain("[Interface]");
  expect(await faultsOf(visited)).toEqual([]);
});

test("a device is added with a key that never leaves the browser, shown as QR and file, and revoked", async () => {
  const visited = await owner({ isPhone: true, isDark: true });
  const { page } = visited;
  const sent: string[] = [];
  page.on("request", (request) => void sent.push(request.postData() ?? ""));
  await page.goto("/account/vpn");
  await page.getByRole("button", { name: "Add a device" }).click();
  const form = page.getByRole("dialog", { name: "Add a device" });
  await form.getByLabel("Name of the device").fill("Phone");
  await form.getByRole("checkbox", { name: "Internet" }).check();
  await form.getByRole("radio", { name: "Everything" }).check();
  expect(await faultsOf(visited)).toEqual([]);
  await form.getByRole("button", { name: "Add", exact: true }).click();
  const ready = page.getByRole("dialog", { name: "Phone is ready" });
  await ready.getByRole("img", { name: "QR code of the configuration" }).waitFor();
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    ready.getByRole("button", { name: "Download file" }).click(),
  ]);
  const config = await Bun.file(await file.path()).text();
  expect(config).toContain("Endpoint = home.example.org:51820");
  const privateKey = /^PrivateKey = (\S+)$/m.exec(config)?.[1] ?? "";
  const publicKey = Bun.spawnSync(["wg", "pubkey"], { stdin: new TextEncoder().encode(privateKey) }).stdout;
  const requests = sent.join("\n");
  expect(requests).toContain(publicKey.toString().trim());
  expect(requests).not.toContain(privateKey);
  expect(await faultsOf(visited)).toEqual([]);
  await ready.getByRole("button", { name: "Done" }).click();
  await page.getByText("Reaches This server, Internet").waitFor();

  await page.getByRole("button", { name: "Actions for Phone" }).click();
  await page.getByRole("menuitem", { name: "Configuration without keys" }).click();
  await page.getByText("Its keys were shown once and are not kept.").waitFor();
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByRole("button", { name: "Actions for Phone" }).click();
  await page.getByRole("menuitem", { name: "Revoke" }).click();
  await message(page, "Phone is cut off for good.").waitFor();
  await page.getByText("No device yet").waitFor();
});

test("a zone is named, a device of somebody let into it, and the zone taken away again", async () => {
  const visited = await owner();
  const { page } = visited;
  await page.goto("/security/vpn");
  await page.getByRole("button", { name: "Add a zone" }).click();
  const zone = page.getByRole("dialog", { name: "Add a zone" });
  await zone.getByLabel("Name").fill("NAS");
  await zone.getByLabel("Address or network").fill("192.168.1.50");
  await zone.getByLabel("Protocol").selectOption("tcp");
  await zone.getByLabel("Ports").fill("445, x");
  await zone.getByText("Write ports as 80, 443, 8000-8010.").waitFor();
  await zone.getByLabel("Ports").fill("445");
  expect(await faultsOf(visited)).toEqual([]);
  await zone.getByRole("button", { name: "Save" }).click();
  await page.getByText("192.168.1.50 TCP 445").waitFor();

  await page.getByRole("button", { name: "Add a device" }).click();
  const form = page.getByRole("dialog", { name: "Add a device" });
  await form.getByLabel("Name of the device").fill("Laptop");
  await form.getByRole("checkbox", { name: "NAS" }).check();
  await form.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByText("Reaches This server, NAS").waitFor();
  await page.getByRole("button", { name: "Remove NAS" }).click();
  await page.getByText("Reaches This server", { exact: true }).waitFor();
});
