import type { browseContract } from "#contract/apps/files/browse";
import { AppError } from "#platform/errors";
import type { Actor, Handlers, UseCaseContext } from "#platform/usecase";
import type { NodeInfo, Place, Written } from "#storage/primary";
import { actAtPlace, ensureFolder, type OnClash, splitPath } from "./places.ts";
import { createPresenter } from "./present.ts";
import {
  at,
  requireRemovable,
  requireRenamable,
  requireReplaceable,
  targetGuard,
  visibleFolder,
  visibleNode,
} from "./rights.ts";
import type { BrowseDeps } from "./service.ts";

type Changes = "files.createFolder" | "files.rename" | "files.move" | "files.copy" | "files.remove";

interface Relocation {
  readonly ids: readonly number[];
  readonly folderId: number;
  readonly onClash: OnClash;
}
type Relocate = (node: NodeInfo, place: Place, replace: boolean) => Promise<Written>;

/** The operations that change the tree. Everything is checked before the first node is touched. */
export function changeHandlers(deps: BrowseDeps): Pick<Handlers<typeof browseContract>, Changes> {
  const { storage, access } = deps;
  const present = createPresenter(deps);

  const relocate = async (actor: Actor, input: Relocation, nodes: readonly NodeInfo[], act: Relocate) => {
    const moved: NodeInfo[] = [];
    const skipped: string[] = [];
    for (const node of nodes) {
      const place = { parentId: input.folderId, name: node.name };
      const written = await actAtPlace(storage, place, input.onClash, (to, replace) => act(node, to, replace));
      if (written === null) skipped.push(node.name);
      else moved.push(written.node);
    }
    return { nodes: present.all(actor, moved), skipped };
  };

  /** The nodes, without repetition, after the rights to source and target and the shape of the tree have been checked. */
  const prepare = (context: UseCaseContext, input: Relocation, act: "copy" | "move"): NodeInfo[] => {
    const { actor } = context;
    const target = visibleFolder(deps, actor, input.folderId);
    access.require(actor, "write", at(target));
    const nodes = visibleNodes(context, input.ids);
    for (const node of nodes) requireNotRoot(node);
    if (act === "move") {
      for (const node of nodes) if (node.parentId !== target.id) requireRemovable(deps, actor, node);
    }
    context.checked(`node ${target.id}`);
    for (const node of nodes) requireSound(deps, actor, node, target, input.onClash);
    if (act === "copy" && input.onClash === "replace" && nodes.some(({ parentId }) => parentId === target.id)) {
      throw new AppError("conflict", "A copy cannot replace what it is a copy of.");
    }
    return nodes;
  };
  const visibleNodes = (context: UseCaseContext, ids: readonly number[]): NodeInfo[] => {
    const nodes = [...new Set(ids)].map((id) => visibleNode(deps, context.actor, id));
    for (const { id } of nodes) context.checked(`node ${id}`);
    return nodes;
  };

  return {
    "files.createFolder": async (context, { parentId, path }) => {
      const { actor } = context;
      access.require(actor, "write", at(visibleFolder(deps, actor, parentId)));
      context.checked(`node ${parentId}`);
      const names = splitPath(path);
      if (names.length === 0) throw new AppError("invalid-name", "A folder needs a name.");
      const authorize = (folder: NodeInfo) => access.require(actor, "write", at(folder));
      return { node: present.one(actor, await ensureFolder(storage, parentId, names, { actor, authorize })) };
    },
    "files.rename": async (context, { id, name }) => {
      const { actor } = context;
      const node = visibleNode(deps, actor, id);
      context.checked(`node ${id}`);
      access.require(actor, "write", at(node));
      if (node.parentId === null) throw new AppError("bad-request", "A space itself cannot be renamed here.");
      requireRenamable(deps, actor, node);
      if (node.name === name) return { node: present.one(actor, node) };
      const place = { parentId: node.parentId, name };
      const guard = () => requireRenamable(deps, actor, visibleNode(deps, actor, id));
      const { node: renamed } = await storage.move(id, place, { actor, guard });
      return { node: present.one(actor, renamed) };
    },
    "files.move": (context, input) => {
      const { actor } = context;
      const nodes = prepare(context, input, "move");
      return relocate(actor, input, nodes, (node, place, replace) => {
        if (node.parentId === input.folderId) return Promise.resolve({ node, created: false });
        const guardTarget = targetGuard(deps, actor, { folderId: input.folderId, selfId: node.id, replace });
        return storage.move(node.id, place, {
          actor,
          replace,
          guard: (existing) => {
            requireRemovable(deps, actor, visibleNode(deps, actor, node.id));
            guardTarget(existing);
          },
        });
      });
    },
    "files.copy": (context, input) => {
      const { actor } = context;
      const nodes = prepare(context, input, "copy");
      const filter = access.sightOf(actor).entries;
      return relocate(actor, input, nodes, (node, place, replace) =>
        storage.copy(node.id, place, {
          actor,
          replace,
          filter,
          guard: targetGuard(deps, actor, { folderId: input.folderId, selfId: node.id, replace }),
        }),
      );
    },
    "files.remove": async (context, { ids }) => {
      const { actor } = context;
      const nodes = visibleNodes(context, ids);
      for (const node of nodes) requireNotRoot(node);
      for (const node of nodes) requireRemovable(deps, actor, node);
      const trashIds: string[] = [];
      for (const { id } of topmost(deps, nodes)) {
        const guard = () => requireRemovable(deps, actor, visibleNode(deps, actor, id));
        trashIds.push((await storage.remove(id, { actor, guard })).trashId);
      }
      return { trashIds };
    },
  };
}

/** A folder cannot go into itself, and what is replaced cannot hold what replaces it. */
function requireSound(deps: BrowseDeps, actor: Actor, node: NodeInfo, target: NodeInfo, onClash: OnClash): void {
  const { storage } = deps;
  if (storage.isWithin(target.id, node.id)) throw new AppError("conflict", `${node.name} cannot be put into itself.`);
  const existing = storage.child(target.id, node.name);
  if (existing === undefined || existing.id === node.id) return;
  if (onClash === "fail") throw new AppError("exists", `There already is something called ${node.name}.`);
  if (onClash !== "replace") return;
  requireReplaceable(deps, actor, existing);
  if (storage.isWithin(node.id, existing.id)) {
    throw new AppError("conflict", `${node.name} lies in the folder that it would replace.`);
  }
}

function requireNotRoot(node: NodeInfo): void {
  if (node.parentId === null)
    throw new AppError("bad-request", "A space as a whole cannot be moved, copied or deleted.");
}

/** Without the nodes that go with another one of the list. */
function topmost({ storage }: BrowseDeps, nodes: readonly NodeInfo[]): NodeInfo[] {
  const ids = new Set(nodes.map(({ id }) => id));
  return nodes.filter((node) => !storage.lineage(node.id).some(({ id }) => id !== node.id && ids.has(id)));
}
