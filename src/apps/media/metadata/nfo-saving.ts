import { isDeepStrictEqual } from "node:util";
import type { LibraryReader } from "#apps/media/library";
import type { Fields } from "#apps/media/works";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import type { Actor } from "#platform/usecase";
import { type NfoWriterDeps, saveNfo } from "./nfo-file.ts";
import type { NfoRows, WrittenFields } from "./nfo-rows.ts";
import type { WrittenKind } from "./nfo-write.ts";

/** What is to be written of a work, and where. */
export interface NfoSubject {
  readonly workId: number;
  readonly libraryId: number;
  readonly kind: WrittenKind;
  /** What people set, tags and catalogues say: what its name says is not written, so that another name counts. */
  readonly fields: Fields;
  /** Those of them that people set. */
  readonly setFields: readonly (keyof Fields)[];
  /** The folder, and how its file is called; one that is there goes first. */
  readonly parentId: number;
  readonly names: readonly [string, ...string[]];
}

interface SavingDeps extends NfoWriterDeps {
  readonly db: Db;
  readonly library: Pick<LibraryReader, "itemOfNode">;
  readonly rows: NfoRows;
  readonly subjectOf: (workId: number) => NfoSubject | undefined;
}

export type NfoOutcome = "written" | "same" | "refused" | "nothing";

/**
 * Writes the NFO file of a work. What somebody has set is remembered with what the file said before: when it is set no more, and the file
 * still says it, the file says again what it said before.
 */
export function createNfoSaving(deps: SavingDeps) {
  const { db, rows, storage } = deps;
  let last: Promise<unknown> = Promise.resolve();

  const write = async (actor: Actor, workId: number): Promise<NfoOutcome> => {
    const subject = deps.subjectOf(workId);
    if (subject === undefined) return "nothing";
    const { parentId, names, kind, setFields } = subject;
    const name = names.find((one) => storage.child(parentId, one) !== undefined) ?? names[0];
    const known = rows.written(workId);
    const next: Record<string, WrittenFields[string]> = {};
    const isNew = storage.child(parentId, name) === undefined;
    if (isNew && Object.keys(subject.fields).length === 0) return "nothing";
    const said = (now: Fields) => {
      const fields: Record<string, unknown> = { ...subject.fields };
      const removed: (keyof Fields)[] = [];
      for (const field of setFields) {
        next[field] = {
          value: subject.fields[field],
          before: known[field] ? known[field].before : (now[field] ?? null),
        };
      }
      for (const [field, { value, before }] of Object.entries(known)) {
        if (field in next || !isDeepStrictEqual(now[field as keyof Fields], value)) continue;
        if (before === null) removed.push(field as keyof Fields);
        else fields[field] = before;
        if (before === null) delete fields[field];
      }
      return { fields: fields as Fields, removed };
    };
    const isWritten = await saveNfo(deps, { actor, place: { parentId, name }, kind, said });
    db.transaction(() => rows.setWritten(workId, next));
    return isWritten ? "written" : "same";
  };

  const save = async (actor: Actor, workId: number): Promise<NfoOutcome> => {
    try {
      return await write(actor, workId);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const subject = deps.subjectOf(workId);
      const node = subject?.names.map((name) => storage.child(subject.parentId, name)).find((one) => one !== undefined);
      const item = node && deps.library.itemOfNode(node.id);
      // What is wrong in it says more.
      if (item !== undefined && !rows.hasProblem(item.id)) rows.setProblem(item.id, { line: 1, message: error.detail });
      return "refused";
    }
  };

  return {
    /** One after the other; what cannot be written is noted among the problems. */
    save: (actor: Actor, workId: number): Promise<NfoOutcome> => {
      const turn = last.then(() => save(actor, workId));
      last = turn.catch(() => undefined);
      return turn;
    },
  };
}

export type NfoSaving = ReturnType<typeof createNfoSaving>;
