import { useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Node } from "#contract/apps/files/browse";
import { call, invalidate, ProblemError, urls, type Output } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { notifyDone, notifyError, notifyErrorAs } from "#web/ui/index.ts";
import { hideNodes, putBack, showRenamed } from "./cache.ts";
import { transfer, type ClashAnswer } from "./transfer.ts";

/** Asks what to do when a name is taken in `folderName`. */
export type AskClash = (node: Node, folderName: string, more: boolean) => Promise<ClashAnswer>;

/** "report.pdf" for one, "3 items" for several. */
export function naming(nodes: readonly { readonly name: string }[]): string {
  const [only] = nodes;
  return nodes.length === 1 && only ? only.name : strings.common.items(nodes.length);
}

/** The most ids that one request may carry (`files.move`, `files.copy`, `files.remove`). */
const idsPerRequest = 1000;

/** Runs a request for many ids in as many requests as the contract asks for, one after the other. */
async function inPortions<T>(ids: readonly number[], run: (ids: number[]) => Promise<T>): Promise<T[]> {
  const answers: T[] = [];
  for (let at = 0; at < ids.length; at += idsPerRequest) answers.push(await run(ids.slice(at, at + idsPerRequest)));
  return answers;
}

type Moved = Output<"files.move">;

async function portionsMoved(ids: readonly number[], run: (ids: number[]) => Promise<Moved>): Promise<Moved> {
  const answers = await inPortions(ids, run);
  return { nodes: answers.flatMap((each) => each.nodes), skipped: answers.flatMap((each) => each.skipped) };
}

function follow(address: string): void {
  const anchor = document.createElement("a");
  anchor.href = address;
  anchor.download = "";
  anchor.click();
}

/** One file as it is, everything else as one ZIP. */
function download(nodes: readonly Node[]): void {
  const [only] = nodes;
  if (nodes.length === 1 && only?.kind === "file") follow(urls.download(only.id));
  else if (nodes.length > 0) follow(urls.archive(nodes.map((node) => node.id)));
}

/** What can be done with nodes; each says so, can be undone where that is possible, and reports errors itself. */
export function useActions(askClash: AskClash) {
  const client = useQueryClient();
  return useMemo(() => {
    const refresh = () =>
      invalidate(client, "files.list", "files.recent", "search.find", "usage.overview", "files.get", "trash.list");

    const restore = async (trashIds: readonly string[]): Promise<void> => {
      try {
        for (let at = 0; at < trashIds.length; at += idsPerRequest)
          await call("trash.restore", { ids: trashIds.slice(at, at + idsPerRequest) });
        notifyDone(strings.browse.restored);
      } catch (error) {
        notifyError(error);
      }
      await refresh();
    };

    const remove = async (nodes: readonly Node[]): Promise<void> => {
      const before = await hideNodes(client, nodes);
      try {
        const ids = nodes.map((node) => node.id);
        const removed = await inPortions(ids, (some) => call("files.remove", { ids: some }));
        const trashIds = removed.flatMap((answer) => answer.trashIds);
        notifyDone(strings.browse.removed(naming(nodes)), () => void restore(trashIds));
      } catch (error) {
        putBack(client, before);
        notifyError(error);
      }
      await refresh();
    };

    const rename = async (node: Node, name: string): Promise<void> => {
      const before = await showRenamed(client, node.id, name);
      try {
        await call("files.rename", { id: node.id, name });
      } catch (error) {
        putBack(client, before);
        const taken = error instanceof ProblemError && error.code === "exists";
        if (taken) notifyErrorAs(strings.common.clash.title(name), error);
        else notifyError(error);
      }
      await refresh();
    };

    const createFolder = async (parentId: number, path: string): Promise<Node> => {
      const { node } = await call("files.createFolder", { parentId, path });
      await refresh();
      return node;
    };

    type Target = { readonly id: number; readonly name: string };
    const moveBack = async (nodes: readonly Node[]): Promise<void> => {
      const parents = Map.groupBy(
        nodes.filter((node) => node.parentId !== null),
        (node) => node.parentId ?? 0,
      );
      try {
        for (const [folderId, group] of parents)
          await inPortions(
            group.map((node) => node.id),
            (ids) => call("files.move", { ids, folderId, onClash: "rename" }),
          );
        notifyDone(strings.browse.restored);
      } catch (error) {
        notifyError(error);
      }
      await refresh();
    };

    const move = async (nodes: readonly Node[], target: Target): Promise<void> => {
      const moving = nodes.filter((node) => node.parentId !== target.id && node.id !== target.id);
      if (moving.length === 0) return;
      try {
        const { nodes: moved } = await transfer(
          moving,
          (ids, onClash) =>
            portionsMoved(ids, (some) => call("files.move", { ids: some, folderId: target.id, onClash })),
          (node, more) => askClash(node, target.name, more),
        );
        const ids = new Set(moved.map((node) => node.id));
        const undoable = moving.filter((node) => ids.has(node.id));
        if (moved.length > 0)
          notifyDone(strings.browse.moved(naming(moved), target.name), () => void moveBack(undoable));
      } catch (error) {
        notifyError(error);
      }
      await refresh();
    };

    const copy = async (nodes: readonly Node[], target: Target): Promise<void> => {
      const here = nodes.every((node) => node.parentId === target.id);
      try {
        const { nodes: copied } = await transfer(
          nodes,
          (ids, onClash) =>
            portionsMoved(ids, (some) =>
              call("files.copy", { ids: some, folderId: target.id, onClash: here ? "rename" : onClash }),
            ),
          (node, more) => askClash(node, target.name, more),
        );
        if (copied.length > 0) notifyDone(strings.browse.copied(naming(copied), target.name));
      } catch (error) {
        notifyError(error);
      }
      await refresh();
    };

    return { remove, rename, createFolder, move, copy, download };
  }, [client, askClash]);
}

export type Actions = ReturnType<typeof useActions>;
