import { Button, Group } from "@mantine/core";
import { IconFolderOpen, IconFolderPlus, IconSearchOff, IconUpload } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useDeferredValue, useState } from "react";
import type { Node } from "#contract/apps/files/browse";
import { ProblemError, urls } from "#web/client.ts";
import { DropZone, pickFiles } from "#web/features/uploads/index.ts";
import { useSession } from "#web/frame/session.ts";
import { FrameTitle } from "#web/frame/title.tsx";
import { strings } from "#web/strings.ts";
import { EmptyState, ErrorState, useAfter } from "#web/ui/index.ts";
import { FolderCrumbs } from "./breadcrumbs.tsx";
import { useClashDialog } from "./clash-dialog.tsx";
import classes from "./files-page.module.css";
import { Inspector } from "./inspector.tsx";
import { NodeList } from "./node-list.tsx";
import { NodeMenu, type Command, type Rights } from "./node-menu.tsx";
import { allRows, loadedRows } from "./rows.ts";
import { noSelection, refresh, selectAll, type Selection } from "./selection.ts";
import { crumbsOf, useSpaces } from "./spaces.ts";
import { Toolbar } from "./toolbar.tsx";
import { nextSort, sortOf, sortSearch, type FilesSearch } from "./url-state.ts";
import { useActions } from "./use-actions.ts";
import { useAt } from "./use-at.ts";
import { useFilter, useFolder } from "./use-folder.ts";
import { useView } from "./view-choice.ts";

const NewFolderDialog = lazy(async () => ({ default: (await import("./new-folder-dialog.tsx")).NewFolderDialog }));
const FolderPicker = lazy(async () => ({ default: (await import("./folder-picker.tsx")).FolderPicker }));
const ShareDialog = lazy(async () => ({ default: (await import("#web/features/sharing/index.ts")).ShareDialog }));
const PreviewOverlay = lazy(async () => ({ default: (await import("./preview-overlay.tsx")).PreviewOverlay }));

interface Props {
  readonly folderId: number;
  readonly search: FilesSearch;
  /** Changes the address; `push` makes it a step for the back button. */
  readonly onSearch: (change: FilesSearch, push?: boolean) => void;
  readonly onFolder: (folderId: number, at?: number) => void;
}

type Dialog =
  | { readonly kind: "newFolder" }
  | { readonly kind: "move" | "copy"; readonly nodes: readonly Node[] }
  | { readonly kind: "share"; readonly node: Node };

const thumbUrl = (node: Node): string | null => (node.hasPreview ? urls.preview(node.id, 256, node.etag) : null);

