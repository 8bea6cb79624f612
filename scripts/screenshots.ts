import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { openBrowser, type TestBrowser, type VisitOptions } from "../test/kit/browser.ts";
import { type Demo, startDemo } from "../test/kit/demo.ts";
import { mediaShots, picturesDrawn } from "./media-shots.ts";

/** Writes `docs/screenshots/*.png` and `docs/guide/images/*.png` from the demo household, each small; names choose some of them. */
const docs = join(import.meta.dir, "../docs");
const folders = { overview: join(docs, "screenshots"), guide: join(docs, "guide", "images") } as const;
const limitsBytes = { overview: 170_000, guide: 80_000 } as const;
const settleMs = 600;
/** See `src/demo/journeys.ts`. */
const lofotenDaysAgo = 118;

interface Shot {
  readonly name: string;
  readonly path: string;
  readonly act?: (page: Page) => Promise<unknown>;
  /** The overview when left out. */
  readonly folder?: keyof typeof folders;
  readonly look?: Pick<VisitOptions, "isPhone" | "isDark"> & { readonly isVisitor?: boolean };
}

const row = (page: Page, name: string) =>
  page.locator("[data-index]").filter({ has: page.getByTitle(name, { exact: true }) });

async function openShareDialog(page: Page): Promise<void> {
  await row(page, "Holiday").click();
  await page.getByRole("toolbar").getByRole("button", { name: "Share" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "QR code" }).click();
  await page.getByRole("dialog").getByRole("img").waitFor();
}

/** Taken first: they show what asks for a fresh login. */
const guideShots: readonly Shot[] = [
  { name: "security", path: "/account/security", folder: "guide" },
  { name: "devices", path: "/account/devices", folder: "guide" },
  { name: "new-certificate", path: "/account/devices", folder: "guide", act: makeCertificate },
];

async function makeCertificate(page: Page): Promise<void> {
  await page.getByRole("button", { name: "New certificate" }).click();
  await page.getByRole("button", { name: "Make the certificate" }).click();
  await page.getByRole("img", { name: /^QR code/ }).waitFor();
}

async function shots(demo: Demo): Promise<readonly Shot[]> {
  const documents = `/files/${await demo.find("My files", "Documents")}`;
  const family = `/files/${await demo.find("Family", "")}`;
  const year = new Date(Date.now() - lofotenDaysAgo * 86_400_000).getFullYear();
  const journey = `/files/${await demo.find("Family", `Photos/${year}/Lofoten`)}?view=grid`;
  const openPhoto = (page: Page) => page.locator("[data-index='3']").dblclick();
  return [
    ...guideShots,
    ...(await mediaShots(demo)),
    { name: "login", path: "/login", look: { isVisitor: true } },
    { name: "home", path: "/", act: picturesDrawn },
    {
      name: "files-list",
      path: `${documents}?view=table&panel=details`,
      act: (page) => row(page, "Readme.md").click(),
    },
    { name: "files-grid", path: journey },
    { name: "preview", path: journey, act: openPhoto },
    { name: "share", path: family, act: openShareDialog },
    { name: "firewall-rules", path: "/security/rules" },
    { name: "security-phone", path: "/security", look: { isPhone: true } },
    { name: "files-phone", path: `${documents}?view=table`, look: { isPhone: true } },
    { name: "home-phone", path: "/", act: picturesDrawn, look: { isPhone: true } },
    { name: "files-dark", path: journey, look: { isDark: true } },
  ];
}

const browsers = [
  "Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1",
  "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
] as const;

/** The owner's sessions on several devices, and nothing left to tell of them; gives the `Cookie` header of the last. */
async function logInEverywhere(demo: Demo): Promise<string> {
  await demo.call("session.logout", {});
  let cookie = "";
  const post = (name: string, input: unknown, userAgent: string, held = "") =>
    fetch(`${demo.url}/api/${name}`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: demo.url, "user-agent": userAgent, cookie: held },
      body: JSON.stringify(input),
    });
  for (const userAgent of browsers) {
    const login = await post("session.login", { name: "anna", password: "hearth-demo" }, userAgent);
    cookie = login.headers.get("set-cookie")?.split(";")[0] ?? "";
    await post("notices.dismiss", { all: true }, userAgent, cookie);
  }
  return cookie;
}

async function take(browser: TestBrowser, url: string, session: string, shot: Shot): Promise<void> {
  const { isVisitor = false, ...look } = shot.look ?? {};
  const { folder = "overview" } = shot;
  const { page, context } = await browser.visit({
    // Passkeys belong to a name.
    url: url.replace("127.0.0.1", "localhost"),
    cookie: isVisitor ? undefined : session,
    ...look,
  });
  try {
    await page.goto(shot.path);
    await page.getByRole("main").waitFor();
    await page.waitForTimeout(settleMs);
    await shot.act?.(page);
    await page.waitForTimeout(settleMs);
    const file = join(folders[folder], `${shot.name}.png`);
    await sharp(await page.screenshot())
      .png({ palette: true, quality: 90, effort: 10 })
      .toFile(file);
    const { size } = statSync(file);
    console.log(`${shot.name}.png: ${Math.round(size / 1000)} kB`);
    const limitBytes = limitsBytes[folder];
    if (size > limitBytes) throw new Error(`${shot.name}.png is larger than ${limitBytes / 1000} kB`);
  } finally {
    await context.close();
  }
}

async function main(): Promise<void> {
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true });
  const demo = await startDemo({ hasMedia: true });
  try {
    const holiday = await demo.find("Family", "Holiday");
    await demo.call("links.create", { nodeId: holiday, mode: "view", password: "sea and sand", downloadLimit: 20 });
    await demo.call("certificates.createAuthority", {});
    await demo.call("certificates.issue", { deviceName: "Anna's laptop" });
    const browser = await openBrowser();
    try {
      const all = await shots(demo);
      const session = await logInEverywhere(demo);
      const wanted = process.argv.slice(2);
      for (const shot of all) {
        if (wanted.length === 0 || wanted.includes(shot.name)) await take(browser, demo.url, session, shot);
      }
    } finally {
      await browser.close();
    }
  } finally {
    await demo.stop();
  }
}

if (import.meta.main) await main();
