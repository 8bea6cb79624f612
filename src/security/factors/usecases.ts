import type { Db } from "#platform/db";
import { type Handlers, implement, type Implementation, type UseCaseContext } from "#platform/usecase";
import { requireOwnLogin } from "#security/identity";
import { factorsContract } from "./contract.ts";
import type { ManagedFactors } from "./managed.ts";
import type { OwnFactors } from "./own.ts";
import type { Factors } from "./service.ts";

interface UseCaseDeps {
  readonly db: Db;
  readonly factors: Factors;
  readonly own: OwnFactors;
  readonly managed: ManagedFactors;
}

type All = Handlers<typeof factorsContract>;

export function implementFactors(deps: UseCaseDeps): Implementation[] {
  return implement(factorsContract, { ...ownHandlers(deps), ...passkeyHandlers(deps), ...managedHandlers(deps) });
}

/** Runs a change of one's own account, for no app password, and answers when it is on disk. */
async function change<T>(db: Db, context: UseCaseContext, work: () => Promise<T> | T): Promise<T> {
  requireOwnLogin(context);
  const result = await work();
  await db.sync();
  return result;
}

function ownHandlers({
  db,
  own,
}: UseCaseDeps): Pick<
  All,
  "factors.status" | "totp.begin" | "totp.confirm" | "totp.remove" | "recoveryCodes.regenerate"
> {
  return {
    "factors.status": (context) => {
      requireOwnLogin(context);
      return own.status(context);
    },
    "totp.begin": (context) => change(db, context, () => own.beginTotp(context)),
    "totp.confirm": async (context, { code }) => ({
      recoveryCodes: await change(db, context, () => own.confirmTotp(context, code)),
    }),
    "totp.remove": async (context) => {
      await change(db, context, () => own.removeTotp(context));
      return {};
    },
    "recoveryCodes.regenerate": async (context) => ({
      recoveryCodes: await change(db, context, () => own.regenerateCodes(context)),
    }),
  };
}

function passkeyHandlers({
  db,
  own,
}: UseCaseDeps): Pick<All, "passkey.registerOptions" | "passkey.register" | "passkey.rename" | "passkey.remove"> {
  return {
    "passkey.registerOptions": (context) => change(db, context, () => own.beginPasskey(context)),
    "passkey.register": (context, given) => change(db, context, () => own.addPasskey(context, given)),
    "passkey.rename": async (context, { id, name }) => ({
      passkey: await change(db, context, () => own.renamePasskey(context, id, name)),
    }),
    "passkey.remove": async (context, { id }) => {
      await change(db, context, () => own.removePasskey(context, id));
      return {};
    },
  };
}

function managedHandlers({
  db,
  factors,
  managed,
}: UseCaseDeps): Pick<All, "factors.overview" | "personFactors.reset" | "factorPolicy.get" | "factorPolicy.set"> {
  return {
    "factors.overview": () => ({ people: managed.overview() }),
    "personFactors.reset": async (context, { id }) => {
      managed.reset(context, id);
      await db.sync();
      return {};
    },
    "factorPolicy.get": () => ({ policy: factors.policy() }),
    "factorPolicy.set": async (context, policy) => {
      const mustSetUpIds = managed.setPolicy(context, policy);
      await db.sync();
      return { policy: factors.policy(), mustSetUpIds };
    },
  };
}
