import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Browser, type House, openBrowser, openHouse, openPage } from "./oidc-support.ts";

// Whole programs start, and every login computes a password hash.
setDefaultTimeout(60_000);

/** One Hearth is the provider, the other lets people in who have an account there. */
let elsewhere: House;
let house: House;
let secret: string;

beforeAll(async () => {
  [elsewhere, house] = await Promise.all([openHouse(), openHouse()]);
  const redirectUris = [`${house.hearth.url}/oidc/callback`];
  const app = await elsewhere.register({ name: "The other house", redirectUris, askConsent: false });
  secret = app.secret ?? "";
  await save({ clientId: app.id, clientSecret: secret });
});
afterAll(() => Promise.all([elsewhere.hearth.stop(), house.hearth.stop()]));

async function save(change: object) {
  const { providers } = await house.must("loginProvider.list", {});
  const { clientId, createGuests, enabled } = providers[0] ?? {};
  const draft = { id: "other", name: "Other house", issuer: elsewhere.issuer, clientId, createGuests, enabled };
  await house.must("loginProvider.save", { ...draft, ...change });
}

const start = () => `${house.hearth.url}/oidc/login/other`;

/** Who a browser is at the house. */
async function whoIs(browser: Browser): Promise<string | undefined> {
  const page = openPage(house.hearth, browser.cookiesFor(new URL(house.hearth.url)));
  return (await page("session.current", {})).answer.person?.name;
}

/** A browser whose person is logged in at the other house. */
const visitor = (name: string) => elsewhere.browserOf(name);

/** Up to the provider's answer, which the browser does not bring back yet. */
async function answerFor(browser: Browser, path: string | URL = start()): Promise<URL> {
  return (await browser.follow(path, `${house.hearth.url}/oidc/callback`)).url;
}

/** Links somebody's account at the other house to theirs here. */
async function link(browser: Browser, next = "/account") {
  const page = openPage(house.hearth, browser.cookiesFor(new URL(`${house.hearth.url}/oidc/callback`)));
  const { answer, status, setCookies } = await page("providerLink.begin", { providerId: "other", next });
  expect(status).toBe(200);
  browser.keep(setCookies, new URL(house.hearth.url));
  return browser.request(await answerFor(browser, answer.url));
}

test("the login page is told where one can log in, without a secret", async () => {
  const { providers } = await house.must("loginProvider.options", {});
  expect(providers).toEqual([{ id: "other", name: "Other house", loginPath: "/oidc/login/other" }]);
  const listed = await house.must("loginProvider.list", {});
  expect(listed.providers[0]).toMatchObject({ hasSecret: true, createGuests: false, linkedPeople: 0 });
  expect(JSON.stringify(listed)).not.toContain(secret);
  const stored = ["hearth.db", "hearth.db-wal"].map((name) => readFileSync(join(house.hearth.dataDir, name), "latin1"));
  expect(stored.join("")).not.toContain(secret);
  expect(await house.must("loginProvider.test", { issuer: elsewhere.issuer })).toMatchObject({
    ok: true,
    problems: [],
  });
  const nobody = await house.must("loginProvider.test", { issuer: house.hearth.url });
  expect(nobody).toMatchObject({ ok: false, authorizationEndpoint: null });
});

test("the same name elsewhere is not the same person: nobody gets in before they have linked", async () => {
  const browser = await visitor("alice");
  const answered = await browser.request(await answerFor(browser));
  expect(answered.status).toBe(403);
  expect(await answered.text()).toContain("Nobody here has linked that account");
  expect(await whoIs(browser)).toBeUndefined();
});

test("somebody links their account, and logs in with it from another browser", async () => {
  const browser = await visitor("alice");
  await browser.logIn(house.hearth, house.hearth.user, house.hearth.password);
  const linked = await link(browser);
  expect([linked.status, linked.headers.get("location")]).toEqual([303, "/account"]);
  const { links } = await house.must("providerLink.list", {});
  expect(links).toMatchObject([{ providerId: "other", providerName: "Other house", label: "alice" }]);

  const fresh = await visitor("alice");
  const answered = await fresh.request(await answerFor(fresh, `${start()}?next=/files`));
  expect([answered.status, answered.headers.get("location")]).toEqual([303, "/files"]);
  expect(await whoIs(fresh)).toBe("alice");
  const page = openPage(house.hearth, fresh.cookiesFor(new URL(house.hearth.url)));
  expect((await page("session.current", {})).answer.factors).toEqual(["provider"]);
});

