import { useDebouncedCallback } from "@mantine/hooks";
import { useCallback, useDeferredValue, useState } from "react";
import type { Node } from "#contract/apps/files/browse";
import { pickFiles } from "#web/features/uploads/index.ts";
import { useSession } from "#web/frame/session.ts";
import type { Dialog } from "./folder-dialogs.tsx";
import type { Command } from "./node-menu.tsx";
import { rightsOf } from "./rights.ts";
import { allRows, loadedRows, type Rows } from "./rows.ts";
import { noSelection, refresh, selectAll, type Selection } from "./selection.ts";
import { crumbsOf, useSpaces } from "./spaces.ts";
import { sortOf, type FilesSearch } from "./url-state.ts";
import { useActions, type AskClash } from "./use-actions.ts";
import { useAt } from "./use-at.ts";
import { useFilter, useFolder } from "./use-folder.ts";

export interface FolderPageProps {
  readonly folderId: number;
  readonly search: FilesSearch;
  /** Changes the address; `push` makes it a step for the back button. */
  readonly onSearch: (change: FilesSearch, push?: boolean) => void;
  /** Opens another folder; `at` is selected there. With `leave`, the way back leads to that node here. */
  readonly onFolder: (folderId: number, options?: { readonly at?: number; readonly leave?: number }) => void;
}

const filterUrlMs = 400;

/** What a folder's page shows: rows behind the filter, the selection, the way here and what is allowed. */
function useFolderState(props: FolderPageProps) {
  const { folderId, search, onSearch } = props;
  const sort = sortOf(search);
  const view = useFolder(folderId, sort);
  const spaces = useSpaces();
  const { can } = useSession();
  const [filter, setFilterText] = useState(search.filter ?? "");
  const filtered = useFilter(view, folderId, sort, useDeferredValue(filter));
  const [picked, setPicked] = useState<Selection>(noSelection);
  const keepInUrl = useDebouncedCallback((text: string) => onSearch({ filter: text || undefined }), filterUrlMs);
  const { rows } = filtered;
  const selection = view.error ? noSelection : currentSelection(picked, rows);
  useAt(search.at, rows, setPicked);
  const nodes = [...selection.nodes.values()];
  const rights = rightsOf(view.folder, nodes, can("people.read"));
  const crumbs = crumbsOf(view.path, view.folder, spaces);
  const setFilter = (text: string): void => {
    setFilterText(text);
    setPicked(noSelection);
    keepInUrl(text);
  };
  return {
    sort,
    view,
    spaces,
    filter,
    setFilter,
    filtered,
    rows,
    selection,
    setPicked,
    nodes,
    rights,
    crumbs,
    /** The folder under the name that people know it by. */
    folder: view.folder && { ...view.folder, name: crumbs.at(-1)?.name ?? view.folder.name },
    /** The whole folder is selected, so that one address can stand for it. */
    everything: !filtered.active && nodes.length > 1 && nodes.length === rows.total,
  };
}

/** A folder's page without its looks: state, and what keys, menus and buttons do. */
export function useFolderPage(props: FolderPageProps, askClash: AskClash) {
  const { folderId, search, onSearch, onFolder } = props;
  const state = useFolderState(props);
  const { nodes, rows, selection, rights, view, setPicked } = state;
  const actions = useActions(askClash);
  const [editing, setEditing] = useState<number | null>(null);
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const [focusKey, setFocusKey] = useState(0);
  const focusList = useCallback(() => setFocusKey((key) => key + 1), []);
  const only = nodes.length === 1 ? nodes[0] : undefined;

  const open = (node: Node): void => {
    if (node.kind === "folder") onFolder(node.id, { leave: node.id });
    else onSearch({ preview: node.id, at: node.id }, true);
  };
  const remove = (): void => {
    const cursor = Math.max(0, Math.min(selection.cursor ?? 0, rows.total - nodes.length - 1));
    setPicked({ ...noSelection, cursor });
    void actions.remove(nodes);
  };
  const moveInto = (ids: readonly number[], target: { readonly id: number; readonly name: string }): void => {
    const wanted = new Set(ids);
    const known = [...nodes, ...loadedRows(rows, 0, rows.total).filter((node) => !selection.nodes.has(node.id))];
    void actions.move(
      known.filter((node) => wanted.has(node.id)),
      target,
    );
  };
  const toDownload = (): readonly Node[] =>
    nodes.length > 0 && !state.everything ? nodes : view.folder ? [view.folder] : [];
  const shared = nodes.length > 1 ? undefined : (only ?? state.folder);
  const commands: Readonly<Record<Command, (() => void) | false | undefined>> = {
    open: only && (() => open(only)),
    download: () => actions.download(toDownload()),
    share: rights.canSeeAccess && shared && (() => setDialog({ kind: "share", node: shared })),
    rename: rights.canChange && only && (() => setEditing(only.id)),
    move: rights.canChange && (() => setDialog({ kind: "move", nodes })),
    copy: nodes.length > 0 && (() => setDialog({ kind: "copy", nodes })),
    remove: rights.canChange && remove,
    details: () => onSearch({ panel: search.panel ? undefined : "details" }),
    newFolder: rights.canAdd && (() => setDialog({ kind: "newFolder" })),
    uploadFiles: rights.canAdd && (() => void pickFiles(folderId)),
    uploadFolder: rights.canAdd && (() => void pickFiles(folderId, { folder: true })),
    selectAll: () => void allRows(rows, 0, rows.total).then((all) => setPicked(selectAll(selection, all))),
  };
  const run = (command: Command): boolean => {
    const action = commands[command];
    if (action) action();
    return Boolean(action);
  };
  const onKey = (event: React.KeyboardEvent): boolean => {
    const parent = state.crumbs.at(-2);
    const up = event.key === "Backspace" || (event.altKey && event.key === "ArrowUp");
    if (up && parent) onFolder(parent.id, { at: folderId });
    else if (event.key === "Delete") return run("remove");
    else if (event.key === "F2") return run("rename");
    return Boolean(up && parent);
  };
  const onRename = (node: Node, name: string | null): void => {
    setEditing(null);
    focusList();
    if (name !== null) void actions.rename(node, name);
  };
  return { ...state, actions, editing, dialog, setDialog, focusKey, focusList, open, moveInto, run, onKey, onRename };
}

/** The selection with the newest form of every row that is loaded. */
function currentSelection(picked: Selection, rows: Rows): Selection {
  if (picked.nodes.size === 0) return picked;
  const loaded = new Map(loadedRows(rows, 0, rows.total).map((node) => [node.id, node]));
  const complete = loaded.size === rows.total;
  return refresh(picked, (id) => loaded.get(id) ?? (complete ? null : undefined));
}
