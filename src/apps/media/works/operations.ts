import { type WorkDetail, worksContract } from "#contract/apps/media/works";
import type { LibraryReader } from "#apps/media/library";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import { type Actor, implement, type Implementation, type UseCaseContext } from "#platform/usecase";
import type { createCandidates } from "./candidates.ts";
import type { Cards } from "./cards.ts";
import type { createDetails } from "./details.ts";
import type { Edits } from "./edits.ts";
import type { createNamesCheck } from "./names-operation.ts";
import type { SeenWork, WorkQueries } from "./queries.ts";

interface OperationsDeps {
  readonly db: Db;
  readonly library: LibraryReader;
  readonly queries: WorkQueries;
  readonly card: Cards["card"];
  readonly detail: ReturnType<typeof createDetails>;
  readonly edits: Edits;
  readonly candidates: ReturnType<typeof createCandidates>;
  /** Counts that somebody has catalogues asked. Throws `too-many-requests`. */
  readonly countAsk: (actor: Actor) => void;
  readonly namesCheck: ReturnType<typeof createNamesCheck>;
  readonly canEdit: (actor: Actor, libraryId: number) => boolean;
  /** Has a work described anew; `isAsked`: catalogues too. */
  readonly again: (work: SeenWork, isAsked: boolean) => Promise<void>;
  /** It is done and durable: whoever writes it elsewhere too. */
  readonly edited: (actor: Actor, work: SeenWork) => Promise<void>;
}

export function worksOperations(deps: OperationsDeps): readonly Implementation[] {
  const { db, queries, card, detail, edits, countAsk } = deps;

  /** Throws `not-found` for one of which the actor can see no file, as for one that is not there. */
  const requireSeen = ({ actor, checked }: UseCaseContext, workId: number): SeenWork => {
    const work = queries.one(actor, workId);
    if (work === undefined) throw new AppError("not-found", "There is no such work.", { isRefusal: true });
    checked(`work ${workId}`);
    return work;
  };
  const requireEdit = (context: UseCaseContext, workId: number): SeenWork => {
    const work = requireSeen(context, workId);
    if (!deps.canEdit(context.actor, work.libraryId)) {
      throw new AppError("forbidden", "Only who may write in the folder of the library may edit what is known of it.");
    }
    return work;
  };
  const shown = (actor: Actor, workId: number): WorkDetail => {
    const work = queries.one(actor, workId);
    if (work === undefined) throw new AppError("not-found", "There is no such work any more.");
    return detail(actor, work);
  };
  /** Durable, then described anew: the answer is what everybody sees from now on. */
  const changed = async (actor: Actor, work: SeenWork, isAsked = false): Promise<WorkDetail> => {
    await db.sync();
    await deps.again(work, isAsked);
    await deps.edited(actor, work);
    return shown(actor, work.id);
  };

  return implement(worksContract, {
    "works.list": ({ actor }, input) => {
      const works = queries.list(actor, input);
      const total =
        works[0]?.total ??
        (input.offset > 0 ? (queries.list(actor, { ...input, offset: 0, limit: 1 })[0]?.total ?? 0) : 0);
      return { works: works.map(card), total };
    },
    "works.get": (context, { workId }) => detail(context.actor, requireSeen(context, workId)),
    "works.ofItem": (context, { itemId }) => {
      const { actor } = context;
      const [item] = deps.library.seen(actor, [itemId]);
      if (item === undefined) throw new AppError("not-found", "There is no such file.", { isRefusal: true });
      context.checked(`item ${itemId}`);
      const ids = queries.ofItem(actor, itemId);
      return {
        works:
          ids.length === 0
            ? []
            : queries
                .list(actor, { ids, sort: "given" })
                .filter(({ id }) => ids.includes(id))
                .map(card),
      };
    },
    "works.facets": ({ actor }, input) => queries.facets(actor, input),
    "works.edit": async (context, { workId, fields }) => {
      const work = requireEdit(context, workId);
      const hasNumbers = fields.seasonNumber !== undefined || fields.episodeNumber !== undefined;
      if (hasNumbers && work.type !== "episode") {
        throw new AppError("bad-request", "Only episodes have the number of a season and an episode.");
      }
      edits.set(context.actor, workId, fields);
      return changed(context.actor, work);
    },
    "works.lock": async (context, { workId, lock, unlock }) => {
      const work = requireEdit(context, workId);
      edits.lock(context.actor, work, lock, unlock);
      return changed(context.actor, work);
    },
    "works.undo": async (context, { workId }) => {
      const work = requireEdit(context, workId);
      edits.undo(workId);
      return changed(context.actor, work);
    },
    "works.candidates": async (context, { workId, search, year }) => {
      const work = requireEdit(context, workId);
      countAsk(context.actor);
      return { candidates: await deps.candidates.find(work, search, year) };
    },
    "works.choose": async (context, { workId, key }) => {
      const work = requireEdit(context, workId);
      const edit = deps.candidates.read(key);
      countAsk(context.actor);
      edits.set(context.actor, workId, edit);
      return changed(context.actor, work, true);
    },
    "works.refresh": async (context, { workId }) => {
      const work = requireEdit(context, workId);
      countAsk(context.actor);
      return changed(context.actor, work, true);
    },
    "works.names": async (context, { libraryId, offset, limit }) => {
      const { actor } = context;
      const isThere = deps.library.library(libraryId) !== undefined;
      const { findings, checkedCount } = await deps.namesCheck(actor, libraryId);
      if (!isThere || (checkedCount === 0 && !deps.canEdit(actor, libraryId))) {
        throw new AppError("not-found", "There is no such library.", { isRefusal: isThere });
      }
      context.checked(`library ${libraryId}`);
      return { findings: findings.slice(offset, offset + limit), total: findings.length, checkedCount };
    },
  });
}