test("an answer counts once, in the browser that asked, with the state it was given", async () => {
  const browser = await visitor("alice");
  const callback = await answerFor(browser);
  const stranger = openBrowser();
  expect((await stranger.request(callback)).status).toBe(410);
  const wrong: Record<string, string | null>[] = [
    { state: "wrong" },
    { state: null },
    { code: "wrong" },
    { code: null },
    { iss: "http://evil.example" },
    { iss: null },
    { error: "access_denied" },
  ];
  for (const change of wrong) {
    const url = new URL(callback);
    for (const [name, value] of Object.entries(change)) {
      if (value === null) url.searchParams.delete(name);
      else url.searchParams.set(name, value);
    }
    const answered = await browser.request(url);
    expect([change, answered.status]).toEqual([change, 403]);
    expect(answered.headers.get("content-security-policy")).toContain("default-src 'none'");
  }
  expect(await whoIs(browser)).toBeUndefined();
  // Trying a wrong code has not used up the right one, nor has the cookie gone.
  expect((await browser.request(callback)).status).toBe(303);
  expect(await whoIs(browser)).toBe("alice");
  expect((await browser.request(callback)).status).toBe(410);
});

test("two logins at once in one browser do not mix", async () => {
  const browser = await visitor("alice");
  const first = await answerFor(browser);
  const second = await answerFor(browser);
  expect((await browser.request(first)).status).toBe(403);
  expect((await browser.request(second)).status).toBe(303);
});

test("what leads on after the login stays on this site", async () => {
  for (const next of ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]) {
    const browser = await visitor("alice");
    const answered = await browser.request(await answerFor(browser, `${start()}?next=${encodeURIComponent(next)}`));
    expect([next, answered.headers.get("location")]).toEqual([next, "/"]);
  }
});

test("an account elsewhere belongs to one person here, and only the session that began may link it", async () => {
  await house.person("ben");
  const browser = await visitor("alice");
  await house.logInAs(browser, "ben");
  expect((await link(browser)).status).toBe(409);

  await elsewhere.person("ben");
  const other = await visitor("ben");
  await house.logInAs(other, "ben");
  const page = openPage(house.hearth, other.cookiesFor(new URL(house.hearth.url)));
  const begun = await page("providerLink.begin", { providerId: "other" });
  other.keep(begun.setCookies, new URL(house.hearth.url));
  const callback = await answerFor(other, begun.answer.url);
  await other.logIn(house.hearth, house.hearth.user, house.hearth.password);
  expect((await other.request(callback)).status).toBe(403);
  const { links } = await house.must("providerLink.list", {});
  expect(links.length).toBe(1);
});

test("whoever is switched off does not get in, nor after unlinking", async () => {
  const id = await house.person("carla");
  await elsewhere.person("carla");
  const browser = await visitor("carla");
  await house.logInAs(browser, "carla");
  expect((await link(browser)).status).toBe(303);
  await house.must("people.update", { id, disabled: true });
  const fresh = await visitor("carla");
  expect((await fresh.request(await answerFor(fresh))).status).toBe(403);
  await house.must("people.update", { id, disabled: false });
  const back = await visitor("carla");
  expect((await back.request(await answerFor(back))).status).toBe(303);
  const page = openPage(house.hearth, back.cookiesFor(new URL(house.hearth.url)));
  expect((await page("providerLink.remove", { providerId: "other" })).status).toBe(200);
  const unlinked = await visitor("carla");
  expect((await unlinked.request(await answerFor(unlinked))).status).toBe(403);
});

test("new people come as guests only when that is switched on, beside whoever has their name", async () => {
  await elsewhere.person("dora");
  await house.person("dora");
  const refused = await visitor("dora");
  expect((await refused.request(await answerFor(refused))).status).toBe(403);
  await save({ createGuests: true });
  const browser = await visitor("dora");
  expect((await browser.request(await answerFor(browser))).status).toBe(303);
  expect(await whoIs(browser)).toBe("dora-2");
  const again = await visitor("dora");
  expect((await again.request(await answerFor(again))).status).toBe(303);
  expect(await whoIs(again)).toBe("dora-2");
  const { people } = await house.must("people.list", {});
  const guest = people.find(({ name }: { name: string }) => name === "dora-2");
  expect(guest).toMatchObject({ displayName: "DORA", roles: ["guest"] });
  await save({ createGuests: false });
});

test("logins and links are in the audit, refused ones too", async () => {
  const { entries } = await house.must("audit.search", { text: "login-provider other" });
  const seen = entries.map(
    ({ operation, outcome }: { operation: string; outcome: string }) => `${operation} ${outcome}`,
  );
  expect(seen).toEqual(expect.arrayContaining(["loginProvider.login allowed", "providerLink.finish allowed"]));
});

test("a provider that is switched off or gone lets nobody in; its issuer cannot be exchanged", async () => {
  const exchanged = await house.admin("loginProvider.save", {
    id: "other",
    name: "Other house",
    issuer: "https://evil.example",
    clientId: "x",
  });
  expect(exchanged.status).toBe(409);
  const browser = await visitor("alice");
  const callback = await answerFor(browser);
  await save({ enabled: false });
  expect((await browser.request(callback)).status).toBe(404);
  expect((await openBrowser().request(start())).status).toBe(404);
  expect((await house.must("loginProvider.options", {})).providers).toEqual([]);
  await house.must("loginProvider.remove", { id: "other" });
  expect((await house.must("providerLink.list", {})).links).toEqual([]);
});
