import type * as Library from "oidc-provider";
import type { AdapterPayload, Configuration, FindAccount, KoaContextWithOIDC, Provider } from "oidc-provider";
import type { Clock } from "#platform/clock";
import type { Logger } from "#platform/log";
import type { Identity } from "#security/identity";
import type { ArtifactRepository } from "./artifact-repository.ts";
import type { Clients } from "./clients.ts";
import type { Consents } from "./consents.ts";
import type { OidcClient } from "./contract.ts";
import type { Keys, SigningKey } from "./keys.ts";
import { doorHeaders, doorPage, html, trustedMarkup } from "./pages.ts";
import { createAdapter } from "./provider-adapter.ts";
import { oneFactor, twoFactors } from "./provider-assurance.ts";
import { tellHappenings } from "./provider-happenings.ts";
import { arrivalOf } from "./provider-koa-bridge.ts";

export interface EngineDeps {
  readonly keys: Keys;
  readonly artifacts: ArtifactRepository;
  readonly clients: Clients;
  readonly consents: Consents;
  readonly clock: Clock;
  readonly log: Logger;
  readonly identity: Pick<Identity, "find">;
}

export const mount = "/oidc";
/** Where a person is asked, followed by the id of the question. */
export const consentPath = `${mount}/consent/`;
export const sessionCookie = "hearth-oidc";
const minuteS = 60;
const hourS = 3600;
const dayS = 86_400;

/** A provider with the smallest surface that serves: authorization code with PKCE, nothing else. */
export function configure(
  library: typeof Library,
  origin: string,
  keys: readonly SigningKey[],
  deps: EngineDeps,
): Provider {
  const provider = new library.Provider(`${origin}${mount}`, {
    ...protocol,
    ...policies(library, deps),
    adapter: createAdapter({
      ...deps,
      clientMetadata: (id) => metadataOf(deps.clients.find(id), deps.clients.secretHash(id)),
      alreadyUsed: () => new library.errors.InvalidGrant("already consumed"),
    }),
    jwks: { keys: keys.map(({ jwk }) => jwk) } as NonNullable<Configuration["jwks"]>,
    cookies: {
      names: { session: sessionCookie, interaction: `${sessionCookie}-interaction`, resume: `${sessionCookie}-resume` },
      long: { httpOnly: true, sameSite: "lax", path: mount },
      short: { httpOnly: true, sameSite: "lax" },
    },
  });
  // Secrets are kept as hashes only, so the library cannot compare them itself.
  provider.Client.prototype.compareClientSecret = function compare(this: { clientId: string }, given: string) {
    return deps.clients.isSecret(this.clientId, given);
  };
  provider.use(async (ctx, next) => {
    for (const [name, value] of Object.entries(doorHeaders)) if (name !== "content-type") ctx.set(name, value);
    await next();
    const oidc = (ctx as Partial<KoaContextWithOIDC>).oidc;
    const isLogout =
      oidc?.route === "end_session_confirm" && ctx.status === 303 && oidc.params?.["logout"] !== undefined;
    if (isLogout) arrivalOf(ctx.req)?.onLogout?.();
  });
  tellHappenings(provider);
  provider.on("server_error", (_ctx, cause) => deps.log.error("the OpenID provider failed", { cause }));
  return provider;
}

const protocol: Configuration = {
  acrValues: [oneFactor, twoFactors],
  responseTypes: ["code"],
  scopes: ["openid", "offline_access"],
  claims: {
    openid: ["sub", "acr", "amr", "auth_time"],
    profile: ["name", "preferred_username"],
    groups: ["groups"],
    sid: null,
    iss: null,
  },
  // Many services read names and groups from the ID token and never ask for more.
  conformIdTokenClaims: false,
  clientAuthMethods: ["client_secret_basic", "client_secret_post", "none"],
  enabledJWA: { idTokenSigningAlgValues: ["RS256", "ES256"] },
  pkce: { required: () => true },
  allowOmittingSingleRegisteredRedirectUri: false,
  routes: {
    authorization: "/auth",
    end_session: "/logout",
    introspection: "/introspect",
    jwks: "/jwks",
    revocation: "/revoke",
    token: "/token",
    userinfo: "/userinfo",
  },
  ttl: {
    AccessToken: hourS,
    AuthorizationCode: minuteS,
    IdToken: hourS,
    Interaction: 15 * minuteS,
    RefreshToken: 30 * dayS,
    Grant: 180 * dayS,
    Session: 14 * dayS,
  },
  rotateRefreshToken: true,
  clientBasedCORS: (_ctx, from, client) =>
    client.clientAuthMethod === "none" && (client.redirectUris ?? []).some((uri) => new URL(uri).origin === from),
};

