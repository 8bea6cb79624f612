import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import type { Group } from "./contract.ts";
import { createGroupRepository } from "./repository.ts";
import type { Identity } from "./service.ts";

export interface Groups {
  list(): Group[];
  /** Throws `exists` for a taken name, `not-found` for an unknown member. The caller syncs the database; so for all below. */
  create(name: string, memberIds: readonly number[]): Group;
  update(id: number, change: { readonly name?: string; readonly memberIds?: readonly number[] }): Group;
  remove(id: number): void;
}

interface GroupsDeps {
  readonly db: Db;
  readonly identity: Pick<Identity, "find">;
  /** Called after the groups, or who is in them, have changed; with the id of a group that was removed. */
  readonly onChanged?: ((removedId: number | undefined) => void) | undefined;
}

export function createGroups({ db, identity, onChanged = () => undefined }: GroupsDeps): Groups {
  const repository = createGroupRepository(db);
  const findOrThrow = (id: number): Group => {
    const group = repository.find(id);
    if (group === undefined) throw new AppError("not-found", "There is no such group.");
    return group;
  };
  const requireFree = (name: string, exceptId: number): void => {
    if (repository.isNameTaken(name, exceptId)) throw new AppError("exists", `There is a group ${name} already.`);
  };
  const requirePeople = (ids: readonly number[]): void => {
    if (ids.some((id) => identity.find(id) === undefined)) throw new AppError("not-found", "There is no such person.");
  };
  return {
    list: repository.list,
    create: (name, memberIds) =>
      db.transaction(() => {
        requireFree(name, 0);
        requirePeople(memberIds);
        const id = repository.insert(name);
        repository.setMembers(id, memberIds);
        onChanged(undefined);
        return findOrThrow(id);
      }),
    update: (id, { name, memberIds }) =>
      db.transaction(() => {
        findOrThrow(id);
        if (name !== undefined) {
          requireFree(name, id);
          repository.rename(id, name);
        }
        if (memberIds !== undefined) {
          requirePeople(memberIds);
          repository.setMembers(id, memberIds);
        }
        onChanged(undefined);
        return findOrThrow(id);
      }),
    remove: (id) => {
      findOrThrow(id);
      db.transaction(() => {
        repository.remove(id);
        onChanged(id);
      });
    },
  };
}
