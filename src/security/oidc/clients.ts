import { timingSafeEqual } from "node:crypto";
import { type Clock, type Random, randomToken } from "#platform/clock";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import type { Group, Person } from "#security/identity";
import type { ArtifactRepository } from "./artifact-repository.ts";
import type { ClientRepository, ClientRow } from "./client-repository.ts";
import type { OidcClient } from "./contract.ts";
import { requireSafeAddress } from "./redirects.ts";

const maxClients = 200;

export type ClientFields = Omit<OidcClient, "id" | "kind" | "plainHttp" | "createdAtMs" | "lastUsedAtMs">;

/** Synchronous; whoever changes something syncs the database before answering. */
export interface Clients {
  list(): OidcClient[];
  find(id: string): OidcClient | undefined;
  hasAny(): boolean;
  /** The secret is in this answer and nowhere else. Throws `bad-request` for an unsafe address, `conflict` for too many. */
  create(kind: OidcClient["kind"], fields: ClientFields): { client: OidcClient; secret: string | null };
  update(id: string, fields: Partial<ClientFields>): OidcClient;
  renewSecret(id: string): string;
  remove(id: string): void;
  mayUse(client: OidcClient, person: Person): boolean;
  /** In constant time. */
  isSecret(id: string, secret: string): boolean;
  /** What is kept of the secret. */
  secretHash(id: string): string | undefined;
  noteUsed(id: string): void;
}

interface ClientsDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly random: Random;
  readonly repository: ClientRepository;
  readonly artifacts: ArtifactRepository;
  readonly groups: { list(): Group[] };
}

export function createClients(deps: ClientsDeps): Clients {
  const { db, clock, random, repository, artifacts } = deps;
  /** Asked for by every request below /oidc/. */
  let count: number | undefined;
  const findOrThrow = (id: string): ClientRow => {
    const row = repository.find(id);
    if (row === undefined) throw new AppError("not-found", "There is no such application.");
    return row;
  };
  const toClient = (id: string): OidcClient => clientOf(findOrThrow(id));
  return {
    list: () => repository.list().map(clientOf),
    find: (id) => {
      const row = repository.find(id);
      return row === undefined ? undefined : clientOf(row);
    },
    hasAny: () => (count ??= repository.list().length) > 0,
    create: (kind, fields) => {
      requireSafe(fields);
      if (repository.list().length >= maxClients)
        throw new AppError("conflict", `There can be ${maxClients} applications.`);
      const secret = kind === "confidential" ? randomToken(random, 256) : null;
      const id = randomToken(random, 120);
      repository.insert({
        id,
        kind,
        secret_hash: secret === null ? null : hashSecret(secret),
        ...columnsOf(fields),
        created_at_ms: clock.now(),
        last_used_at_ms: null,
      });
      count = undefined;
      return { client: toClient(id), secret };
    },
    update: (id, fields) =>
      db.transaction(() => {
        const next = { ...clientOf(findOrThrow(id)), ...fields };
        requireSafe(next);
        repository.update(id, columnsOf(next));
        // Whatever was promised under other terms is asked for again.
        artifacts.removeOfClient(id);
        return toClient(id);
      }),
    renewSecret: (id) => {
      if (findOrThrow(id).kind === "public") throw new AppError("conflict", "A public application has no secret.");
      const secret = randomToken(random, 256);
      repository.update(id, { secret_hash: hashSecret(secret) });
      return secret;
    },
    remove: (id) =>
      db.transaction(() => {
        findOrThrow(id);
        artifacts.removeOfClient(id);
        repository.remove(id);
        count = undefined;
      }),
    mayUse: ({ audience }, person) =>
      audience.everyone ||
      audience.personIds.includes(person.id) ||
      deps.groups.list().some(({ id, memberIds }) => audience.groupIds.includes(id) && memberIds.includes(person.id)),
    isSecret: (id, secret) => {
      const expected = Buffer.from(repository.find(id)?.secret_hash ?? "");
      const given = Buffer.from(hashSecret(secret));
      return expected.length === given.length && timingSafeEqual(expected, given);
    },
    secretHash: (id) => repository.find(id)?.secret_hash ?? undefined,
    noteUsed: (id) => repository.update(id, { last_used_at_ms: clock.now() }),
  };
}

function requireSafe(fields: ClientFields): void {
  for (const address of [...fields.redirectUris, ...fields.postLogoutRedirectUris]) requireSafeAddress(address);
}

/** 256 random bits need no slow hash (docs/decisions/0004-app-password-hash.md). */
function hashSecret(secret: string): string {
  return Bun.SHA256.hash(secret, "base64url");
}

function columnsOf(fields: ClientFields) {
  return {
    name: fields.name,
    redirect_uris: JSON.stringify(fields.redirectUris),
    post_logout_redirect_uris: JSON.stringify(fields.postLogoutRedirectUris),
    everyone: Number(fields.audience.everyone),
    group_ids: JSON.stringify(fields.audience.groupIds),
    person_ids: JSON.stringify(fields.audience.personIds),
    require_two_factors: Number(fields.requireTwoFactors),
    ask_consent: Number(fields.askConsent),
    offline_access: Number(fields.offlineAccess),
    signature_algorithm: fields.signatureAlgorithm,
  };
}

function clientOf(row: ClientRow): OidcClient {
  const redirectUris = JSON.parse(row.redirect_uris) as string[];
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    redirectUris,
    postLogoutRedirectUris: JSON.parse(row.post_logout_redirect_uris) as string[],
    audience: {
      everyone: row.everyone === 1,
      groupIds: JSON.parse(row.group_ids) as number[],
      personIds: JSON.parse(row.person_ids) as number[],
    },
    requireTwoFactors: row.require_two_factors === 1,
    askConsent: row.ask_consent === 1,
    offlineAccess: row.offline_access === 1,
    signatureAlgorithm: row.signature_algorithm,
    plainHttp: redirectUris.some((uri) => new URL(uri).protocol === "http:"),
    createdAtMs: row.created_at_ms,
    lastUsedAtMs: row.last_used_at_ms,
  };
}
