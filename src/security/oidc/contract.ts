import { z } from "zod";
import { defineContract } from "#wire";

const Uri = z.url().max(2048);
const DisplayName = z.string().trim().min(1).max(100);

/** Who may log in to an application here: everybody, or the members of groups and single people. */
const ClientAudience = z.object({
  everyone: z.boolean(),
  groupIds: z.array(z.int()).max(200),
  personIds: z.array(z.int()).max(1000),
});

const clientFields = {
  name: DisplayName,
  /** Compared letter by letter. `https:`, or `http:` to this machine or a private address. */
  redirectUris: z.array(Uri).min(1).max(20),
  /** Where the application may send the browser after a logout. */
  postLogoutRedirectUris: z.array(Uri).max(20),
  audience: ClientAudience,
  /** Only people who have shown two factors get in. */
  requireTwoFactors: z.boolean(),
  /** Whether each person is asked once before the application learns their name and groups. */
  askConsent: z.boolean(),
  /** Whether it may keep people logged in while they are away (refresh tokens; scope `offline_access`). */
  offlineAccess: z.boolean(),
  /** How what it is told about a person is signed. Every library knows RS256. */
  signatureAlgorithm: z.enum(["RS256", "ES256"]),
};

/** An application that lets people log in with their account here (OpenID Connect relying party). */
export const OidcClient = z.object({
  /** Its `client_id`. */
  id: z.string(),
  /** Confidential: it runs on a server and has a secret. Public: it runs at the person, in a browser or as an app. */
  kind: z.enum(["confidential", "public"]),
  ...clientFields,
  /** A redirect goes over plain HTTP: whoever shares the network could read the login. */
  plainHttp: z.boolean(),
  createdAtMs: z.int(),
  lastUsedAtMs: z.int().nullable(),
});
export type OidcClient = z.infer<typeof OidcClient>;

const newClient = {
  kind: z.enum(["confidential", "public"]).default("confidential"),
  name: clientFields.name,
  redirectUris: clientFields.redirectUris,
  postLogoutRedirectUris: clientFields.postLogoutRedirectUris.default([]),
  audience: clientFields.audience.default({ everyone: true, groupIds: [], personIds: [] }),
  requireTwoFactors: z.boolean().default(false),
  askConsent: z.boolean().default(true),
  offlineAccess: z.boolean().default(false),
  signatureAlgorithm: clientFields.signatureAlgorithm.default("RS256"),
};

/** What a person has allowed an application. */
const Consent = z.object({
  clientId: z.string(),
  clientName: z.string(),
  /** Of `openid`, `profile`, `groups`, `offline_access`. */
  scopes: z.array(z.string()),
  grantedAtMs: z.int(),
  lastUsedAtMs: z.int(),
});

const ProviderId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, "use 1 to 32 of a-z, 0-9 and dash, starting with a letter or digit");

/** Another place where people of this household have an account, and can log in here with it. */
export const LoginProvider = z.object({
  id: ProviderId,
  name: DisplayName,
  issuer: Uri,
  clientId: z.string().min(1).max(500),
  /** The secret itself is never given out. */
  hasSecret: z.boolean(),
  /** Shown on the login page. */
  enabled: z.boolean(),
  /** Somebody unknown gets an account as guest. Off: only who has linked their account gets in. */
  createGuests: z.boolean(),
  linkedPeople: z.int(),
  createdAtMs: z.int(),
});
export type LoginProvider = z.infer<typeof LoginProvider>;

/** A person's account at a provider, tied to the account here by issuer and subject. */
const ProviderLink = z.object({
  providerId: ProviderId,
  providerName: z.string(),
  /** What the provider called the account when it was linked; for people, never compared. */
  label: z.string(),
  linkedAtMs: z.int(),
  lastUsedAtMs: z.int().nullable(),
});

