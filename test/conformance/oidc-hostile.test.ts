import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import { type House, openBrowser, openHouse, openPage } from "./oidc-support.ts";

// Whole programs start, and every login computes a password hash.
setDefaultTimeout(60_000);

/** What a provider puts into its answer, and how this one bends it. */
interface Answer {
  claims?: Readonly<Record<string, unknown>>;
  sign?: "right" | "other-key" | "none" | "hs256" | "absent";
}

let house: House;
let provider: Awaited<ReturnType<typeof openProvider>>;

beforeAll(async () => {
  house = await openHouse();
  provider = await openProvider();
  await house.must("loginProvider.save", {
    id: "bent",
    name: "Bent",
    issuer: provider.issuer,
    clientId: "hearth",
    clientSecret: "the secret that both know, long enough for a signature",
    createGuests: true,
  });
});
afterAll(async () => {
  await house.hearth.stop();
  await provider.stop();
});

/** A provider that says whatever it is told to; its keys and its tokens are made by `jose`. */
async function openProvider() {
  const [right, wrong] = await Promise.all([generateKeyPair("RS256"), generateKeyPair("RS256")]);
  const jwk = { ...(await exportJWK(right.publicKey)), kid: "right", alg: "RS256", use: "sig" };
  let next: Answer = {};
  let redeemed = new URLSearchParams();
  const idToken = async (claims: Record<string, unknown>): Promise<string | undefined> => {
    const header = { alg: "RS256", kid: "right" };
    if (next.sign === "absent") return undefined;
    if (next.sign === "none") return new UnsecuredJWT(claims).encode();
    if (next.sign === "hs256") {
      const key = new TextEncoder().encode("the secret that both know, long enough for a signature");
      return new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(key);
    }
    const key = next.sign === "other-key" ? wrong.privateKey : right.privateKey;
    return new SignJWT(claims).setProtectedHeader(header).sign(key);
  };
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: async (request) => {
      const url = new URL(request.url);
      if (url.pathname === "/.well-known/openid-configuration") {
        return Response.json({
          issuer: url.origin,
          authorization_endpoint: `${url.origin}/auth`,
          token_endpoint: `${url.origin}/token`,
          jwks_uri: `${url.origin}/jwks`,
          response_types_supported: ["code"],
          subject_types_supported: ["public"],
          id_token_signing_alg_values_supported: ["RS256", "HS256", "none"],
        });
      }
      if (url.pathname === "/jwks") return Response.json({ keys: [jwk] });
      if (url.pathname !== "/token") return new Response(null, { status: 404 });
      redeemed = new URLSearchParams(await request.text());
      const nowS = Math.floor(Date.now() / 1000);
      const claims = { iss: url.origin, aud: "hearth", sub: "s1", iat: nowS, exp: nowS + 60, ...next.claims };
      const body = { access_token: "a", token_type: "Bearer", id_token: await idToken(claims) };
      return Response.json(body);
    },
  });
  return {
    issuer: server.url.origin,
    answerWith: (answer: Answer) => {
      next = answer;
    },
    redeemed: () => redeemed,
    stop: () => server.stop(true),
  };
}

/** A login whose provider answers like that; the status, and who the browser is then. */
async function logIn(answer: (asked: URLSearchParams) => Answer, browser = openBrowser()) {
  const begun = await browser.request(`${house.hearth.url}/oidc/login/bent`);
  const asked = new URL(begun.headers.get("location") ?? "").searchParams;
  provider.answerWith(answer(asked));
  const callback = new URL(asked.get("redirect_uri") ?? "");
  callback.search = new URLSearchParams({ code: "c", state: asked.get("state") ?? "" }).toString();
  const { status } = await browser.request(callback);
  const page = openPage(house.hearth, browser.cookiesFor(new URL(house.hearth.url)));
  const { person, stepUpUntilMs } = (await page("session.current", {})).answer;
  return { status, asked, person: person?.name, isFresh: stepUpUntilMs !== null };
}

test("an honest answer logs in: code, PKCE with S256, state and nonce are all asked for", async () => {
  const { status, asked, person } = await logIn((given) => ({
    claims: { nonce: given.get("nonce"), preferred_username: "Eve Ärger@example.org" },
  }));
  expect([status, person]).toEqual([303, "everger"]);
  expect(asked.get("response_type")).toBe("code");
  expect(asked.get("code_challenge_method")).toBe("S256");
  const verifier = provider.redeemed().get("code_verifier") ?? "";
  expect(Bun.SHA256.hash(verifier, "base64url")).toBe(asked.get("code_challenge") ?? "");
  expect(provider.redeemed().get("redirect_uri")).toBe(asked.get("redirect_uri"));
});

test("a provider's own session confirms nothing: what counts is when it asked the person", async () => {
  const nowS = Math.floor(Date.now() / 1000);
  const browser = openBrowser();
  const at = (auth_time: number | undefined) => (asked: URLSearchParams) => ({
    claims: { nonce: asked.get("nonce"), sub: "fresh", auth_time },
  });
  expect(await logIn(at(nowS), browser)).toMatchObject({ status: 303, isFresh: true });
  const again = await logIn(at(nowS - 3600), browser);
  expect([again.asked.get("prompt"), again.asked.get("max_age"), again.isFresh]).toEqual(["login", "0", false]);
  expect(await logIn(at(undefined), browser)).toMatchObject({ status: 303, isFresh: false });
  expect(await logIn(at(nowS), browser)).toMatchObject({ status: 303, isFresh: true });
});

const bent: Record<string, (nonce: string | null) => Answer> = {
  "another nonce": () => ({ claims: { nonce: "another" } }),
  "no nonce": () => ({}),
  "alg none": (nonce) => ({ claims: { nonce }, sign: "none" }),
  "a key that is not published": (nonce) => ({ claims: { nonce }, sign: "other-key" }),
  "the client's secret as key": (nonce) => ({ claims: { nonce }, sign: "hs256" }),
  "no ID token at all": () => ({ sign: "absent" }),
  "meant for another application": (nonce) => ({ claims: { nonce, aud: "another" } }),
  "meant for several, this one not the party": (nonce) => ({
    claims: { nonce, aud: ["hearth", "another"], azp: "another" },
  }),
  "from another issuer": (nonce) => ({ claims: { nonce, iss: "https://evil.example" } }),
  expired: (nonce) => ({ claims: { nonce, exp: 1_000_000_000 } }),
  "without a subject": (nonce) => ({ claims: { nonce, sub: undefined } }),
};

for (const [name, answer] of Object.entries(bent)) {
  test(`refused: an answer with ${name}`, async () => {
    const { status, person } = await logIn((asked) => answer(asked.get("nonce")));
    expect([status, person]).toEqual([403, undefined]);
  });
}

test("a name that the provider chose becomes no more than a name", async () => {
  const names = ["../../etc/passwd", "ALICE", "-._<b>", "x".repeat(300)];
  for (const [index, preferred_username] of names.entries()) {
    const { status, person } = await logIn((asked) => ({
      claims: { nonce: asked.get("nonce"), sub: `name-${index}`, preferred_username, name: preferred_username },
    }));
    expect(status).toBe(303);
    expect(person).toMatch(/^[a-z0-9][a-z0-9._-]{0,31}$/);
    expect(person).not.toBe("alice");
  }
});
