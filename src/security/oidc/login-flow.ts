import type { Configuration } from "openid-client";
import { z } from "zod";
import { type Clock, type Random, randomToken } from "#platform/clock";
import { AppError } from "#platform/errors";
import type { UseCaseContext } from "#platform/usecase";
import type { SecretBox } from "#security/factors";
import { requireOwnLogin } from "#security/identity";
import { discover } from "./login-discovery.ts";
import type { LoginProviders, ReadyProvider } from "./login-providers.ts";

const flowMs = 10 * 60_000;
/** A description is asked for again after so long: keys and addresses of a provider change rarely. */
const describedForMs = 3_600_000;
const purpose = "login at a provider";

/** What a browser carries, sealed, from here to the provider and back. */
const Flow = z.object({
  providerId: z.string(),
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  redirectUri: z.string(),
  next: z.string(),
  /** Who is linking their account; absent when somebody logs in. */
  linkFor: z.object({ personId: z.int(), sessionId: z.string() }).optional(),
  untilMs: z.int(),
});
export type Flow = z.infer<typeof Flow>;

/** What a provider says of somebody, after everything about it was verified. */
export interface Arrived {
  readonly flow: Flow;
  readonly provider: ReadyProvider;
  readonly subject: string;
  readonly displayName: string;
  readonly userName: string;
  /** When the person last proved there who they are; undefined when the provider does not say. */
  readonly authenticatedAtMs: number | undefined;
}

interface Wish {
  /** This server's own, as the browser sees it. */
  readonly origin: string;
  readonly next: string;
  readonly linkFor?: Flow["linkFor"];
  /** Somebody who is logged in confirms that it is them: the provider shall ask them again, and not go by its own session. */
  readonly afresh: boolean;
}

export interface LoginFlow {
  /** Where to send the browser, and the cookie that it must bring back. */
  begin(providerId: string, wish: Wish): Promise<{ url: string; cookie: string }>;
  /** The use-case form of `begin` for somebody who is logged in; sets the cookie. */
  beginLink(context: UseCaseContext, providerId: string, next: string): Promise<{ url: string }>;
  /** Checks state, code, PKCE, signature, issuer, audience and nonce. Throws `forbidden`, `gone`, `unavailable`. */
  arrive(callback: URL, cookieHeader: string): Promise<Arrived>;
  readonly expiredCookie: string;
}

interface LoginFlowDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly secrets: SecretBox;
  readonly providers: LoginProviders;
  /** Null when it is not set. */
  readonly publicUrl: () => string | null;
}

export const callbackPath = "/oidc/callback";
const cookieName = "hearth-login";

export function createLoginFlow(deps: LoginFlowDeps): LoginFlow {
  const { clock, random, secrets, providers } = deps;
  const described = createDescriptions(clock);
  const begin: LoginFlow["begin"] = async (providerId, { origin: requestOrigin, next, linkFor, afresh }) => {
    const provider = providers.ready(providerId);
    const configuration = await described(provider);
    const library = await import("openid-client");
    const origin = deps.publicUrl() ?? requestOrigin;
    const flow: Flow = {
      providerId,
      state: randomToken(random, 256),
      nonce: randomToken(random, 256),
      verifier: library.randomPKCECodeVerifier(),
      redirectUri: `${origin}${callbackPath}`,
      next: safeNext(next),
      ...(linkFor !== undefined && { linkFor }),
      untilMs: clock.now() + flowMs,
    };
    const url = library.buildAuthorizationUrl(configuration, {
      redirect_uri: flow.redirectUri,
      scope: "openid profile",
      state: flow.state,
      nonce: flow.nonce,
      code_challenge: await library.calculatePKCECodeChallenge(flow.verifier),
      code_challenge_method: "S256",
      // OpenID Connect Core §3.1.2.1: the answer has to say when the person was asked.
      ...(afresh && { prompt: "login", max_age: "0" }),
    });
    return {
      url: url.href,
      cookie: renderCookie(secrets.seal(Buffer.from(JSON.stringify(flow)), purpose), flowMs / 1000, origin),
    };
  };
  return {
    begin,
    beginLink: async (context, providerId, next) => {
      requireOwnLogin(context);
      const { actor } = context;
      if (context.host === undefined) throw new AppError("bad-request", "The request names no host.");
      const origin = `${context.secure ? "https" : "http"}://${context.host}`;
      if (actor.via !== "session" || actor.credentialId === null) {
        throw new AppError("forbidden", "Link an account from the page, while you are logged in.");
      }
      const linkFor = { personId: actor.userId, sessionId: actor.credentialId };
      const { url, cookie } = await begin(providerId, { origin, next, linkFor, afresh: false });
      context.replyHeaders.append("set-cookie", cookie);
      return { url };
    },
    arrive: async (callback, cookieHeader) => {
      const flow = readFlow(secrets, cookieHeader);
      if (flow === undefined || clock.now() > flow.untilMs) {
        throw new AppError("gone", "This login was not begun in this browser, or more than ten minutes ago.");
      }
      const provider = providers.ready(flow.providerId);
      const claims = await redeem(await described(provider), flow, callback);
      return { flow, provider, ...claims };
    },
    expiredCookie: renderCookie("", 0, ""),
  };
}

