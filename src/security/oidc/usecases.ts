import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import { type Handlers, implement, type Implementation } from "#platform/usecase";
import { requireOwnLogin } from "#security/identity";
import type { ClientRepository } from "./client-repository.ts";
import type { Clients } from "./clients.ts";
import type { Consents } from "./consents.ts";
import { oidcContract } from "./contract.ts";
import type { Keys } from "./keys.ts";
import type { Links } from "./login-links.ts";
import type { LoginFlow } from "./login-flow.ts";
import type { LoginProviders } from "./login-providers.ts";
import { requireSafeAddress } from "./redirects.ts";

export interface UseCaseDeps {
  readonly db: Db;
  readonly keys: Keys;
  readonly repository: ClientRepository;
  readonly clients: Clients;
  readonly consents: Consents;
  readonly loginProviders: LoginProviders;
  readonly links: Links;
  readonly flow: LoginFlow;
}

type All = Handlers<typeof oidcContract>;

export const publicUrlSetting = "public-url";

export function implementOidc(deps: UseCaseDeps): Implementation[] {
  return implement(oidcContract, {
    ...settingsHandlers(deps),
    ...clientHandlers(deps),
    ...consentHandlers(deps),
    ...loginProviderHandlers(deps),
    ...linkHandlers(deps),
  });
}

function settingsHandlers({
  db,
  keys,
  repository,
}: UseCaseDeps): Pick<All, "oidc.readSettings" | "oidc.saveSettings" | "oidc.rotateKeys"> {
  return {
    "oidc.readSettings": () => {
      const known = keys.known();
      return {
        publicUrl: repository.setting(publicUrlSetting) ?? null,
        callbackPath: "/oidc/callback" as const,
        keys: known.map(({ kid, alg, createdAtMs }) => ({
          kid,
          algorithm: alg,
          createdAtMs,
          signs: known.find((key) => key.alg === alg)?.kid === kid,
        })),
      };
    },
    "oidc.saveSettings": async (_context, { publicUrl }) => {
      if (publicUrl !== null) requireSafeAddress(publicUrl);
      const origin = publicUrl === null ? null : new URL(publicUrl).origin;
      if (publicUrl !== null && publicUrl !== origin && publicUrl !== `${origin}/`) {
        throw new AppError("bad-request", "Give scheme and name only, as https://home.example.org.");
      }
      repository.setSetting(publicUrlSetting, origin);
      await db.sync();
      return { publicUrl: origin };
    },
    "oidc.rotateKeys": async () => {
      await keys.rotate();
      return {};
    },
  };
}

function clientHandlers({
  db,
  clients,
}: UseCaseDeps): Pick<
  All,
  "oidcClient.list" | "oidcClient.create" | "oidcClient.update" | "oidcClient.renewSecret" | "oidcClient.remove"
> {
  return {
    "oidcClient.list": () => ({ clients: clients.list() }),
    "oidcClient.create": async (context, { kind, ...fields }) => {
      const created = clients.create(kind, fields);
      context.checked(`oidc-client ${created.client.id}`);
      await db.sync();
      return created;
    },
    "oidcClient.update": async (context, { id, ...fields }) => {
      context.checked(`oidc-client ${id}`);
      const client = clients.update(id, withoutUndefined(fields));
      await db.sync();
      return { client };
    },
    "oidcClient.renewSecret": async (context, { id }) => {
      context.checked(`oidc-client ${id}`);
      const secret = clients.renewSecret(id);
      await db.sync();
      return { secret };
    },
    "oidcClient.remove": async (context, { id }) => {
      context.checked(`oidc-client ${id}`);
      clients.remove(id);
      await db.sync();
      return {};
    },
  };
}

function consentHandlers({ db, consents }: UseCaseDeps): Pick<All, "oidcConsent.list" | "oidcConsent.revoke"> {
  return {
    "oidcConsent.list": (context) => {
      requireOwnLogin(context);
      return { consents: consents.list(context.actor.userId) };
    },
    "oidcConsent.revoke": async (context, { clientId }) => {
      requireOwnLogin(context);
      context.checked(`oidc-client ${clientId}`);
      consents.revoke(context.actor.userId, clientId);
      await db.sync();
      return {};
    },
  };
}

function loginProviderHandlers({
  db,
  loginProviders,
}: UseCaseDeps): Pick<
  All,
  "loginProvider.options" | "loginProvider.list" | "loginProvider.save" | "loginProvider.remove" | "loginProvider.test"
> {
  return {
    "loginProvider.options": () => ({
      providers: loginProviders
        .list()
        .filter(({ enabled }) => enabled)
        .map(({ id, name }) => ({ id, name, loginPath: `/oidc/login/${id}` })),
    }),
    "loginProvider.list": () => ({ providers: loginProviders.list() }),
    "loginProvider.save": async (context, provider) => {
      context.checked(`login-provider ${provider.id}`);
      const saved = loginProviders.save(provider);
      await db.sync();
      return { provider: saved };
    },
    "loginProvider.remove": async (context, { id }) => {
      context.checked(`login-provider ${id}`);
      loginProviders.remove(id);
      await db.sync();
      return {};
    },
    "loginProvider.test": (_context, { issuer }) => loginProviders.test(issuer),
  };
}

function linkHandlers({
  db,
  links,
  flow,
}: UseCaseDeps): Pick<All, "providerLink.list" | "providerLink.begin" | "providerLink.remove"> {
  return {
    "providerLink.list": (context) => {
      requireOwnLogin(context);
      return { links: links.list(context.actor.userId) };
    },
    "providerLink.begin": async (context, { providerId, next }) => {
      context.checked(`login-provider ${providerId}`);
      return flow.beginLink(context, providerId, next);
    },
    "providerLink.remove": async (context, { providerId }) => {
      requireOwnLogin(context);
      context.checked(`login-provider ${providerId}`);
      links.remove(context.actor.userId, providerId);
      await db.sync();
      return {};
    },
  };
}

function withoutUndefined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
