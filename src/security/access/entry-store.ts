import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import type { AccessResource } from "./contract.ts";
import { type Entry, type NewEntry, subjectKey } from "./entries.ts";
import type { Parties } from "./parties.ts";
import type { Policy } from "./policy.ts";
import type { Repository } from "./repository.ts";

/** Setting and removing entries. The caller syncs the database. */
export interface EntryStore {
  /** Entries that count now. */
  entriesOn(resource: AccessResource): readonly Entry[];
  entries(): readonly Entry[];
  entry(id: number): Entry | undefined;
  /** Entries about this person: themselves, a group of theirs, or everybody. */
  entriesFor(userId: number): readonly Entry[];
  /**
   * Adds an entry or replaces the one of the same subject; `check` runs with the change in force and refuses it by throwing.
   */
  putEntry(entry: NewEntry, check?: () => void): Entry;
  removeEntry(id: number, check?: () => void): void;
  /** Nodes that are gone for good lose their entries. */
  forgetNodes(nodeIds: readonly number[]): void;
  /** A person, group or link that is removed loses its entries. */
  forgetSubject(subject: Entry["subject"]): void;
}

interface EntryStoreDeps {
  readonly db: Db;
  readonly repository: Repository;
  readonly policy: Policy;
  readonly parties: Parties;
  readonly changed: () => void;
}

export function createEntryStore({ db, repository, policy, parties, changed }: EntryStoreDeps): EntryStore {
  /** What is refused by its check has never been: the rows are rolled back, and memory follows them. */
  const change = <T>(write: () => T, check?: () => void): T => {
    try {
      const result = db.transaction(() => {
        const written = write();
        policy.reload();
        check?.();
        return written;
      });
      changed();
      return result;
    } catch (thrown) {
      policy.reload();
      throw thrown;
    }
  };
  const entryOf = (id: number): Entry => {
    const entry = repository.entry(id);
    if (entry === undefined) throw new AppError("not-found", "There is no such entry.");
    return entry;
  };
  return {
    entriesOn: policy.on,
    entries: policy.all,
    entry: (id) => policy.all().find((entry) => entry.id === id),
    entriesFor: (userId) => {
      const subjects = parties.subjectsOf(userId);
      return policy.all().filter(({ subject }) => subjects.has(subjectKey(subject)));
    },
    putEntry: (entry, check) => change(() => entryOf(repository.putEntry(entry)), check),
    removeEntry: (id, check) => change(() => repository.removeEntry(id), check),
    forgetNodes: (nodeIds) => {
      // Asked of the database: an entry that has expired is not in memory any more.
      if (repository.removeOfNodes(nodeIds) > 0) change(() => undefined);
    },
    forgetSubject: (subject) => {
      if (repository.removeOfSubject(subjectKey(subject)) > 0) change(() => undefined);
    },
  };
}
