// needs: chromium
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import * as client from "openid-client";
import type { Page } from "playwright-core";
import { describe as discover, type House, openHouse } from "../conformance/oidc-support.ts";
import { focused, useBrowser } from "./browser-support.ts";

// Whole programs and a browser start.
setDefaultTimeout(60_000);

const visit = useBrowser();
let house: House;
let app: Awaited<ReturnType<typeof openApplication>>;

beforeAll(async () => {
  house = await openHouse();
  app = await openApplication(house, "Recipes");
});
afterAll(async () => {
  await app.stop();
  await house.hearth.stop();
});

/** A small service that lets people in with their account at the house, made with a library that is not ours. */
async function openApplication(at: House, name: string, change: object = {}) {
  const waiting = new Map<string, { readonly verifier: string; readonly nonce: string }>();
  let idToken = "";
  const begin = async (url: URL): Promise<Response> => {
    const [verifier, state, nonce] = [client.randomPKCECodeVerifier(), client.randomState(), client.randomNonce()];
    waiting.set(state, { verifier, nonce });
    const asked = client.buildAuthorizationUrl(configuration, {
      redirect_uri: `${url.origin}/callback`,
      scope: "openid profile groups",
      state,
      nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
    });
    return Response.redirect(asked.href, 303);
  };
  const finish = async (url: URL): Promise<Response> => {
    const state = url.searchParams.get("state") ?? "";
    const { verifier = "", nonce = "" } = waiting.get(state) ?? {};
    const checks = { pkceCodeVerifier: verifier, expectedNonce: nonce, expectedState: state };
    const text = await client.authorizationCodeGrant(configuration, url, checks).then(
      (tokens) => {
        idToken = tokens.id_token ?? "";
        return `Welcome, ${tokens.claims()?.["name"] as string}`;
      },
      (error: { error?: string }) => `Not let in: ${error.error}`,
    );
    return page(text);
  };
  const page = (text: string) =>
    new Response(`<!doctype html><title>${name}</title><link rel="icon" href="data:,"><h1>${text}</h1>`, {
      headers: { "content-type": "text/html" },
    });
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request) => {
      const url = new URL(request.url);
      if (url.pathname === "/") return begin(url);
      return url.pathname === "/callback" ? finish(url) : page("You are out");
    },
  });
  const { origin } = server.url;
  const registered = await at.register({
    name,
    redirectUris: [`${origin}/callback`],
    postLogoutRedirectUris: [`${origin}/out`],
    ...change,
  });
  const configuration = await discover(at.issuer, registered);
  return {
    url: origin,
    logoutUrl: () =>
      client.buildEndSessionUrl(configuration, { id_token_hint: idToken, post_logout_redirect_uri: `${origin}/out` })
        .href,
    stop: () => server.stop(true),
  };
}

async function enterPassword(page: Page): Promise<void> {
  await page.getByLabel("Name").fill(house.hearth.user);
  await page.getByRole("textbox", { name: "Password" }).fill(house.hearth.password);
  await page.getByRole("button", { name: "Log in", exact: true }).click();
}

const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name });

test("from an application through the login and the question, and back; then out again", async () => {
  const { page } = await visit({ url: house.hearth.url });
  await page.goto(app.url);
  await enterPassword(page);
  await heading(page, "Log in to Recipes?").waitFor();
  expect(await page.getByRole("listitem").allInnerTexts()).toEqual([
    expect.stringContaining("recognise you"),
    expect.stringContaining("see your name"),
    expect.stringContaining("see your groups"),
  ]);
  // By keyboard alone: the answer that goes on has the focus.
  await focused(page.getByRole("button", { name: "Allow" }));
  await page.keyboard.press("Enter");
  await heading(page, "Welcome, alice").waitFor();

  await page.goto(app.url);
  await heading(page, "Welcome, alice").waitFor();

  await page.goto(app.logoutUrl());
  await heading(page, "Log out of Hearth too?").waitFor();
  await page.getByRole("button", { name: "Log out", exact: true }).click();
  await heading(page, "You are out").waitFor();
  await page.goto(app.url);
  await page.getByRole("button", { name: "Log in", exact: true }).waitFor();
});

test("saying no leads back to the application", async () => {
  const other = await openApplication(house, "Calendar");
  try {
    const { page } = await visit({ url: house.hearth.url, cookie: house.hearth.cookie });
    await page.goto(other.url);
    await page.getByRole("button", { name: "Not now" }).click();
    await heading(page, "Not let in: access_denied").waitFor();
  } finally {
    await other.stop();
  }
});

describe.each([
  { isPhone: false, isDark: false },
  { isPhone: false, isDark: true },
  { isPhone: true, isDark: false },
  { isPhone: true, isDark: true },
])("phone: $isPhone, dark: $isDark", (look) => {
  test("axe-core finds nothing on the pages at the door, and nothing scrolls sideways", async () => {
    const asking = await openApplication(house, "An application with a name that is longer than the column is wide");
    const strict = await openApplication(house, "Vault", { requireTwoFactors: true });
    const closed = await openApplication(house, "Club", {
      audience: { everyone: false, groupIds: [], personIds: [] },
    });
    const cookie = (await house.browserOf("alice")).cookiesFor(new URL(house.hearth.url));
    const visited = await visit({ url: house.hearth.url, cookie, ...look });
    const { page, problems } = visited;
    try {
      const doors: readonly (readonly [string, string])[] = [
        [asking.url, "Log in to An application with a name that is longer than the column is wide?"],
        [strict.url, "A second factor is needed"],
        [closed.url, "Club is not for this account"],
        [`${house.hearth.url}/oidc/consent/unknown`, "This login has expired"],
        [`${house.hearth.url}/oidc/callback?code=c&state=s`, "The login did not work"],
        [`${house.issuer}/auth?client_id=unknown`, "This login cannot go on"],
        [`${house.issuer}/logout/success`, "Done"],
      ];
      for (const [url, title] of doors) {
        await page.goto(url);
        await heading(page, title).waitFor();
        expect([title, await visited.axe(), await visited.overflowPx()]).toEqual([title, [], 0]);
      }
      // That these pages answer with 4xx is what the console tells of; nothing else may be there.
      expect(problems.splice(0).filter((problem) => !/status of 4\d\d/.test(problem))).toEqual([]);
    } finally {
      await Promise.all([asking.stop(), strict.stop(), closed.stop()]);
    }
  });
});
