import { afterAll, afterEach, beforeAll, expect } from "bun:test";
import type { Locator, Page } from "playwright-core";
import { openBrowser, type TestBrowser, type Visit, type VisitOptions } from "../kit/browser.ts";

/** What a page may move about by itself while it loads (web.dev/cls calls 0.1 good). */
export const layoutShiftLimit = 0.01;

/**
 * One browser for the tests of a file. After each test every page it opened must have nothing to complain of: no console error, no
 * exception, no violated policy, no answer of 5xx.
 */
export function useBrowser(): (options: VisitOptions) => Promise<Visit> {
  let browser: TestBrowser | undefined;
  const visits: Visit[] = [];
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterEach(async () => {
    const open = visits.splice(0);
    const problems = open.flatMap((visit) => visit.problems);
    await Promise.all(open.map(({ context }) => context.close()));
    expect(problems).toEqual([]);
  });
  afterAll(() => browser?.close());
  return async (options) => {
    if (browser === undefined) throw new Error("the browser is not open");
    const visit = await browser.visit(options);
    visits.push(visit);
    return visit;
  };
}

/** The list of the files page, when its rows are there. */
export async function openFiles(page: Page, path = "/files"): Promise<Locator> {
  await page.goto(path);
  const list = page.getByRole("grid");
  await list.waitFor();
  return list;
}

/** A row of the table, or a tile of the grid, by the whole name of the file. */
export function entry(page: Page, name: string): Locator {
  return page.locator("[data-index]").filter({ has: page.getByTitle(name, { exact: true }) });
}

/** Opens a folder by a double click, as a mouse does. */
export async function enter(page: Page, name: string): Promise<void> {
  await entry(page, name).dblclick();
  await page.getByRole("grid", { name: `Contents of ${name}` }).waitFor();
}

/** Chooses `paths` in the dialog of the operating system that `act` opens; a folder's path where a folder is asked for. */
export async function chooseFiles(page: Page, act: () => Promise<void>, paths: string | string[]): Promise<void> {
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), act()]);
  await chooser.setFiles(paths);
}

/** New → Upload files / Upload a folder. */
export async function upload(page: Page, kind: "Upload files" | "Upload a folder", paths: string | string[]) {
  await page.getByRole("button", { name: "New", exact: true }).click();
  await chooseFiles(page, () => page.getByRole("menuitem", { name: kind }).click(), paths);
}

/** Waits until the focus is on it, or in it: dialogs and pages move it a moment after they are drawn. */
export async function focused(locator: Locator): Promise<void> {
  const hasFocus = (element: Element) => element.contains(document.activeElement);
  await eventually(`the focus is in ${String(locator)}`, () => locator.evaluate(hasFocus));
}

/** Waits until `isSo` holds, and fails with `what` when the time is up. */
export async function eventually(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  limitMs = 15_000,
): Promise<void> {
  const until = performance.now() + limitMs;
  while (!(await isSo())) {
    if (performance.now() > until) throw new Error(`not within ${limitMs} ms: ${what}`);
    await Bun.sleep(50);
  }
}
