import { useMemo, useState } from "react";
import type { Node } from "#contract/apps/files/browse";
import { urls } from "#web/client.ts";
import { DropZone } from "#web/features/uploads/index.ts";
import { FrameTitle } from "#web/frame/title.tsx";
import { strings } from "#web/strings.ts";
import { FolderCrumbs } from "./breadcrumbs.tsx";
import { useClashDialog } from "./clash-dialog.tsx";
import classes from "./files-page.module.css";
import { FolderDialogs } from "./folder-dialogs.tsx";
import { Bones, EmptyFolder, FolderError, FolderLost, NoMatch } from "./folder-states.tsx";
import { Inspector } from "./inspector.tsx";
import { NodeList } from "./node-list.tsx";
import { NodeMenu } from "./node-menu.tsx";
import { noSelection } from "./selection.ts";
import { Toolbar } from "./toolbar.tsx";
import { nextSort, sortSearch, type SortBy, type View } from "./url-state.ts";
import { useFolderPage, type FolderPageProps } from "./use-folder-page.ts";
import { LocksContext, useLocks } from "./use-locks.ts";
import { useView } from "./view-choice.ts";

type Model = ReturnType<typeof useFolderPage>;

const thumbUrl = (node: Node): string | null => (node.hasPreview ? urls.preview(node.id, 256, node.etag) : null);

/** One folder: toolbar, list, details, and everything that can be done there. */
export function FolderPage(props: FolderPageProps) {
  const { folderId, search, onSearch } = props;
  const clash = useClashDialog();
  const page = useFolderPage(props, clash.ask);
  const [view, chooseView] = useView(search);
  const { crumbs, rights, nodes, sort, view: folder } = page;
  const title = crumbs.at(-1)?.name ?? strings.browse.title;
  const onSort = (key: SortBy): void => onSearch(sortSearch(nextSort(sort, key)));
  const onView = (next: View): void => {
    chooseView(next);
    onSearch({ view: next });
  };
  const { locks } = useLocks(folderId);
  const byNode = useMemo(() => new Map((locks ?? []).map((lock) => [lock.nodeId, lock])), [locks]);
  return (
    <div className={classes.page}>
      <FrameTitle title={title}>
        {folder.error ? undefined : (
          <FolderCrumbs crumbs={crumbs} spaces={page.spaces} search={search} onDropNodes={page.moveInto} />
        )}
      </FrameTitle>
      <div className={classes.column}>
        <Toolbar
          selected={nodes}
          rights={rights}
          filter={page.filter}
          view={view}
          sort={sort}
          detailsOpen={search.panel === "details"}
          onFilter={page.setFilter}
          onView={onView}
          onSort={onSort}
          onCommand={page.run}
          onClear={() => page.setPicked(noSelection)}
        />
        {page.filtered.searched && <div className={classes.note}>{strings.browse.filterFirst(page.rows.total)}</div>}
        <DropZone folderId={folderId} folderName={title} enabled={rights.canAdd} className={classes.zone}>
          <LocksContext value={byNode}>
            <FolderList page={page} view={view} title={title} onSort={onSort} />
          </LocksContext>
        </DropZone>
      </div>
      {search.panel === "details" && page.folder && (
        <Inspector
          nodes={nodes.length > 0 ? nodes : [page.folder]}
          where={(nodes.length > 0 ? crumbs : crumbs.slice(0, -1)).map((crumb) => crumb.name).join(" / ")}
          thumbUrl={thumbUrl}
          onCommand={page.run}
          onClose={() => onSearch({ panel: undefined })}
        />
      )}
      {clash.dialog}
      <FolderDialogs
        folderId={folderId}
        dialog={folder.error ? null : page.dialog}
        rows={page.rows}
        actions={page.actions}
        previewId={folder.error ? undefined : search.preview}
        onClose={() => {
          page.setDialog(null);
          page.focusList();
        }}
        onSearch={onSearch}
      />
    </div>
  );
}

/** The rows with their menu, or what is shown instead of them. */
function FolderList(props: {
  readonly page: Model;
  readonly view: View;
  readonly title: string;
  readonly onSort: (key: SortBy) => void;
}) {
  const { page, view } = props;
  const { rights, filtered, view: folder } = page;
  const [menu, setMenu] = useState<{ readonly node: Node | null; readonly x: number; readonly y: number } | null>(null);
  if (folder.lost) return <FolderLost />;
  if (folder.error) return <FolderError error={folder.error} onRetry={folder.retry} />;
  if (folder.pending) return <Bones />;
  const empty = filtered.active ? (
    <NoMatch text={page.filter} pending={filtered.pending} />
  ) : (
    <EmptyFolder rights={rights} onCommand={page.run} />
  );
  return (
    <>
      <NodeList
        rows={page.rows}
        view={view}
        label={strings.browse.list(props.title)}
        sort={page.sort}
        onSort={props.onSort}
        selection={page.selection}
        onSelect={page.setPicked}
        thumbUrl={thumbUrl}
        onOpen={page.open}
        onMenu={(node, at) => {
          if (!node) page.setPicked(noSelection);
          setMenu({ node, ...at });
        }}
        onKey={page.onKey}
        editingId={page.editing}
        onRename={page.onRename}
        onDropNodes={rights.canAdd ? page.moveInto : undefined}
        focusKey={page.focusKey}
        empty={empty}
      />
      {menu && (
        <NodeMenu
          at={menu}
          nodes={menu.node ? page.nodes : []}
          rights={rights}
          onCommand={page.run}
          onClose={() => {
            setMenu(null);
            page.focusList();
          }}
        />
      )}
    </>
  );
}
