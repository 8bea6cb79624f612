import * as client from "openid-client";
import { type RunningHearth, startHearth } from "#kit";

/** An application's own address; nobody listens there, the test plays its browser. */
export const redirectUri = "http://127.0.0.1:9/callback";

interface Reply {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- a test says itself what it expects
  readonly answer: any;
  readonly setCookies: string[];
}

/** What a page at a browser can do: operations with a session's cookie. */
export function openPage({ url }: { readonly url: string }, cookie: string) {
  return async (name: string, input: unknown): Promise<Reply> => {
    const response = await fetch(`${url}/api/${name}`, {
      method: "POST",
      headers: { cookie, origin: url, "content-type": "application/json" },
      body: JSON.stringify(input),
    });
    return { status: response.status, answer: await response.json(), setCookies: response.headers.getSetCookie() };
  };
}

/** A browser as far as logins need one: cookies by path, redirects one by one, and buttons of forms. */
export function openBrowser() {
  const jar = new Map<string, { readonly value: string; readonly path: string; readonly host: string }>();
  const browser = {
    keep: (setCookies: readonly string[], url: URL) => {
      for (const line of setCookies) {
        const [pair = "", ...flags] = line.split(";").map((part) => part.trim());
        const name = pair.slice(0, pair.indexOf("="));
        const value = pair.slice(name.length + 1);
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

const password = "a quiet green lantern";

export type House = Awaited<ReturnType<typeof openHouse>>;

/** The real program with an owner, and what these tests do at it. */
export async function openHouse() {
  const hearth: RunningHearth = await startHearth();
  const issuer = `${hearth.url}/oidc`;
  const admin = openPage(hearth, hearth.cookie);
  const must = async (name: string, input: unknown) => {
    const { answer, status } = await admin(name, input);
    if (status !== 200) throw new Error(`${name}: ${JSON.stringify(answer)}`);
    return answer;
  };
  const browserOf = async (name: string): Promise<Browser> => {
    const browser = openBrowser();
    await browser.logIn(hearth, name, name === hearth.user ? hearth.password : password);
    return browser;
  };
  return {
    hearth,
    issuer,
    admin,
    /** An operation of the owner that has to work. */
    must,
    browserOf,
    register: async (change: object = {}): Promise<Registered> => {
      const draft = { name: "Photos", redirectUris: [redirectUri], ...change };
      const { client: made, secret } = await must("oidcClient.create", draft);
      return { id: made.id, secret };
    },
    person: async (name: string): Promise<number> => {
      const draft = { name, displayName: name.toUpperCase(), password, roles: ["member"] };
      return (await must("people.create", draft)).person.id;
    },
    /** Logs another person in at a browser that somebody was logged in at. */
    logInAs: (browser: Browser, name: string) => browser.logIn(hearth, name, password),
    /** A whole login of somebody at an application; the tokens it got, and the way back. */
    logIn: async (name: string, at: client.Configuration, change: Readonly<Record<string, string>> = {}) => {
      const browser = await browserOf(name);
      const asked = await ask(at, change);
      const callback = await walk(browser, asked.url);
      const tokens = await redeem(at, callback, asked);
      return { browser, asked, callback, tokens, subject: tokens.claims()?.sub ?? "" };
    },
    /** Whether an access token still opens anything. */
    holds: async (accessToken: string): Promise<boolean> => {
      const response = await fetch(`${issuer}/userinfo`, { headers: { authorization: `Bearer ${accessToken}` } });
      return response.status === 200;
    },
    /** The token endpoint, asked without the library's care. */
    tokenRequest: async (form: Readonly<Record<string, string>>, by: Registered, secret = by.secret) => {
      const headers = { authorization: `Basic ${btoa(`${by.id}:${secret}`)}` };
      const response = await fetch(`${issuer}/token`, { method: "POST", headers, body: new URLSearchParams(form) });
      return (await response.json()) as { error?: string };
    },
  };
}

/** The OAuth error that work ends with. */
export async function refusal(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "done",
    (thrown: { error?: string; code?: string }) => thrown.error ?? thrown.code ?? "another error",
  );
}