/** One folder: toolbar, list, details, and everything that can be done there. */
export function FolderPage(props: Props) {
  const { folderId, search, onSearch, onFolder } = props;
  const sort = sortOf(search);
  const view = useFolder(folderId, sort);
  const spaces = useSpaces();
  const { can } = useSession();
  const [filter, setFilter] = useState(search.filter ?? "");
  const filtered = useFilter(view, folderId, sort, useDeferredValue(filter));
  const { rows } = filtered;
  const [picked, setPicked] = useState<Selection>(noSelection);
  const [editing, setEditing] = useState<number | null>(null);
  const [menu, setMenu] = useState<{ readonly node: Node | null; readonly x: number; readonly y: number } | null>(null);
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const [focusKey, setFocusKey] = useState(0);
  const focusList = useCallback(() => setFocusKey((key) => key + 1), []);
  const clash = useClashDialog();
  const actions = useActions(clash.ask);
  const [viewKind, setViewKind] = useView(search);
  const bones = useAfter(view.pending);
  const selection = currentSelection(picked, rows);
  useAt(search.at, rows, setPicked);

  const space = spaces.find((each) => each.id === view.folder?.spaceId);
  const rights: Rights = { canWrite: space?.canWrite ?? false, canShare: can("links.create") };
  const crumbs = crumbsOf(view.path, view.folder, spaces);
  const parent = crumbs.at(-2);
  const nodes = [...selection.nodes.values()];
  const everything = !filtered.active && nodes.length > 1 && nodes.length === rows.total;

  const open = (node: Node): void => {
    if (node.kind === "folder") onFolder(node.id);
    else onSearch({ preview: node.id, at: undefined }, true);
  };
  const remove = (gone: readonly Node[]): void => {
    setPicked({ ...noSelection, cursor: Math.max(0, Math.min(selection.cursor ?? 0, rows.total - gone.length - 1)) });
    void actions.remove(gone);
  };
  const move = (ids: readonly number[], target: { readonly id: number; readonly name: string }): void => {
    const moving = nodes.filter((node) => ids.includes(node.id));
    const known = moving.length > 0 ? moving : loadedRows(rows, 0, rows.total).filter((node) => ids.includes(node.id));
    void actions.move(known, target);
  };
  const command = (name: Command): void => {
    const [one] = nodes;
    const only = nodes.length === 1 ? one : undefined;
    if (name === "newFolder") setDialog({ kind: "newFolder" });
    else if (name === "uploadFiles" || name === "uploadFolder") void pickFiles(folderId, { folder: name === "uploadFolder" });
    else if (name === "details") onSearch({ panel: search.panel ? undefined : "details" });
    else if (name === "selectAll") void allRows(rows, 0, rows.total).then((all) => setPicked(selectAll(selection, all)));
    else if (name === "download") actions.download(nodes.length > 0 && !everything ? nodes : view.folder ? [view.folder] : []);
    else if (name === "share" && (only ?? view.folder)) setDialog({ kind: "share", node: (only ?? view.folder) as Node });
    else if (name === "open" && only) open(only);
    else if (name === "rename" && only) setEditing(only.id);
    else if ((name === "move" || name === "copy") && one) setDialog({ kind: name, nodes });
    else if (name === "remove" && one) remove(nodes);
  };
  const onKey = (event: React.KeyboardEvent): boolean => {
    const upKey = event.key === "Backspace" || (event.altKey && event.key === "ArrowUp");
    if (upKey && parent) onFolder(parent.id, folderId);
    else if (event.key === "Delete" && rights.canWrite) command("remove");
    else if (event.key === "F2" && rights.canWrite) command("rename");
    else return false;
    return true;
  };
  const onRename = useCallback(
    (node: Node, name: string | null) => {
      setEditing(null);
      focusList();
      if (name !== null) void actions.rename(node, name);
    },
    [actions, focusList],
  );

  const closeMenu = (): void => {
    setMenu(null);
    focusList();
  };

  const title = crumbs.at(-1)?.name ?? strings.browse.title;
  return (
    <div className={classes.page}>
      <FrameTitle title={title}>
        {view.error ? undefined : <FolderCrumbs crumbs={crumbs} spaces={spaces} search={search} onDropNodes={move} />}
      </FrameTitle>
      <div className={classes.column}>
        <Toolbar
          selected={nodes}
          rights={rights}
          filter={filter}
          view={viewKind}
          sort={sort}
          detailsOpen={search.panel === "details"}
          onFilter={(text) => {
            setFilter(text);
            setPicked(noSelection);
          }}
          onView={(next) => {
            setViewKind(next);
            onSearch({ view: next });
          }}
          onSort={(key) => onSearch(sortSearch(nextSort(sort, key)))}
          onCommand={command}
          onClear={() => setPicked(noSelection)}
        />
        {filtered.searched && <div className={classes.note}>{strings.browse.filterFirst(rows.total)}</div>}
        <DropZone folderId={folderId} folderName={title} enabled={rights.canWrite} className={classes.zone}>
          {view.error ? (
            <FolderError error={view.error} onRetry={view.retry} />
          ) : view.pending ? (
            <Bones shown={bones} />
          ) : (
            <NodeList
              rows={rows}
              view={viewKind}
              label={strings.browse.list(title)}
              sort={sort}
              onSort={(key) => onSearch(sortSearch(nextSort(sort, key)))}
              selection={selection}
              onSelect={setPicked}
              thumbUrl={thumbUrl}
              onOpen={open}
              onMenu={(node, at) => setMenu({ node, ...at })}
              onKey={onKey}
              editingId={editing}
              onRename={onRename}
              onDropNodes={rights.canWrite ? move : undefined}
              focusKey={focusKey}
              empty={filtered.active ? <NoMatch text={filter} pending={filtered.pending} /> : <EmptyFolder rights={rights} onCommand={command} />}
            />
          )}
        </DropZone>
      </div>
      {search.panel === "details" && view.folder && (
        <Inspector
          nodes={nodes.length > 0 ? nodes : [{ ...view.folder, name: title }]}
          where={(nodes.length > 0 ? crumbs : crumbs.slice(0, -1)).map((crumb) => crumb.name).join(" / ")}
          rights={rights}
          thumbUrl={thumbUrl}
          onCommand={command}
          onClose={() => onSearch({ panel: undefined })}
        />
      )}
      {menu && <NodeMenu at={menu} nodes={menu.node ? nodes : []} rights={rights} onCommand={command} onClose={closeMenu} />}
      {clash.dialog}
      <Suspense>
        {dialog?.kind === "newFolder" && (
          <NewFolderDialog
            create={(name) => actions.createFolder(folderId, name)}
            onDone={(node) => {
              setDialog(null);
              onSearch({ at: node.id });
            }}
            onClose={() => setDialog(null)}
          />
        )}
        {(dialog?.kind === "move" || dialog?.kind === "copy") && (
          <FolderPicker
            mode={dialog.kind}
            nodes={dialog.nodes}
            startId={folderId}
            onPick={(target) => {
              setDialog(null);
              void actions[dialog.kind](dialog.nodes, target);
            }}
            onClose={() => setDialog(null)}
          />
        )}
        {dialog?.kind === "share" && <ShareDialog node={dialog.node} opened onClose={() => setDialog(null)} />}
        {search.preview !== undefined && (
          <PreviewOverlay
            rows={rows}
            nodeId={search.preview}
            onNavigate={(id) => onSearch({ preview: id })}
            onClose={() => onSearch({ preview: undefined, at: search.preview })}
          />
        )}
      </Suspense>
    </div>
  );
}