/** Whatever depends on people: who they are, whether they may, and the pages they see. */
function policies(library: typeof Library, deps: EngineDeps): Configuration {
  return {
    findAccount: findAccount(deps),
    interactions: {
      policy: interactionPolicy(library, deps),
      url: (_ctx, interaction) => `${consentPath}${interaction.uid}`,
    },
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      resourceIndicators: { enabled: false },
      revocation: { enabled: true },
      introspection: {
        enabled: true,
        allowedPolicy: async (ctx, client, token) => {
          const { clientId, accountId } = token as { clientId?: string; accountId?: string };
          return clientId === client.clientId && (await findAccount(deps)(ctx, accountId ?? "")) !== undefined;
        },
      },
      rpInitiatedLogout: { enabled: true, logoutSource, postLogoutSuccessSource },
    },
    renderError: (ctx, out) => {
      ctx.type = "html";
      ctx.body = doorPage(
        "This login cannot go on",
        html`<p>${out.error_description ?? out.error}</p>
          <small
            >${out.error}. Go back to the application and try again; if it stays so, its settings here need a
            look.</small
          >`,
      );
    },
  };
}

/** Asked for every request that carries a token: who was disabled or lost the right is refused at once. */
function findAccount({ clients, consents, identity }: EngineDeps): FindAccount {
  return async (ctx, subject) => {
    const person = identity.find(consents.personOf(subject) ?? 0);
    const client = ctx.oidc.client === undefined ? undefined : clients.find(ctx.oidc.client.clientId);
    if (person === undefined || person.disabled || client === undefined || !clients.mayUse(client, person)) {
      return undefined;
    }
    return {
      accountId: subject,
      claims: () => ({
        sub: subject,
        name: person.displayName,
        preferred_username: person.name,
        groups: person.groups,
      }),
    };
  };
}

/** The library's own checks and two of the house; whatever they ask for is settled on the consent page. */
function interactionPolicy({ interactionPolicy: policy }: typeof Library, { clients, clock }: EngineDeps) {
  const prompts = policy.base();
  const { Check } = policy;
  const login = prompts.get("login") as Library.interactionPolicy.Prompt;
  const details = login.details;
  // The library notes seconds; whether a login came before or after the question can be closer than that.
  login.details = async (ctx) => ({ ...(await details(ctx)), askedAtMs: clock.now() });
  const noRight = new Check("no_right", "this account may not use the application", "access_denied", ({ oidc }) =>
    Boolean(oidc.session?.accountId !== undefined && oidc.account === undefined),
  );
  const weak = new Check("two_factors", "two factors are asked for", "login_required", ({ oidc }) => {
    const client = clients.find(oidc.client?.clientId ?? "");
    return client?.requireTwoFactors === true && oidc.session?.acr !== twoFactors;
  });
  login.checks.add(noRight);
  login.checks.add(weak);
  return prompts;
}

function metadataOf(client: OidcClient | undefined, secretHash: string | undefined): AdapterPayload | undefined {
  if (client === undefined) return undefined;
  const isPublic = client.kind === "public";
  return {
    client_id: client.id,
    client_name: client.name,
    ...(isPublic ? {} : { client_secret: secretHash }),
    application_type: "web",
    token_endpoint_auth_method: isPublic ? "none" : "client_secret_basic",
    id_token_signed_response_alg: client.signatureAlgorithm,
    redirect_uris: client.redirectUris,
    post_logout_redirect_uris: client.postLogoutRedirectUris,
    response_types: ["code"],
    grant_types: ["authorization_code", ...(client.offlineAccess ? ["refresh_token"] : [])],
  };
}

function logoutSource(ctx: KoaContextWithOIDC, form: string): void {
  const name = ctx.oidc.client?.clientName ?? "the application";
  ctx.body = doorPage(
    "Log out of Hearth too?",
    html`<p>You have left ${name}. Whoever uses this browser next can still get in with your account here.</p>
      ${trustedMarkup(form)}
      <nav>
        <button class="primary" autofocus type="submit" form="op.logoutForm" name="logout" value="yes">Log out</button>
        <button type="submit" form="op.logoutForm">Stay logged in</button>
      </nav>`,
  );
}

function postLogoutSuccessSource(ctx: KoaContextWithOIDC): void {
  ctx.body = doorPage(
    "Done",
    html`<p>You may close this page.</p>
      <nav><a class="button" href="/">Go to Hearth</a></nav>`,
  );
}
