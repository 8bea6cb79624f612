// needs: chromium
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningProgram, runProgram } from "#kit";
import { expectProblems } from "../kit/browser.ts";
import { layoutShiftLimit, useBrowser } from "./browser-support.ts";

const visit = useBrowser();
const kib = 1024;
const loginScriptLimit = 200 * kib;
const filesScriptLimit = 350 * kib;
const password = "correct horse battery";

let dataDir = "";
let program: RunningProgram;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "hearth-first-run-"));
  program = await runProgram(["up", "--data", dataDir, "--listen", "127.0.0.1:0"]);
});
afterAll(async () => {
  await program.end("SIGTERM");
  rmSync(dataDir, { recursive: true, force: true });
});

const codeOf = (output: string): string => /set-up code: +(\S+)/.exec(output)?.[1] ?? "";

test("the first person becomes the owner with the code of the terminal, and lands among their files", async () => {
  const visited = await visit({ url: program.url });
  const { page } = visited;
  await page.goto("/");
  await page.waitForURL("**/setup");
  await page.getByLabel("Set-up code").fill("wrong-code");
  await page.getByLabel("Your name").fill("Anna Ökonom");
  expect(await page.getByLabel("Login name").inputValue()).toMatch(/^[a-z0-9.-]+$/);
  await page.getByLabel("Login name").fill("anna");
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("alert").waitFor();
  expect(expectProblems(visited, /status of 4\d\d/)).toBe(1);
  expect(await visited.axe()).toEqual([]);

  await page.getByLabel("Set-up code").fill(codeOf(program.output()));
  await page.getByRole("button", { name: "Create account" }).click();
  await page.waitForURL(/\/files\/\d+$/);
  await page.getByText("This folder is empty").waitFor();
  expect(existsSync(join(dataDir, "volumes/main/home/anna"))).toBe(true);
  expect(await visited.axe()).toEqual([]);

  await page.goto("/setup");
  await page.waitForURL((url) => url.pathname === "/");
});

test("logging in leads to where one wanted to go; a wrong password says so", async () => {
  const visited = await visit({ url: program.url });
  const { page } = visited;
  await page.goto("/account");
  await page.waitForURL(/\/login\?next=/);
  expect(await visited.scriptBytes()).toBeLessThanOrEqual(loginScriptLimit);
  expect(await visited.layoutShift()).toBeLessThan(layoutShiftLimit);
  await page.getByLabel("Name").fill("anna");
  await page.getByRole("textbox", { name: "Password" }).fill("not the password");
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByText("Name or password is not right.").waitFor();
  expect(expectProblems(visited, /status of 401/)).toBe(1);
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL("**/account");
  await page.getByRole("button", { name: /^Account menu of/ }).click();
  await page.getByRole("menuitem", { name: "Log out" }).click();
  await page.waitForURL("**/login");
});

test("the files page keeps within its script budget and does not jump while it loads", async () => {
  const visited = await visit({ url: program.url, cookie: await sessionCookie() });
  await visited.page.goto("/files");
  await visited.page.getByText("This folder is empty").waitFor();
  const scripts = await visited.scriptBytes();
  expect(scripts).toBeGreaterThan(0);
  expect(scripts).toBeLessThanOrEqual(filesScriptLimit);
  expect(await visited.layoutShift()).toBeLessThan(layoutShiftLimit);
});

async function sessionCookie(): Promise<string> {
  const response = await fetch(`${program.url}/api/session.login`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: program.url },
    body: JSON.stringify({ name: "anna", password }),
  });
  return response.headers.get("set-cookie")?.split(";")[0] ?? "";
}
