import type { IncomingMessage } from "node:http";
import type { KoaContextWithOIDC, Provider } from "oidc-provider";
import { AppError } from "#platform/errors";
import type { RequestContext } from "#platform/http";
import type { Actor, AuditEntry } from "#platform/usecase";
import { arrivalOf } from "./provider-koa-bridge.ts";

/** What the provider did on a request that the audit must know. */
export interface Happening {
  readonly operation: string;
  readonly clientId: string | undefined;
  /** Why it was refused; absent when it was not. */
  readonly refusal?: string;
}

/** Tells the arrival of each request what became of it. */
export function tellHappenings(provider: Provider): void {
  const tell = (ctx: KoaContextWithOIDC, operation: string, refusal?: string) =>
    arrivalOf(ctx.req as IncomingMessage)?.onHappening?.({
      operation,
      clientId: ctx.oidc.client?.clientId,
      ...(refusal !== undefined && { refusal }),
    });
  provider.on("authorization.success", (ctx) => tell(ctx, "oidcClient.login"));
  const refused =
    (operation: string) =>
    (ctx: KoaContextWithOIDC, error: { readonly message: string; readonly error_detail?: string }) =>
      tell(
        ctx,
        operation,
        error.error_detail === undefined ? error.message : `${error.message}: ${error.error_detail}`,
      );
  provider.on("authorization.error", refused("oidcClient.login"));
  provider.on("grant.error", refused("oidcClient.redeem"));
  provider.on("introspection.error", refused("oidcClient.introspect"));
  provider.on("revocation.error", refused("oidcClient.revoke"));
}

export function entryOf(
  { operation, clientId, refusal }: Happening,
  request: Request,
  { requestId, address }: Pick<RequestContext, "requestId" | "address">,
  actor: Actor,
): AuditEntry {
  return {
    operation,
    actor,
    requestId,
    address,
    userAgent: request.headers.get("user-agent") ?? "",
    outcome: refusal === undefined ? "allowed" : "refused",
    resources: clientId === undefined ? [] : [`oidc-client ${clientId}`],
    account: undefined,
    error: refusal === undefined ? undefined : new AppError("forbidden", refusal),
  };
}
