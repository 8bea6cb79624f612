import { Suspense } from "react";
import type { Node } from "#contract/apps/files/browse";
import { lazyPart } from "#web/ui/index.ts";
import type { Rows } from "./rows.ts";
import type { FilesSearch } from "./url-state.ts";
import type { Actions } from "./use-actions.ts";

const NewFolderDialog = lazyPart(async () => (await import("./new-folder-dialog.tsx")).NewFolderDialog);
const FolderPicker = lazyPart(async () => (await import("./folder-picker.tsx")).FolderPicker);
const ShareDialog = lazyPart(async () => (await import("#web/features/sharing/index.ts")).ShareDialog);
const PreviewOverlay = lazyPart(async () => (await import("./preview-overlay.tsx")).PreviewOverlay);

/** What asks for something before it is done. */
export type Dialog =
  | { readonly kind: "newFolder" }
  | { readonly kind: "move" | "copy"; readonly nodes: readonly Node[] }
  | { readonly kind: "share"; readonly node: Node };

/** The dialogs and the preview of a folder; each is loaded when it is first needed. */
export function FolderDialogs(props: {
  readonly folderId: number;
  readonly dialog: Dialog | null;
  readonly rows: Rows;
  readonly actions: Actions;
  readonly previewId: number | undefined;
  readonly onClose: () => void;
  readonly onSearch: (change: FilesSearch) => void;
}) {
  const { folderId, dialog, actions, previewId, onClose, onSearch } = props;
  return (
    <Suspense>
      {dialog?.kind === "newFolder" && (
        <NewFolderDialog
          create={(name) => actions.createFolder(folderId, name)}
          onDone={(node) => {
            onClose();
            onSearch({ at: node.id });
          }}
          onClose={onClose}
        />
      )}
      {(dialog?.kind === "move" || dialog?.kind === "copy") && (
        <FolderPicker
          mode={dialog.kind}
          nodes={dialog.nodes}
          startId={folderId}
          onPick={(target) => {
            onClose();
            void actions[dialog.kind](dialog.nodes, target);
          }}
          onClose={onClose}
        />
      )}
      {dialog?.kind === "share" && <ShareDialog node={dialog.node} opened onClose={onClose} />}
      {previewId !== undefined && (
        <PreviewOverlay
          rows={props.rows}
          nodeId={previewId}
          onNavigate={(id) => onSearch({ preview: id, at: id })}
          onClose={() => {
            onClose();
            onSearch({ preview: undefined });
          }}
        />
      )}
    </Suspense>
  );
}