/** The selection with the newest form of every row that is loaded. */
function currentSelection(picked: Selection, rows: { readonly total: number; get(index: number): Node | undefined }): Selection {
  if (picked.nodes.size === 0) return picked;
  const loaded = new Map(loadedRows(rows, 0, rows.total).map((node) => [node.id, node]));
  const complete = loaded.size === rows.total;
  return refresh(picked, (id) => loaded.get(id) ?? (complete ? null : undefined));
}

/** A folder that is not there leads back to one's own files; anything else can be tried again. */
function FolderError(props: { readonly error: Error; readonly onRetry: () => void }) {
  const gone = props.error instanceof ProblemError && !props.error.retryable;
  if (!gone) return <ErrorState error={props.error} onRetry={props.onRetry} />;
  return <ErrorState error={props.error} action={<Button variant="default" component={Link} to="/files">{strings.browse.toMyFiles}</Button>} />;
}

function Bones(props: { readonly shown: boolean }) {
  return (
    <div className={classes.pending} aria-busy="true">
      {props.shown && [60, 40, 52, 34, 46, 58, 30].map((percent) => <div key={percent} className={classes.bone} style={{ width: `${percent}%` }} />)}
    </div>
  );
}

function NoMatch(props: { readonly text: string; readonly pending: boolean }) {
  if (props.pending) return null;
  return <EmptyState icon={IconSearchOff} title={strings.browse.filterNone(props.text.trim())} />;
}

function EmptyFolder(props: { readonly rights: Rights; readonly onCommand: (command: Command) => void }) {
  const t = strings.browse;
  if (!props.rights.canWrite) return <EmptyState icon={IconFolderOpen} title={t.empty} />;
  return (
    <EmptyState
      icon={IconFolderOpen}
      title={t.empty}
      hint={t.emptyHint}
      action={
        <Group gap="xs" justify="center">
          <Button leftSection={<IconUpload size={18} />} onClick={() => props.onCommand("uploadFiles")}>
            {t.uploadFiles}
          </Button>
          <Button variant="default" leftSection={<IconFolderPlus size={18} />} onClick={() => props.onCommand("newFolder")}>
            {t.newFolder}
          </Button>
        </Group>
      }
    />
  );
}
