import type { Clock, Random } from "#platform/clock";
import type { Db } from "#platform/db";
import type { Authenticate, Route } from "#platform/http";
import type { Logger } from "#platform/log";
import { type Actor, anonymous, type Implementation } from "#platform/usecase";
import type { SecretBox } from "#security/factors";
import type { AccountChange, Groups, Identity } from "#security/identity";
import { createArtifactRepository } from "./artifact-repository.ts";
import { createClientRepository } from "./client-repository.ts";
import { createClients } from "./clients.ts";
import { createConsents } from "./consents.ts";
import { createKeys } from "./keys.ts";
import { createAccounts } from "./login-accounts.ts";
import { createLoginFlow } from "./login-flow.ts";
import { createLinks } from "./login-links.ts";
import { createProviderRepository } from "./login-provider-repository.ts";
import { createLoginProviders } from "./login-providers.ts";
import { type LoginRouteDeps, loginRoutes } from "./login-routes.ts";
import { createEngine } from "./provider-engine.ts";
import { providerRoutes } from "./provider-routes.ts";
import { implementOidc, publicUrlSetting } from "./usecases.ts";

export type { LoginProvider, OidcClient } from "./contract.ts";
export { oidcMigrations } from "./migrations/index.ts";
export { doorPolicy, doorResponse, html, type Markup } from "./pages.ts";

export interface OidcModuleDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Where the keys are kept; made when it is first needed. */
  readonly folder: string;
  /** Keeps the secrets of other providers, and what a browser carries to them and back. */
  readonly secrets: SecretBox;
  readonly identity: Identity;
  readonly groups: Pick<Groups, "list">;
  /** Starts a session for somebody a provider vouched for and appends its cookie. */
  readonly startSession: LoginRouteDeps["startSession"];
  readonly endSession: (actor: Actor) => void;
  readonly audit: LoginRouteDeps["audit"];
}

export interface OidcModule {
  readonly routes: readonly Route[];
  readonly implementations: readonly Implementation[];
  /** Called by the identity module, inside the transaction of the change. */
  accountChanged(personId: number, change: AccountChange): void;
  /** Applications authenticate themselves to `/oidc/` with headers of their own, which are nobody's password here. */
  authenticateWith(authenticate: Authenticate): Authenticate;
}

export function createOidc(deps: OidcModuleDeps): OidcModule {
  const { db, clock, random, identity, secrets } = deps;
  const repository = createClientRepository(db);
  const artifacts = createArtifactRepository(db);
  const providerRepository = createProviderRepository(db);
  const keys = createKeys({ folder: deps.folder, clock, random });
  const clients = createClients({ ...deps, repository, artifacts });
  const consents = createConsents({ ...deps, repository, artifacts });
  const publicUrl = () => repository.setting(publicUrlSetting) ?? null;
  const loginProviders = createLoginProviders({ repository: providerRepository, clock, secrets });
  const links = createLinks(providerRepository, clock);
  const flow = createLoginFlow({ clock, random, secrets, providers: loginProviders, publicUrl });
  const accounts = createAccounts(identity, links, random);
  const engine = createEngine({ ...deps, keys, artifacts, clients, consents });
  return {
    routes: [
      ...loginRoutes({ ...deps, flow, links, accounts, publicUrl }),
      ...providerRoutes({ ...deps, engine, clients, consents, artifacts, publicUrl }),
    ],
    implementations: implementOidc({ db, keys, repository, clients, consents, loginProviders, links, flow }),
    accountChanged: (personId, change) => {
      // A password changes when somebody else may know it: what was obtained with it ends, as sessions do.
      if (change === "disabled" || change === "password") consents.endAll(personId);
    },
    authenticateWith: (authenticate) => (request, from) =>
      request.headers.has("authorization") && new URL(request.url).pathname.startsWith("/oidc/")
        ? anonymous
        : authenticate(request, from),
  };
}
