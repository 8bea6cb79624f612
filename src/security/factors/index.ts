import type { Implementation } from "#platform/usecase";
import { createManagedFactors } from "./managed.ts";
import { createOwnFactors } from "./own.ts";
import { readFactorResets } from "./rescue.ts";
import { createFactorRepository } from "./repository.ts";
import { createSecretBox } from "./secret-box.ts";
import { createFactors, type Factors, type FactorsDeps } from "./service.ts";
import { implementFactors } from "./usecases.ts";

export { factorsMigrations } from "./migrations/index.ts";
export { createSecretBox, type SecretBox } from "./secret-box.ts";
export type { FactorNotice, Factors, FactorsDeps, FactorSessions } from "./service.ts";
export { requestFactorReset } from "./rescue.ts";
export { createTickets, ticketLifeMs, type Tickets } from "./tickets.ts";

export interface FactorsModule {
  readonly service: Factors;
  /** Takes the factors off the accounts that `requestFactorReset` named; to be called at start. */
  applyRequestedResets(dataDir: string): Promise<void>;
  readonly implementations: readonly Implementation[];
}

export function createFactorsModule(deps: FactorsDeps): FactorsModule {
  const repository = createFactorRepository(deps.db);
  const parts = { ...deps, repository, box: createSecretBox(deps) };
  const service = createFactors(parts);
  const own = createOwnFactors({ ...parts, factors: service });
  const managed = createManagedFactors({ ...parts, factors: service });
  return {
    service,
    applyRequestedResets: async (dataDir) => {
      const { names, done } = readFactorResets(dataDir);
      if (names.length === 0) return;
      for (const name of names) {
        const text = managed.rescue(name) ? "second factors were taken off" : "nobody has this name";
        deps.log.warn(`reset asked for at the machine: ${text}`, { user: name });
      }
      await deps.db.sync();
      done();
    },
    implementations: implementFactors({ db: deps.db, factors: service, own, managed }),
  };
}
