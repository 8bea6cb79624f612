import * as client from "openid-client";
import type { RunningHearth } from "#kit";

/** An application's own address; nobody listens there, the test plays its browser. */
export const redirectUri = "http://127.0.0.1:9/callback";

export type Call = Awaited<ReturnType<typeof openPage>>;

/** What a page at a browser can do: operations with a session's cookie. */
export function openPage(hearth: Pick<RunningHearth, "url">, cookie: string) {
  return async (name: string, input: unknown): Promise<{ status: number; answer: any; cookies: string[] }> => {
    const response = await fetch(`${hearth.url}/api/${name}`, {
      method: "POST",
      headers: { cookie, origin: hearth.url, "content-type": "application/json" },
      body: JSON.stringify(input),
    });
    return { status: response.status, answer: await response.json(), cookies: response.headers.getSetCookie() };
  };
}

/** A browser as far as logins need one: cookies by path, redirects one by one, and buttons of forms. */
export function openBrowser() {
  const jar = new Map<string, { readonly value: string; readonly path: string; readonly host: string }>();
  const browser = {
    keep: (setCookies: readonly string[], url: URL) => {
      for (const line of setCookies) {
        const [pair = "", ...flags] = line.split(";").map((part) => part.trim());
        const [name = "", value = ""] = [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)];
        const path = flags.find((flag) => /^path=/i.test(flag))?.slice(5) ?? "/";
        const isGone = flags.some((flag) => /^max-age=0$/i.test(flag) || /^expires=thu, 01 jan 1970/i.test(flag));
        const key = `${url.host} ${path} ${name}`;
        if (isGone || value === "") jar.delete(key);
        else jar.set(key, { value: `${name}=${value}`, path, host: url.host });
      }
    },
    cookiesFor: (url: URL) =>
      [...jar.values()]
        .filter(({ path, host }) => {
          const folder = path.endsWith("/") ? path : `${path}/`;
          return host === url.host && (url.pathname === path || url.pathname.startsWith(folder));
        })
        .map(({ value }) => value)
        .join("; "),
    /** Cookie names held, for looking at. */
    names: () => [...jar.values()].map(({ value }) => value.split("=")[0]),
    request: async (address: string | URL, form?: Readonly<Record<string, string>>): Promise<Response> => {
      const url = new URL(address);
      const headers = new Headers({ cookie: browser.cookiesFor(url) });
      if (form !== undefined) headers.set("origin", url.origin);
      const body = form === undefined ? undefined : new URLSearchParams(form);
      const method = form === undefined ? "GET" : "POST";
      const response = await fetch(url, { method, headers, body: body ?? null, redirect: "manual" });
      browser.keep(response.headers.getSetCookie(), url);
      return response;
    },
    /** Follows redirects until somebody answers with a page, or the way leads to `until`. */
    follow: async (first: string | URL, until: string): Promise<{ url: URL; response: Response | undefined }> => {
      let url = new URL(first);
      for (let step = 0; step < 12; step++) {
        if (url.href.startsWith(until)) return { url, response: undefined };
        // oxlint-disable-next-line no-await-in-loop -- one redirect leads to the next
        const response = await browser.request(url);
        const location = response.headers.get("location");
        if (location === null) return { url, response };
        url = new URL(location, url);
      }
      throw new Error(`too many redirects, at ${url.href}`);
    },
    logIn: async (hearth: { readonly url: string }, name: string, password: string) => {
      const url = new URL(`${hearth.url}/api/session.login`);
      const response = await fetch(url, {
        method: "POST",
        headers: { origin: url.origin, "content-type": "application/json" },
        body: JSON.stringify({ name, password }),
      });
      if (response.status !== 200) throw new Error(`login: ${response.status} ${await response.text()}`);
      browser.keep(response.headers.getSetCookie(), url);
    },
  };
  return browser;
}
export type Browser = ReturnType<typeof openBrowser>;

export interface Registered {
  readonly id: string;
  readonly secret: string | null;
}

export async function describe(issuer: string, { id, secret }: Registered): Promise<client.Configuration> {
  const authentication = secret === null ? client.None() : client.ClientSecretBasic(secret);
  return client.discovery(new URL(issuer), id, undefined, authentication, { execute: [client.allowInsecureRequests] });
}

export interface Asked {
  readonly url: URL;
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
}

/** What an application sends the browser away with. */
export async function ask(
  configuration: client.Configuration,
  change: Readonly<Record<string, string>> = {},
): Promise<Asked> {
  const verifier = client.randomPKCECodeVerifier();
  const [state, nonce] = [client.randomState(), client.randomNonce()];
  const parameters: Record<string, string> = {
    redirect_uri: redirectUri,
    scope: "openid profile groups",
    state,
    nonce,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    ...change,
  };
  for (const name of Object.keys(parameters)) if (parameters[name] === "") delete parameters[name];
  return { url: client.buildAuthorizationUrl(configuration, parameters), verifier, state, nonce };
}

/** The person says yes where they are asked; the address the application is called back at. */
export async function walk(browser: Browser, start: URL, decision = "allow"): Promise<URL> {
  const arrived = await browser.follow(start, redirectUri);
  if (arrived.response === undefined) return arrived.url;
  const text = await arrived.response.text();
  if (!arrived.url.pathname.startsWith("/oidc/consent/") || !text.includes('value="allow"')) {
    throw new Error(`stopped at ${arrived.url.pathname}: ${arrived.response.status} ${text}`);
  }
  const answered = await browser.request(arrived.url, { decision });
  const location = answered.headers.get("location");
  if (location === null) throw new Error(`the answer led nowhere: ${answered.status}`);
  return (await browser.follow(new URL(location, arrived.url), redirectUri)).url;
}

export function redeem(configuration: client.Configuration, callback: URL, { verifier, state, nonce }: Asked) {
  return client.authorizationCodeGrant(configuration, callback, {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
    idTokenExpected: true,
  });
}
