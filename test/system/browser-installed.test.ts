// needs: chromium
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, globSync, mkdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Page } from "playwright-core";
import { type RunningHearth, startHearth } from "#kit";
import { expectProblems } from "../kit/browser.ts";
import { useBrowser } from "./browser-support.ts";

const open = useBrowser();
const patienceMs = 20_000;
let hearth: RunningHearth;
let home = "";
beforeAll(async () => {
  hearth = await startHearth();
  home = join(hearth.dataDir, "volumes/main/home", hearth.user);
  mkdirSync(join(home, "Documents"));
});
afterAll(() => hearth.stop());

async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  for (const end = performance.now() + patienceMs; !(await holds()); await Bun.sleep(50)) {
    if (performance.now() > end) throw new Error("it did not come to hold");
  }
}

/** The page as a phone starts it from its icon. */
async function visitInstalled(cookie = hearth.cookie) {
  const visit = await open({ url: hearth.url, cookie, isPhone: true });
  await visit.context.addInitScript(() => Object.defineProperty(navigator, "standalone", { value: true }));
  return visit;
}

const workerReady = (page: Page) => page.evaluate(async () => void (await navigator.serviceWorker.ready));
const picture = (name: string, text: string) => ({ name, mimeType: "image/jpeg", buffer: Buffer.from(text) });

test("pictures of the device are sent once; what is here already is not sent again", async () => {
  const { page, axe, overflowPx } = await visitInstalled();
  await page.goto("/camera");
  const choose = async (names: readonly string[]) => {
    const waiting = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Choose pictures" }).click();
    await (await waiting).setFiles(names.map((name) => picture(name, `picture ${name}`)));
  };
  await choose(["a.jpg", "b.jpg"]);
  await page.getByText("2 are on the way.").waitFor();
  // The month is the one of the device, which may be another one than here.
  const isStored = (name: string) =>
    globSync("[0-9][0-9][0-9][0-9]/[0-9][0-9]/*", { cwd: join(home, "Camera uploads") }).some(
      (path) => basename(path) === name,
    );
  await until(() => isStored("b.jpg"));
  await until(() => isStored("a.jpg"));
  await choose(["a.jpg", "b.jpg", "c.jpg"]);
  await page.getByText("1 is on the way, 2 were here already.").waitFor();
  await until(() => isStored("c.jpg"));
  await choose(["a.jpg"]);
  await page.getByText("This one is here already.").waitFor();
  expect(await axe()).toEqual([]);
  expect(await overflowPx()).toBe(0);
}, 60_000);

test("what another program shares is there to be uploaded; without the worker the page says what to do", async () => {
  const { page } = await visitInstalled();
  await page.goto("/");
  await workerReady(page);
  await page.reload();
  await page.evaluate(async () => {
    const form = new FormData();
    form.append("files", new File(["shared text"], "Über uns.pdf", { type: "application/pdf" }));
    await fetch("/share-target", { method: "POST", body: form });
  });
  await page.goto("/camera?shared=yes");
  await page.getByText("Uploads/Über uns.pdf").waitFor();
  await page.getByRole("button", { name: "Upload", exact: true }).click();
  await page.getByText("1 is on the way.").waitFor();
  await until(() => existsSync(join(home, "Uploads/Über uns.pdf")));
  expect(readFileSync(join(home, "Uploads/Über uns.pdf"), "utf8")).toBe("shared text");
  const early = await fetch(`${hearth.url}/share-target`, { method: "POST", body: new FormData(), redirect: "manual" });
  expect([early.status, early.headers.get("location")]).toEqual([303, "/camera?shared=lost"]);
}, 60_000);

test("a session that was ended elsewhere leaves no names on the device, and logging out no files that wait", async () => {
  const cookie = await anotherSession();
  const { page, context } = await visitInstalled(cookie);
  await page.goto("/files");
  await page.getByText("Documents").first().waitFor();
  await until(async () => (await keptQueries(page)) > 1);
  const headers = { cookie, origin: hearth.url, "content-type": "application/json" };
  expect((await fetch(`${hearth.url}/api/session.logout`, { method: "POST", headers, body: "{}" })).status).toBe(200);
  await page.reload();
  await page.getByRole("button", { name: "Log in" }).waitFor();
  await until(async () => (await keptQueries(page)) === 0);

  const [name = "", value = ""] = (await anotherSession()).split(/=(.*)/s);
  await context.addCookies([{ name, value, url: hearth.url }]);
  await page.goto("/files");
  await page.getByText("Documents").first().waitFor();
  await page.evaluate(async () => (await caches.open("hearth-shared")).put("/shared/0", new Response("waits")));
  await page.getByRole("button", { name: /^Account menu/ }).click();
  await page.getByRole("menuitem", { name: "Log out" }).click();
  await page.getByRole("button", { name: "Log in" }).waitFor();
  await until(() => page.evaluate(async () => !(await caches.has("hearth-shared"))));
}, 60_000);

async function anotherSession(): Promise<string> {
  const headers = { origin: hearth.url, "content-type": "application/json" };
  const body = JSON.stringify({ name: hearth.user, password: hearth.password });
  const reply = await fetch(`${hearth.url}/api/session.login`, { method: "POST", headers, body });
  return reply.headers.get("set-cookie")?.split(";")[0] ?? "";
}

test("installed, it starts without the server and shows what was opened last; logged out, nothing is left", async () => {
  const visited = await visitInstalled();
  const { page, context } = visited;
  await page.goto("/files");
  await page.getByText("Documents").first().waitFor();
  await workerReady(page);
  // Once more, so that the worker has fetched every part of the page.
  await page.reload();
  await page.getByText("Documents").first().waitFor();
  await until(async () => (await keptQueries(page)) > 1);
  await context.setOffline(true);
  await page.reload();
  await page.getByText("Documents").first().waitFor();
  await page.getByText("You are offline.").first().waitFor();
  await context.setOffline(false);
  await page.reload();
  await page.getByRole("button", { name: /^Account menu/ }).click();
  await page.getByRole("menuitem", { name: "Log out" }).click();
  await page.getByRole("button", { name: "Log in" }).waitFor();
  await until(async () => (await keptQueries(page)) === 0);
  expect((await context.cookies()).filter(({ value }) => value !== "")).toEqual([]);
  // At the end, for requests of the time without a network may be told of late.
  expect(expectProblems(visited, /ERR_INTERNET_DISCONNECTED/)).toBeGreaterThan(0);
}, 60_000);

/** How many answers the page keeps for a start without the server. */
function keptQueries(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const open = indexedDB.open("hearth-offline", 1);
        open.addEventListener("error", () => resolve(-1));
        open.addEventListener("success", () => {
          const get = open.result.transaction("state").objectStore("state").get("last");
          get.addEventListener("success", () => {
            open.result.close();
            resolve((get.result as { queries?: unknown[] } | undefined)?.queries?.length ?? 0);
          });
        });
      }),
  );
}
