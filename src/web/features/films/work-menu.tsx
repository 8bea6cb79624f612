import { ActionIcon, Menu } from "@mantine/core";
import {
  IconArrowBackUp,
  IconDots,
  IconDownload,
  IconFolder,
  IconHelpCircle,
  IconPencil,
  IconRefresh,
} from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Suspense, useState } from "react";
import type { WorkDetail } from "#contract/apps/media/works";
import { call } from "#web/client.ts";
import { OfflineDialog } from "#web/features/offline/index.ts";
import { films as t } from "#web/strings/films.ts";
import { offline } from "#web/strings/offline.ts";
import { notifyDone, notifyError } from "#web/ui/index.ts";
import { EditDrawer } from "./edit-drawer.tsx";
import { MatchDialog } from "./match-dialog.tsx";
import { useUndoWork, workChanged } from "./work-changes.ts";

/** Opens the folder of a file with the file selected, or the file by itself where nothing above it is shown. */
function useShowFile(): (nodeId: number) => Promise<void> {
  const navigate = useNavigate();
  return async (nodeId) => {
    try {
      const { node } = await call("files.get", { id: nodeId });
      if (node.parentId === null) await navigate({ to: "/shared", search: { preview: nodeId } });
      else
        await navigate({ to: "/files/$folderId", params: { folderId: String(node.parentId) }, search: { at: nodeId } });
    } catch (error) {
      notifyError(error);
    }
  };
}

/** What else can be done with a work; only for whoever may. */
export function WorkMenu({ detail }: { readonly detail: WorkDetail }) {
  const client = useQueryClient();
  const [open, setOpen] = useState<"edit" | "match" | "offline" | null>(null);
  const undo = useUndoWork();
  const show = useShowFile();
  const workId = detail.work.id;
  const refresh = useMutation({
    mutationFn: () => call("works.refresh", { workId }),
    onSuccess: async (changed) => {
      await workChanged(client, changed);
      notifyDone(t.refreshed);
    },
    onError: notifyError,
  });
  const { itemId } = detail.work;
  const nodeId = detail.versions[0]?.parts[0]?.nodeId;
  if (!detail.canEdit && nodeId === undefined) return null;
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size="lg" aria-label={t.moreActions} loading={refresh.isPending}>
            <IconDots size={20} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {detail.canEdit && (
            <>
              <Menu.Item leftSection={<IconHelpCircle size={16} />} onClick={() => setOpen("match")}>
                {t.fixMatch}
              </Menu.Item>
              <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => setOpen("edit")}>
                {t.edit}
              </Menu.Item>
              <Menu.Item leftSection={<IconRefresh size={16} />} onClick={() => refresh.mutate()}>
                {t.refresh}
              </Menu.Item>
            </>
          )}
          {detail.canUndo && detail.canEdit && (
            <Menu.Item leftSection={<IconArrowBackUp size={16} />} onClick={() => void undo(workId)}>
              {t.undo}
            </Menu.Item>
          )}
          {itemId !== null && (
            <Menu.Item leftSection={<IconDownload size={16} />} onClick={() => setOpen("offline")}>
              {offline.action}
            </Menu.Item>
          )}
          {nodeId !== undefined && (
            <Menu.Item leftSection={<IconFolder size={16} />} onClick={() => void show(nodeId)}>
              {t.showFile}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {open === "edit" && <EditDrawer detail={detail} onClose={() => setOpen(null)} />}
      {open === "offline" && itemId !== null && (
        <Suspense>
          <OfflineDialog itemId={itemId} onClose={() => setOpen(null)} />
        </Suspense>
      )}
      {open === "match" && <MatchDialog detail={detail} onClose={() => setOpen(null)} />}
    </>
  );
}
