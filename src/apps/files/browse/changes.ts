import type { browseContract } from "#contract/apps/files/browse";
import { AppError } from "#platform/errors";
import type { Handlers, UseCaseContext } from "#platform/usecase";
import type { NodeInfo, Place, Written } from "#storage/primary";
import { actAtPlace, ensureFolder, type OnClash, requireFolder, requireNode, splitPath } from "./places.ts";
import { presentNode } from "./present.ts";
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
  const presentOne = (node: NodeInfo) => presentNode(node, deps.linkedNodeIds([node.id]).has(node.id));

  const relocate = async (input: Relocation, nodes: readonly NodeInfo[], act: Relocate) => {
    const moved: NodeInfo[] = [];
    const skipped: string[] = [];
    for (const node of nodes) {
      const place = { parentId: input.folderId, name: node.name };
      const written = await actAtPlace(storage, place, input.onClash, (at, replace) => act(node, at, replace));
      if (written === null) skipped.push(node.name);
      else moved.push(written.node);
    }
    return { nodes: moved.map(presentOne), skipped };
  };

  /** The nodes, without repetition, after the rights to source and target and the shape of the tree have been checked. */
  const prepare = (context: UseCaseContext, input: Relocation, act: "copy" | "move"): NodeInfo[] => {
    const source = act === "copy" ? "read" : "write";
    const target = requireFolder(storage, input.folderId);
    access.require(context.actor, "write", { spaceId: target.spaceId });
    const nodes = [...new Set(input.ids)].map((id) => requireNode(storage, id));
    for (const { spaceId } of nodes) access.require(context.actor, source, { spaceId });
    context.checked();
    for (const node of nodes) requireSound(deps, node, target, input.onClash);
    if (act === "copy" && input.onClash === "replace" && nodes.some(({ parentId }) => parentId === target.id)) {
      throw new AppError("conflict", "A copy cannot replace what it is a copy of.");
    }
    return nodes;
  };

  return {
    "files.createFolder": async (context, { parentId, path }) => {
      access.require(context.actor, "write", { spaceId: requireFolder(storage, parentId).spaceId });
      context.checked();
      const names = splitPath(path);
      if (names.length === 0) throw new AppError("invalid-name", "A folder needs a name.");
      return { node: presentOne(await ensureFolder(storage, parentId, names, { actor: context.actor })) };
    },
    "files.rename": async (context, { id, name }) => {
      const node = requireNode(storage, id);
      access.require(context.actor, "write", { spaceId: node.spaceId });
      context.checked();
      if (node.parentId === null) throw new AppError("bad-request", "A space itself cannot be renamed here.");
      if (node.name === name) return { node: presentOne(node) };
      const place = { parentId: node.parentId, name };
      return { node: presentOne((await storage.move(id, place, { actor: context.actor })).node) };
    },
    "files.move": (context, input) => {
      const nodes = prepare(context, input, "move");
      return relocate(input, nodes, (node, place, replace) =>
        node.parentId === input.folderId
          ? Promise.resolve({ node, created: false })
          : storage.move(node.id, place, { actor: context.actor, replace }),
      );
    },
    "files.copy": (context, input) => {
      const nodes = prepare(context, input, "copy");
      return relocate(input, nodes, (node, place, replace) =>
        storage.copy(node.id, place, { actor: context.actor, replace }),
      );
    },
    "files.remove": async (context, { ids }) => {
      const nodes = [...new Set(ids)].map((id) => requireNode(storage, id));
      for (const { spaceId } of nodes) access.require(context.actor, "write", { spaceId });
      context.checked();
      for (const node of nodes) requireNotRoot(node);
      const trashIds: string[] = [];
      for (const { id } of topmost(deps, nodes)) {
        trashIds.push((await storage.remove(id, { actor: context.actor })).trashId);
      }
      return { trashIds };
    },
  };
}

/** A folder cannot go into itself, and what is replaced cannot hold what replaces it. */
function requireSound({ storage }: BrowseDeps, node: NodeInfo, target: NodeInfo, onClash: OnClash): void {
  requireNotRoot(node);
  if (storage.isWithin(target.id, node.id)) throw new AppError("conflict", `${node.name} cannot be put into itself.`);
  const existing = storage.child(target.id, node.name);
  if (existing === undefined || existing.id === node.id) return;
  if (onClash === "fail") throw new AppError("exists", `There already is something called ${node.name}.`);
  if (onClash === "replace" && storage.isWithin(node.id, existing.id)) {
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
