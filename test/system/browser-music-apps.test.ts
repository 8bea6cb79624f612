// needs: chromium
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type RunningHearth, startHearth } from "#kit";
import { useBrowser } from "./browser-support.ts";

const visit = useBrowser();
let hearth: RunningHearth;

beforeAll(async () => {
  hearth = await startHearth();
}, 120_000);
afterAll(() => hearth.stop());

test("a password for a music app is shown once with all that the app asks for, logs it in, and is withdrawn like any other", async () => {
  const visited = await visit({ url: hearth.url, cookie: hearth.cookie });
  const { page } = visited;
  await page.goto("/account/apps");
  await page.getByRole("button", { name: "For a music app" }).click();
  await page.getByLabel("What is it for?").fill("The old phone");
  await page.getByRole("button", { name: "Create" }).click();
  const dialog = page.getByRole("dialog", { name: "App password created" });
  const copied = (label: string) => dialog.getByRole("textbox", { name: label, exact: true }).inputValue();
  expect([await copied("Server address"), await copied("User name")]).toEqual([hearth.url, hearth.user]);
  expect(await visited.axe()).toEqual([]);
  const query = new URLSearchParams({
    u: hearth.user,
    p: await copied("App password"),
    v: "1.16.1",
    c: "x",
    f: "json",
  });
  const ping = async () => (await fetch(`${hearth.url}/rest/ping?${query}`)).text();
  expect(await ping()).toContain('"status":"ok"');

  await dialog.getByRole("button", { name: "I have copied it" }).click();
  await page.getByText("The old phone").waitFor();
  await page.getByRole("button", { name: "Revoke The old phone" }).click();
  await page.getByText("The old phone is revoked and logged out.").waitFor();
  expect(await ping()).toContain('"status":"failed"');
  expect(visited.problems).toEqual([]);
}, 120_000);
