import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import type { Gate } from "#platform/http";
import type { Actor } from "#platform/usecase";
import type { Permission } from "#wire";
import type { CertificateScope, PolicyRule } from "./contract.ts";
import type { Devices } from "./devices.ts";
import type { Repository } from "./repository.ts";
import { scopeOf } from "./scope.ts";

interface Shown {
  readonly certificate?: { readonly fingerprint: string } | undefined;
}

export interface Policy {
  rules(): readonly PolicyRule[];
  /**
   * Durable when it resolves. Throws `conflict` when nobody could show a certificate, or when it would lock out the actor, unless
   * this connection shows theirs.
   */
  set(by: Actor, rules: readonly PolicyRule[], shown: Shown): Promise<void>;
  /** Whether a certificate is required of this person for that. */
  requires(actor: Pick<Actor, "kind" | "userId">, scope: CertificateScope): boolean;
  /** Whether a certificate is required of this person for anything. */
  requiresAny(actor: Pick<Actor, "kind" | "userId">): boolean;
  /** Whether this connection shows a certificate of this very person. */
  shows(actor: Pick<Actor, "userId">, shown: Shown): boolean;
  /** Refuses with `blocked` what a certificate is required for, on a connection that shows none of that person's. */
  readonly gate: Gate;
}

interface PolicyDeps {
  readonly db: Db;
  readonly repository: Repository;
  readonly devices: Devices;
  /** Port of the listener that asks for certificates; undefined when there is none. */
  readonly listenerPort: () => number | undefined;
  /** A proxy before us asks for certificates too. */
  readonly hasEdge: boolean;
  /** False lifts every rule, for whoever has locked themselves out and may edit the configuration. */
  readonly enforce: boolean;
  /** What an operation asks of its caller. */
  readonly permissionOf: (operation: string) => Permission | undefined;
}

export function createPolicy(deps: PolicyDeps): Policy {
  let cached: readonly PolicyRule[] | undefined;
  const rules = () => (cached ??= deps.repository.rules());
  const inForce = () => (deps.enforce ? rules() : []);
  const concerns = (rule: PolicyRule, { kind, userId }: Pick<Actor, "kind" | "userId">) =>
    kind === "person" && (rule.personId === null || rule.personId === userId);
  const requiresUnder = (all: readonly PolicyRule[], actor: Pick<Actor, "kind" | "userId">, scope: CertificateScope) =>
    all.some((rule) => concerns(rule, actor) && (rule.scope === scope || rule.scope === "everything"));
  const shows: Policy["shows"] = (actor, { certificate }) =>
    certificate !== undefined && deps.devices.deviceOf(certificate.fingerprint)?.personId === actor.userId;

  const check = (actor: Actor, scope: CertificateScope, shown: Shown): undefined => {
    if (!requiresUnder(inForce(), actor, scope) || shows(actor, shown)) return;
    const port = deps.listenerPort();
    const where = port === undefined ? "" : ` Open this server at port ${port} with a device that has one.`;
    throw new AppError("blocked", `A device certificate of yours is required for this.${where}`);
  };

  return {
    rules,
    set: async (by, next, shown) => {
      if (next.length > 0 && !deps.hasEdge && deps.listenerPort() === undefined) {
        throw new AppError(
          "conflict",
          "No listener asks for certificates: set services.management.certificates.listen.",
        );
      }
      if (requiresUnder(next, by, "administration") && !shows(by, shown)) {
        const detail = "This would lock you out: set it from a connection that shows a certificate of your own.";
        throw new AppError("conflict", detail);
      }
      deps.db.transaction(() => deps.repository.setRules(next));
      cached = undefined;
      await deps.db.sync();
    },
    requires: (actor, scope) => requiresUnder(inForce(), actor, scope),
    requiresAny: (actor) => inForce().some((rule) => concerns(rule, actor)),
    shows,
    gate: (_request, context) => {
      if (inForce().length === 0) return undefined;
      const scope = scopeOf(context.path, deps.permissionOf);
      if (scope === undefined) return undefined;
      const actor = context.actor();
      return actor instanceof Promise
        ? actor.then((known) => check(known, scope, context))
        : check(actor, scope, context);
    },
  };
}
