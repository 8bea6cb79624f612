import type { Adapter, AdapterPayload } from "oidc-provider";
import type { Clock } from "#platform/clock";
import { artifactHash, type ArtifactRepository, type ArtifactRow } from "./artifact-repository.ts";

interface AdapterDeps {
  readonly artifacts: ArtifactRepository;
  readonly clock: Clock;
  /** What the library shall know of a registered application. */
  readonly clientMetadata: (id: string) => AdapterPayload | undefined;
  /** The refusal of a code or token that was redeemed before (RFC 6749 §4.1.2). */
  readonly alreadyUsed: () => Error;
}

/**
 * Where `oidc-provider` keeps what it hands out. Only a hash of each code, token and session is stored, so a stolen copy of the
 * database opens nothing.
 */
export function createAdapter({
  artifacts,
  clock,
  clientMetadata,
  alreadyUsed,
}: AdapterDeps): (kind: string) => Adapter {
  const revive = (row: ArtifactRow | undefined, id?: string): AdapterPayload | undefined => {
    if (row === undefined || row.expires_at_ms <= clock.now()) return undefined;
    return {
      ...(JSON.parse(row.payload) as AdapterPayload),
      ...(id !== undefined && { jti: id }),
      ...(row.consumed_at_ms !== null && { consumed: Math.floor(row.consumed_at_ms / 1000) }),
    };
  };
  return (kind) => ({
    upsert: async (id, { jti: _kept, ...payload }, expiresInSeconds = 0) =>
      artifacts.upsert({
        kind,
        id_hash: artifactHash(kind, id),
        payload: JSON.stringify(payload),
        uid: payload.uid ?? null,
        // A grant belongs to itself: it goes with its tokens.
        grant_id: kind === "Grant" ? id : (payload.grantId ?? null),
        subject: payload.accountId ?? null,
        client_id: payload.clientId ?? null,
        expires_at_ms: clock.now() + expiresInSeconds * 1000,
        consumed_at_ms: null,
      }),
    find: async (id) =>
      kind === "Client" ? clientMetadata(id) : revive(artifacts.find(kind, artifactHash(kind, id)), id),
    findByUid: async (uid) => revive(artifacts.findByUid(kind, uid)),
    findByUserCode: async () => undefined,
    consume: async (id) => {
      const idHash = artifactHash(kind, id);
      if (artifacts.consume(kind, idHash, clock.now())) return;
      // Two redeemed it at the same moment: neither may keep what it got.
      const grantId = artifacts.find(kind, idHash)?.grant_id ?? null;
      if (grantId !== null) artifacts.removeGrant(grantId);
      throw alreadyUsed();
    },
    destroy: async (id) => artifacts.remove(kind, artifactHash(kind, id)),
    revokeByGrantId: async (grantId) => artifacts.removeGrant(grantId, kind),
  });
}
