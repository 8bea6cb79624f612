import type { Clock } from "#platform/clock";
import { AppError } from "#platform/errors";
import type { ProviderRepository } from "./login-provider-repository.ts";

/** Accounts elsewhere that log in here, known by provider and subject alone. The caller syncs the database. */
export interface Links {
  list(
    personId: number,
  ): { providerId: string; providerName: string; label: string; linkedAtMs: number; lastUsedAtMs: number | null }[];
  /** Who the account belongs to here. */
  personOf(providerId: string, subject: string): number | undefined;
  /** Throws `conflict` when that account is somebody else's here, or the person has another one there. */
  add(personId: number, providerId: string, subject: string, label: string): void;
  noteUsed(providerId: string, subject: string): void;
  remove(personId: number, providerId: string): void;
}

const maxLabelLength = 200;

export function createLinks(repository: ProviderRepository, clock: Clock): Links {
  return {
    list: (personId) =>
      repository.linksOf(personId).map((row) => ({
        providerId: row.provider_id,
        providerName: repository.find(row.provider_id)?.name ?? row.provider_id,
        label: row.label,
        linkedAtMs: row.linked_at_ms,
        lastUsedAtMs: row.last_used_at_ms,
      })),
    personOf: (providerId, subject) => repository.linkBySubject(providerId, subject)?.person_id,
    add: (personId, providerId, subject, label) => {
      const owner = repository.linkBySubject(providerId, subject)?.person_id;
      if (owner === personId) return;
      if (owner !== undefined) throw new AppError("conflict", "That account is linked to somebody else here.");
      if (repository.linksOf(personId).some((link) => link.provider_id === providerId)) {
        throw new AppError("conflict", "You have linked another account there. Unlink it first.");
      }
      repository.insertLink({
        provider_id: providerId,
        subject,
        person_id: personId,
        label: label.slice(0, maxLabelLength),
        linked_at_ms: clock.now(),
        last_used_at_ms: null,
      });
    },
    noteUsed: (providerId, subject) => repository.setLinkUsed(providerId, subject, clock.now()),
    remove: (personId, providerId) => {
      if (repository.removeLink(personId, providerId) === 0) {
        throw new AppError("not-found", "No account of that provider is linked.");
      }
    },
  };
}