export const oidcContract = defineContract({
  "oidc.readSettings": {
    summary: "Where applications find this provider, and its keys.",
    input: z.object({}),
    output: z.object({
      /** Null: the address each request came to. Applications are told `<publicUrl>/oidc` as issuer. */
      publicUrl: z.string().nullable(),
      /** To be entered at other providers, behind the address of this server. */
      callbackPath: z.literal("/oidc/callback"),
      /** Newest first; empty until the first login. */
      keys: z.array(z.object({ kid: z.string(), algorithm: z.string(), createdAtMs: z.int(), signs: z.boolean() })),
    }),
    permission: "security.manage",
    effect: "read",
  },
  "oidc.saveSettings": {
    summary: "Set the public address; applications that know another issuer must be told.",
    input: z.object({ publicUrl: Uri.nullable() }),
    output: z.object({ publicUrl: z.string().nullable() }),
    permission: "security.manage",
    effect: "write",
    stepUp: true,
  },
  "oidc.rotateKeys": {
    summary: "Sign with new keys from now on; the old ones are still accepted until what they signed has expired.",
    input: z.object({}),
    output: z.object({}),
    permission: "security.manage",
    effect: "write",
    stepUp: true,
  },
  "oidcClient.list": {
    summary: "Applications that let people log in with their account here.",
    input: z.object({}),
    output: z.object({ clients: z.array(OidcClient) }),
    permission: "security.manage",
    effect: "read",
  },
  "oidcClient.create": {
    summary: "Register an application; the secret of a confidential one is in this answer and nowhere else.",
    input: z.object(newClient),
    output: z.object({ client: OidcClient, secret: z.string().nullable() }),
    permission: "security.manage",
    effect: "write",
    stepUp: true,
  },
  "oidcClient.update": {
    summary: "Change an application; who loses the right to use it is logged out of it at once.",
    input: z.object({ id: z.string().max(100), ...z.object(clientFields).partial().shape }),
    output: z.object({ client: OidcClient }),
    permission: "security.manage",
    effect: "write",
    stepUp: true,
  },
  "oidcClient.renewSecret": {
    summary: "Give a confidential application a new secret; the old one stops working at once.",
    input: z.object({ id: z.string().max(100) }),
    output: z.object({ secret: z.string() }),
    permission: "security.manage",
    effect: "write",
    stepUp: true,
  },
  "oidcClient.remove": {
    summary: "Remove an application with all it was allowed.",
    input: z.object({ id: z.string().max(100) }),
    output: z.object({}),
    permission: "security.manage",
    effect: "write",
    stepUp: true,
  },
  "oidcConsent.list": {
    summary: "Applications one has logged in to, and what they may know.",
    input: z.object({}),
    output: z.object({ consents: z.array(Consent) }),
    permission: "self",
    effect: "read",
  },
  "oidcConsent.revoke": {
    summary: "Withdraw what an application was allowed; its tokens stop working at once.",
    input: z.object({ clientId: z.string().max(100) }),
    output: z.object({}),
    permission: "self",
    effect: "write",
  },
  "loginProvider.options": {
    summary: "Providers to show on the login page; each is a plain link.",
    input: z.object({}),
    output: z.object({
      providers: z.array(
        z.object({
          id: ProviderId,
          name: z.string(),
          /** Navigate the document there; `?next=/path` leads on after the login. */
          loginPath: z.string(),
        }),
      ),
    }),
    permission: "public",
    effect: "read",
  },
  "loginProvider.list": {
    summary: "Providers that people may log in with.",
    input: z.object({}),
    output: z.object({ providers: z.array(LoginProvider) }),
    permission: "security.manage",
    effect: "read",
  },
  "loginProvider.save": {
    summary: "Add a provider, or change the one with this id.",
    input: z.object({
      id: ProviderId,
      name: DisplayName,
      /** As the provider calls itself; `https:`, or `http:` to this machine or a private address. Cannot be changed later. */
      issuer: Uri,
      clientId: z.string().trim().min(1).max(500),
      /** Left out: unchanged. Null: a public client without secret. */
      clientSecret: z.string().min(1).max(1000).nullable().optional(),
      enabled: z.boolean().default(true),
      createGuests: z.boolean().default(false),
    }),
    output: z.object({ provider: LoginProvider }),
    permission: "security.manage",
    effect: "write",
    stepUp: true,
  },
  "loginProvider.remove": {
    summary: "Remove a provider and all links of accounts to it.",
    input: z.object({ id: ProviderId }),
    output: z.object({}),
    permission: "security.manage",
    effect: "write",
    stepUp: true,
  },
  "loginProvider.test": {
    summary: "Ask an issuer for its description and say whether logging in there could work.",
    input: z.object({ issuer: Uri }),
    output: z.object({
      ok: z.boolean(),
      /** What is missing, as sentences. */
      problems: z.array(z.string()),
      authorizationEndpoint: z.string().nullable(),
    }),
    permission: "security.manage",
    effect: "write",
  },
  "providerLink.list": {
    summary: "One's own accounts at other providers that log in here.",
    input: z.object({}),
    output: z.object({ links: z.array(ProviderLink) }),
    permission: "self",
    effect: "read",
  },
  "providerLink.begin": {
    summary: "Start linking one's account at a provider; the page navigates the document to the answered address.",
    input: z.object({ providerId: ProviderId, next: z.string().max(500).default("/account") }),
    output: z.object({ url: z.string() }),
    permission: "self",
    effect: "write",
    stepUp: true,
  },
  "providerLink.remove": {
    summary: "Unlink one's account at a provider.",
    input: z.object({ providerId: ProviderId }),
    output: z.object({}),
    permission: "self",
    effect: "write",
    stepUp: true,
  },
});
