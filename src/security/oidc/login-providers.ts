import type { Clock } from "#platform/clock";
import { AppError } from "#platform/errors";
import type { SecretBox } from "#security/factors";
import type { LoginProvider } from "./contract.ts";
import { requireSafeAddress } from "./redirects.ts";
import { discover } from "./login-discovery.ts";
import type { ProviderRepository, ProviderRow } from "./login-provider-repository.ts";

const maxProviders = 20;

export interface ProviderDraft {
  readonly id: string;
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  /** Undefined leaves it as it is; null is none. */
  readonly clientSecret?: string | null | undefined;
  readonly enabled: boolean;
  readonly createGuests: boolean;
}

/** A provider with what it takes to log in there. */
export interface ReadyProvider extends Omit<LoginProvider, "linkedPeople" | "hasSecret"> {
  readonly clientSecret: string | null;
}

export interface LoginProviders {
  list(): LoginProvider[];
  /** Throws `not-found` when there is none or it is switched off. */
  ready(id: string): ReadyProvider;
  /** The caller syncs the database; so for `remove`. Throws `bad-request`, `conflict`. */
  save(draft: ProviderDraft): LoginProvider;
  remove(id: string): void;
  test(issuer: string): Promise<{ ok: boolean; problems: string[]; authorizationEndpoint: string | null }>;
}

interface LoginProvidersDeps {
  readonly repository: ProviderRepository;
  readonly clock: Clock;
  readonly secrets: SecretBox;
}

export function createLoginProviders({ repository, clock, secrets }: LoginProvidersDeps): LoginProviders {
  const toProvider = (row: ProviderRow): LoginProvider => ({
    ...common(row),
    hasSecret: row.sealed_secret !== null,
    linkedPeople: repository.countLinks(row.id),
  });
  const sealedOf = (draft: ProviderDraft, known: ProviderRow | undefined): string | null => {
    if (draft.clientSecret === undefined) return known?.sealed_secret ?? null;
    const { clientSecret } = draft;
    return clientSecret === null ? null : secrets.seal(Buffer.from(clientSecret), purposeOf(draft.id));
  };
  return {
    list: () => repository.list().map(toProvider),
    ready: (id) => {
      const row = repository.find(id);
      if (row === undefined || row.enabled === 0) throw new AppError("not-found", "There is no such way to log in.");
      const { sealed_secret: sealed } = row;
      const clientSecret = sealed === null ? null : Buffer.from(secrets.open(sealed, purposeOf(id))).toString();
      return { ...common(row), clientSecret };
    },
    save: (draft) => {
      requireSafeAddress(draft.issuer);
      const known = repository.find(draft.id);
      if (known === undefined && repository.list().length >= maxProviders) {
        throw new AppError("conflict", `There can be ${maxProviders} providers.`);
      }
      // A subject means somebody only together with its issuer: another one could name our people at will.
      if (known !== undefined && known.issuer !== draft.issuer) {
        throw new AppError("conflict", "The issuer of a provider cannot change. Add it as a new one.");
      }
      repository.upsert({
        id: draft.id,
        name: draft.name,
        issuer: draft.issuer,
        client_id: draft.clientId,
        sealed_secret: sealedOf(draft, known),
        enabled: Number(draft.enabled),
        create_guests: Number(draft.createGuests),
        created_at_ms: clock.now(),
      });
      return toProvider(repository.find(draft.id) as ProviderRow);
    },
    remove: (id) => {
      if (repository.remove(id) === 0) throw new AppError("not-found", "There is no such provider.");
    },
    test: async (issuer) => {
      requireSafeAddress(issuer);
      return probe(issuer);
    },
  };
}

/** A secret is bound to its provider: moved to another row it does not open. */
function purposeOf(id: string): string {
  return `secret of login provider ${id}`;
}

function common(row: ProviderRow) {
  return {
    id: row.id,
    name: row.name,
    issuer: row.issuer,
    clientId: row.client_id,
    enabled: row.enabled === 1,
    createGuests: row.create_guests === 1,
    createdAtMs: row.created_at_ms,
  };
}

async function probe(issuer: string) {
  try {
    const configuration = await discover({ issuer, clientId: "test", clientSecret: null });
    const server = configuration.serverMetadata();
    const problems = [
      server.authorization_endpoint === undefined ? "It names no address to log in at." : "",
      server.token_endpoint === undefined ? "It names no address for tokens." : "",
      server.jwks_uri === undefined ? "It publishes no keys." : "",
      server.code_challenge_methods_supported?.includes("S256") === false ? "It does not know PKCE with S256." : "",
    ].filter((problem) => problem !== "");
    return { ok: problems.length === 0, problems, authorizationEndpoint: server.authorization_endpoint ?? null };
  } catch (thrown) {
    const problem = thrown instanceof AppError ? thrown.detail : "It gave no description that can be used.";
    return { ok: false, problems: [problem], authorizationEndpoint: null };
  }
}
