import { createPresenter, shownPath, visibleFolder } from "#apps/files/browse";
import { searchContract } from "#contract/apps/files/search";
import { type Actor, type Handlers, implement, type Implementation } from "#platform/usecase";
import type { Access } from "#security/access";
import type { Storage } from "#storage/primary";
import type { Finder } from "./find.ts";
import { type Progress, textCounts } from "./progress.ts";
import type { IndexCalls } from "./protocol.ts";
import type { Thread } from "#platform/thread";

interface OperationDeps {
  readonly storage: Storage;
  readonly access: Access;
  readonly linkedNodeIds: (nodeIds: readonly number[]) => ReadonlySet<number>;
  readonly find: Finder["find"];
  readonly index: Pick<Thread<IndexCalls>, "call">;
  readonly progress: Progress;
  readonly isTextOn: boolean;
  readonly indexBytes: () => number;
  readonly isCatchingUp: () => boolean;
  readonly rebuild: () => Promise<void>;
}

/** Skipped files looked through for those that somebody can see. */
const maxLooked = 5_000;
const lookedAtATime = 500;

export function searchOperations(deps: OperationDeps): Implementation[] {
  const { storage, access, index, progress } = deps;
  const present = createPresenter(deps);
  /** Names of the folders between the space's root and the node, as far as they are shown. */
  const folderPathOf = (actor: Actor, nodeId: number): string =>
    shownPath(deps, actor, nodeId)
      .slice(0, -1)
      .filter(({ parentId }) => parentId !== null)
      .map(({ name }) => name)
      .join("/");

  /** Null when complete. Counts would tell somebody from whom a part is hidden how much there is of it. */
  const indexingFor = async (actor: Actor) => {
    const { tallies } = await progress.state();
    const spaceIds = new Set(access.spacesOf(actor.userId).map(({ spaceId }) => spaceId));
    const { wanted, done } = textCounts(tallies, spaceIds);
    if (wanted === 0 && !deps.isCatchingUp()) return null;
    const isPlain = access.isPlain(actor);
    return {
      doneCount: isPlain ? done : null,
      totalCount: isPlain ? done + wanted : null,
      secondsLeft: progress.secondsLeft(textCounts(tallies).wanted),
    };
  };

  const handlers: Handlers<typeof searchContract> = {
    "search.find": async ({ actor }, { folderId, ...options }) => {
      if (folderId !== undefined) visibleFolder(deps, actor, folderId);
      const { hits, more } = await deps.find(actor, { ...options, folderId });
      const nodes = present.all(
        actor,
        hits.map(({ node }) => node),
      );
      return {
        hits: hits.flatMap(({ matched, snippet }, place) => {
          const node = nodes[place];
          return node ? [{ node, folderPath: folderPathOf(actor, node.id), matched, snippet: [...snippet] }] : [];
        }),
        more,
        indexing: await indexingFor(actor),
      };
    },
    "search.state": async () => {
      const { tallies, byReason } = await progress.state();
      const { wanted, done, all } = textCounts(tallies);
      return {
        isTextOn: deps.isTextOn,
        nameCount: all,
        isCatchingUp: deps.isCatchingUp(),
        textDoneCount: done,
        textTotalCount: done + wanted,
        skipped: byReason.map(([reason, count]) => ({ reason, count })),
        secondsLeft: progress.secondsLeft(wanted),
        indexBytes: deps.indexBytes(),
      };
    },
    "search.skipped": async ({ actor }, { limit }) => {
      const items: { nodeId: number; reason: (typeof rows)[number]["reason"]; atMs: number }[] = [];
      let rows: Awaited<ReturnType<IndexCalls["skipped"]>> = [];
      for (let offset = 0; offset < maxLooked && items.length <= limit; offset += lookedAtATime) {
        rows = await index.call("skipped", { limit: lookedAtATime, offset });
        items.push(
          ...rows.filter(({ nodeId }) => {
            const node = storage.node(nodeId);
            return node !== undefined && access.can(actor, "read", { spaceId: node.spaceId, nodeId });
          }),
        );
        if (rows.length < lookedAtATime) break;
      }
      const shown = items.slice(0, limit).flatMap((item) => {
        const node = storage.node(item.nodeId);
        return node === undefined ? [] : [{ ...item, node: present.one(actor, node) }];
      });
      return {
        items: shown.map(({ node, nodeId, reason, atMs }) => ({
          node,
          folderPath: folderPathOf(actor, nodeId),
          reason,
          atMs,
        })),
        more: items.length > limit,
      };
    },
    "search.rebuild": async () => {
      await deps.rebuild();
      return {};
    },
  };
  return implement(searchContract, handlers);
}
