import { Text } from "@mantine/core";
import { IconCloudUpload } from "@tabler/icons-react";
import { useRef, useState, type DragEvent, type ReactNode } from "react";
import { call } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { notifyError } from "#web/ui/index.ts";
import { useUploadEngine } from "./context.tsx";
import classes from "./uploads.module.css";
import type { Uploads } from "./uploads.ts";
import { fromEntry, fromHandle, walk, type Dropped, type DropNode } from "./walk.ts";

const t = strings.uploads.drop;

export interface DropZoneProps {
  readonly folderId: number;
  /** Shown while something hangs over the zone. */
  readonly folderName?: string;
  /** False where the caller may not write; drops are then not taken. */
  readonly enabled?: boolean;
  /** False for share links, where a visitor cannot make folders without files. */
  readonly makeEmptyFolders?: boolean;
  readonly className?: string;
  readonly children: ReactNode;
}

/** Takes files and folders dropped anywhere on it. Drags that carry no files, such as moving a row, pass through. */
export function DropZone(props: DropZoneProps) {
  const { folderId, enabled = true, makeEmptyFolders = true } = props;
  const uploads = useUploadEngine();
  const [over, setOver] = useState(false);
  const depth = useRef(0);
  const takes = (event: DragEvent): boolean => enabled && event.dataTransfer.types.includes("Files");
  const enter = (event: DragEvent, step: 1 | -1): void => {
    if (!takes(event)) return;
    event.preventDefault();
    depth.current = Math.max(0, depth.current + step);
    setOver(depth.current > 0);
  };
  const drop = (event: DragEvent): void => {
    depth.current = 0;
    setOver(false);
    if (!takes(event)) return;
    event.preventDefault();
    const nodes = nodesOf(event.dataTransfer);
    void takeIn(uploads, nodes, folderId, makeEmptyFolders).catch(notifyError);
  };
  return (
    <div
      className={`${classes.zone} ${props.className ?? ""}`}
      onDragEnter={(event) => enter(event, 1)}
      onDragLeave={(event) => enter(event, -1)}
      onDragOver={(event) => {
        if (!takes(event)) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = "copy";
      }}
      onDrop={drop}
    >
      {props.children}
      {over && (
        <div className={classes.over}>
          <IconCloudUpload size={40} stroke={1.25} aria-hidden="true" />
          <Text fw={550}>{t.title}</Text>
          <Text size="sm">{props.folderName ? t.hint(props.folderName) : t.here}</Text>
        </div>
      )}
    </div>
  );
}

type HandleItem = DataTransferItem & { getAsFileSystemHandle?: () => Promise<FileSystemHandle | null> };

/**
 * Must run inside the drop event: afterwards the browser empties the list. Handles where the browser has them, entries elsewhere,
 * and the bare file for what comes from another program's memory.
 */
function nodesOf(transfer: DataTransfer): Promise<DropNode | null>[] {
  return [...transfer.items]
    .filter((item) => item.kind === "file")
    .map(async (item: HandleItem) => {
      const entry = item.webkitGetAsEntry();
      const file = item.getAsFile();
      const handle = await item.getAsFileSystemHandle?.().catch(() => null);
      if (handle) return fromHandle(handle);
      if (entry) return fromEntry(entry as Parameters<typeof fromEntry>[0]);
      return file && { name: file.name, handle: null, file: () => Promise.resolve(file) };
    });
}

async function takeIn(
  uploads: Uploads,
  nodes: readonly Promise<DropNode | null>[],
  folderId: number,
  makeEmptyFolders: boolean,
): Promise<void> {
  const dropped: Dropped = await walk((await Promise.all(nodes)).filter((node) => node !== null));
  uploads.enqueue(dropped.sources, folderId);
  if (!makeEmptyFolders) return;
  for (const path of dropped.emptyFolders) await call("files.createFolder", { parentId: folderId, path });
}