/** Descriptions of providers, each asked for once an hour. */
function createDescriptions(clock: Clock): (provider: ReadyProvider) => Promise<Configuration> {
  const known = new Map<
    string,
    { readonly until: number; readonly key: string; readonly configuration: Promise<Configuration> }
  >();
  return (provider) => {
    const key = JSON.stringify([provider.issuer, provider.clientId, provider.clientSecret]);
    const held = known.get(provider.id);
    if (held !== undefined && held.key === key && held.until > clock.now()) return held.configuration;
    const configuration = discover(provider);
    known.set(provider.id, { until: clock.now() + describedForMs, key, configuration });
    configuration.catch(() => known.delete(provider.id));
    return configuration;
  };
}

async function redeem(configuration: Configuration, flow: Flow, callback: URL) {
  const library = await import("openid-client");
  // The provider redirects to the address we gave; behind a proxy the request may look different.
  const current = new URL(flow.redirectUri);
  current.search = callback.search;
  try {
    const tokens = await library.authorizationCodeGrant(configuration, current, {
      pkceCodeVerifier: flow.verifier,
      expectedState: flow.state,
      expectedNonce: flow.nonce,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (claims === undefined) throw new Error("no ID token");
    const { sub: subject, name, preferred_username: userName, auth_time: authTimeS } = claims;
    return {
      subject,
      userName: typeof userName === "string" ? userName : "",
      displayName: typeof name === "string" && name.trim() !== "" ? name.trim().slice(0, 100) : "",
      authenticatedAtMs: authTimeS === undefined ? undefined : Math.floor(authTimeS * 1000),
    };
  } catch (cause) {
    throw new AppError("forbidden", "The provider's answer does not hold. Begin the login again.", { cause });
  }
}

function readFlow(secrets: SecretBox, cookieHeader: string): Flow | undefined {
  const start = `${cookieName}=`;
  const sealed = cookieHeader
    .split(";")
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(start))
    ?.slice(start.length);
  if (sealed === undefined) return undefined;
  try {
    return Flow.parse(JSON.parse(Buffer.from(secrets.open(sealed, purpose)).toString()));
  } catch {
    return undefined;
  }
}

function renderCookie(value: string, maxAgeS: number, origin: string): string {
  const secure = origin.startsWith("https:") ? "; Secure" : "";
  return `${cookieName}=${value}; Path=/oidc/; Max-Age=${maxAgeS}; HttpOnly; SameSite=Lax${secure}`;
}

/** Only a path of this site: an open redirect would help phishing. */
function safeNext(next: string): string {
  return /^\/(?![/\\])[^\p{Cc}]*$/u.test(next) && !next.startsWith("/login") ? next : "/";
}
