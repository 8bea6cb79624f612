import { AppError } from "#platform/errors";
import { strengthOf, type UseCaseContext } from "#platform/usecase";
import type { Policy } from "./contract.ts";
import { ownEvent } from "./own.ts";
import type { FactorRepository } from "./repository.ts";
import type { Factors, FactorsDeps } from "./service.ts";

interface Parts extends FactorsDeps {
  readonly repository: FactorRepository;
  readonly factors: Factors;
}

/** What those who look after people do with factors. Whoever calls syncs the database. */
export type ManagedFactors = ReturnType<typeof createManagedFactors>;

export function createManagedFactors({ db, repository, factors, identity, sessions, record }: Parts) {
  const takeAll = (id: number): void => {
    repository.removeTotp(id);
    repository.removePasskeys(id);
    repository.removeRecovery(id);
    sessions.endAll(id);
  };
  return {
    /** For whoever has the machine: at the start of the program. False when there is no such account. */
    rescue: (name: string): boolean => {
      const person = identity.list().find((one) => one.name === name);
      if (person === undefined) return false;
      const { id: personId } = person;
      const from = { address: "", userAgent: "", requestId: "" };
      db.transaction(() => {
        takeAll(personId);
        sessions.notify(personId, "factors-reset", from, "hearth account reset-factors");
        record({
          kind: "factors-reset",
          outcome: "allowed",
          personId,
          name,
          factors: [],
          ...from,
          detail: "at the machine",
        });
      });
      return true;
    },
    overview: () =>
      identity.list().map((person) => ({
        personId: person.id,
        totp: repository.totpOf(person.id) !== undefined,
        passkeys: repository.passkeysOf(person.id).length,
        recoveryCodesLeft: repository.recoveryOf(person.id)?.left ?? null,
        mustSetUp: factors.mustSetUp(person, ["password"]),
      })),
    /** Throws `forbidden` for an owner when the caller is none, and for oneself. */
    reset: (context: UseCaseContext, id: number): void => {
      const { name } = identity.requireMayChange(context.actor, id);
      if (id === context.actor.userId) {
        throw new AppError(
          "forbidden",
          "Change your own factors on your account page; this is for others who lost theirs.",
        );
      }
      db.transaction(() => {
        takeAll(id);
        sessions.notify(id, "factors-reset", context, context.actor.name);
        record(ownEvent(context, "factors-reset", [], name));
      });
    },
    setPolicy: (context: UseCaseContext, policy: Policy): number[] => {
      const { actor } = context;
      const roles = policy.rolesNeedingSecondFactor;
      const bindsCaller = actor.kind === "person" && actor.roles.some((role) => roles.includes(role));
      if (bindsCaller && !factors.hasSecond(actor.userId) && strengthOf(actor) !== "two-factor") {
        throw new AppError(
          "conflict",
          "This would lock you out: one of your roles would need a second factor, and you have none. Set one up first.",
        );
      }
      return db.transaction(() => {
        repository.setPolicy({ ...policy, rolesNeedingSecondFactor: [...new Set(roles)] });
        const people = identity.list();
        for (const { id } of people) sessions.invalidate(id);
        record(ownEvent(context, "policy-changed", [], `second factor for: ${roles.join(", ") || "nobody"}`));
        return people.filter((person) => factors.mustSetUp(person, ["password"])).map(({ id }) => id);
      });
    },
  };
}
