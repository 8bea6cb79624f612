import axe from "axe-core";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const executablePath = "/usr/bin/chromium";
const launchArgs = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const actionTimeoutMs = 15_000;

const desktop = { width: 1280, height: 800 } as const;
/** An iPhone of the years around 2022. */
const phone = { width: 390, height: 844 } as const;

export interface VisitOptions {
  /** Where the program listens. */
  readonly url: string;
  /** `Cookie` header of a session; a visitor without one is not logged in. */
  readonly cookie?: string;
  /** A touch screen of 390 × 844. */
  readonly isPhone?: boolean;
  readonly isDark?: boolean;
  /** Shown to whoever asks for it at this site's own TLS listener, whose authority the browser does not know. */
  readonly certificate?: { readonly cert: Buffer; readonly key: Buffer };
}

/** A page of its own profile, with everything it complained about. */
export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Console errors, uncaught exceptions, violated policies and answers of 5xx so far. */
  readonly problems: string[];
  /** Sum of the layout shifts of the document without those that follow an input (web.dev/cls). */
  layoutShift(): Promise<number>;
  /** What axe-core finds (WCAG 2 A and AA, best practices), one line for each kind. */
  axe(): Promise<string[]>;
  /** Bytes of script that came over the network so far, as sent. */
  scriptBytes(): Promise<number>;
  /** How far the document is wider than the screen; 0 when nothing scrolls sideways. */
  overflowPx(): Promise<number>;
}

export interface TestBrowser {
  visit(options: VisitOptions): Promise<Visit>;
  close(): Promise<void>;
}

interface BrowserOptions {
  /** What starts Chromium in its place. */
  readonly program?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Debian's Chromium with a fresh profile for every visit; the caller closes it in `finally` or `afterAll`. */
export async function openBrowser(options: BrowserOptions = {}): Promise<TestBrowser> {
  // Without a UTF-8 locale Chromium reads a file whose name is not ASCII as an empty one.
  const env = { ...process.env, LC_ALL: "C.UTF-8", ...options.env };
  const browser = await chromium.launch({
    executablePath: options.program ?? executablePath,
    args: launchArgs,
    chromiumSandbox: false,
    env,
  });
  return {
    visit: (options) => visit(browser, options),
    close: () => browser.close(),
  };
}

async function visit(browser: Browser, options: VisitOptions): Promise<Visit> {
  const { url, cookie, certificate, isPhone = false, isDark = false } = options;
  const context = await browser.newContext({
    baseURL: url,
    ...(certificate && { clientCertificates: [{ origin: url, ...certificate }] }),
    ignoreHTTPSErrors: certificate !== undefined,
    viewport: isPhone ? phone : desktop,
    isMobile: isPhone,
    hasTouch: isPhone,
    deviceScaleFactor: 1,
    colorScheme: isDark ? "dark" : "light",
    reducedMotion: "reduce",
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
  });
  context.setDefaultTimeout(actionTimeoutMs);
  if (cookie !== undefined) await context.addCookies([cookieOf(url, cookie)]);
  await context.addInitScript(observePage);
  const page = await context.newPage();
  const problems = watch(page);
  return {
    page,
    context,
    problems,
    layoutShift: () => page.evaluate(() => (window as ObservedWindow).testLayoutShift ?? 0),
    axe: () => runAxe(page),
    scriptBytes: countScripts(page),
    overflowPx: () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
  };
}

function cookieOf(url: string, header: string) {
  const at = header.indexOf("=");
  return { name: header.slice(0, at), value: header.slice(at + 1), url, httpOnly: true, sameSite: "Lax" as const };
}

type ObservedWindow = Window & { testLayoutShift?: number };

/** Runs in every document before its own scripts. */
function observePage(): void {
  const observed = window as ObservedWindow;
  observed.testLayoutShift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) {
      if (!entry.hadRecentInput) observed.testLayoutShift = (observed.testLayoutShift ?? 0) + entry.value;
    }
  }).observe({ type: "layout-shift", buffered: true });
  document.addEventListener("securitypolicyviolation", (event) => {
    console.error(`policy violated: ${event.violatedDirective} ${event.blockedURI}`);
  });
}

/** An answer of 4xx is an error line of Chromium's own; a test that provokes one takes it away with `expectProblems`. */
function watch(page: Page): string[] {
  const problems: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => problems.push(`exception: ${error.message}`));
  page.on("response", (response) => {
    if (response.status() >= 500) problems.push(`${response.status()}: ${response.url()}`);
  });
  return problems;
}

/** Takes the problems that fit away; the test that provoked them goes on without. Gives their number. */
export function expectProblems(visited: Visit, fits: RegExp): number {
  const rest = visited.problems.filter((line) => !fits.test(line));
  const count = visited.problems.length - rest.length;
  visited.problems.splice(0, visited.problems.length, ...rest);
  return count;
}

function countScripts(page: Page): () => Promise<number> {
  const sizes: Promise<number>[] = [];
  page.on("requestfinished", (request) => {
    if (request.resourceType() !== "script") return;
    const size = request.sizes().then(({ responseBodySize }) => responseBodySize);
    // A page closed before the browser answered rejects; that is of no concern unless the sum is asked for.
    size.catch(() => undefined);
    sizes.push(size);
  });
  return async () => {
    const all = await Promise.all(sizes);
    return all.reduce((sum, size) => sum + size, 0);
  };
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly help: string;
    readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary?: string }[];
  }[];
}

async function runAxe(page: Page): Promise<string[]> {
  // Half a megabyte to read: once for each document.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
  const { violations } = await page.evaluate(async () => {
    // A dialog gets its name a frame after it appears.
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const loaded = window as unknown as { axe: { run(root: Document, options: unknown): Promise<AxeResults> } };
    return loaded.axe.run(document, { iframes: false, resultTypes: ["violations"] });
  });
  return violations.map(({ id, help, nodes }) => {
    const where = nodes.map(({ target, failureSummary }) => `${target.join(" ")}: ${failureSummary ?? ""}`);
    return `${id}: ${help}\n  ${where.join("\n  ")}`;
  });
}
