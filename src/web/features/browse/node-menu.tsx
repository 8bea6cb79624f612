import { Menu } from "@mantine/core";
import {
  IconCopy,
  IconDownload,
  IconEye,
  IconFolderPlus,
  IconFolderSymlink,
  IconInfoCircle,
  IconPencil,
  IconTrash,
  IconUpload,
  IconUserPlus,
  IconUsers,
  type Icon,
} from "@tabler/icons-react";
import type { Node } from "#contract/apps/files/browse";
import { strings } from "#web/strings.ts";
import classes from "./node-menu.module.css";
import type { Rights } from "./rights.ts";

/** What can be asked for from a menu, the selection bar or a key. */
export type Command =
  | "open"
  | "download"
  | "share"
  | "rename"
  | "move"
  | "copy"
  | "remove"
  | "details"
  | "newFolder"
  | "uploadFiles"
  | "uploadFolder"
  | "selectAll";

interface Entry {
  readonly command: Command;
  readonly label: string;
  readonly icon: Icon;
  readonly key?: string;
  readonly danger?: true;
}

const t = strings.browse;

/** Commands for a selection in the order they are shown; for no nodes, those of the folder itself. */
export function commandsFor(nodes: readonly Node[], rights: Rights): readonly Entry[] {
  const one = nodes.length === 1 ? nodes[0] : undefined;
  const share: Entry | false = rights.canShare
    ? { command: "share", label: t.share, icon: IconUserPlus }
    : rights.canSeeAccess && { command: "share", label: t.whoSees, icon: IconUsers };
  const entries: (Entry | false)[] =
    nodes.length === 0
      ? [
          rights.canAdd && { command: "newFolder", label: t.newFolder, icon: IconFolderPlus },
          rights.canAdd && { command: "uploadFiles", label: t.uploadFiles, icon: IconUpload },
          share,
          { command: "selectAll", label: t.selectAll, icon: IconCopy, key: "Ctrl A" },
          { command: "details", label: t.details, icon: IconInfoCircle },
        ]
      : [
          one !== undefined && { command: "open", label: t.open, icon: IconEye, key: "Enter" },
          { command: "download", label: one?.kind === "file" ? t.download : t.downloadZip, icon: IconDownload },
          one !== undefined && share,
          one !== undefined && rights.canChange && { command: "rename", label: t.rename, icon: IconPencil, key: "F2" },
          rights.canChange && { command: "move", label: t.move, icon: IconFolderSymlink },
          { command: "copy", label: t.copy, icon: IconCopy },
          { command: "details", label: t.details, icon: IconInfoCircle },
          rights.canChange && { command: "remove", label: t.remove, icon: IconTrash, key: "Del", danger: true },
        ];
  return entries.filter((entry): entry is Entry => entry !== false);
}

const iconPx = 16;

/** The context menu at a point of the screen. */
export function NodeMenu(props: {
  readonly at: { readonly x: number; readonly y: number };
  readonly nodes: readonly Node[];
  readonly rights: Rights;
  readonly onCommand: (command: Command) => void;
  readonly onClose: () => void;
}) {
  const { at } = props;
  return (
    <Menu opened onClose={props.onClose} position="bottom-start" width={220} offset={2} returnFocus={false}>
      <Menu.Target>
        <button
          type="button"
          tabIndex={-1}
          aria-label={t.columns.actions}
          className={classes.anchor}
          style={{ left: at.x, top: at.y }}
        />
      </Menu.Target>
      <Menu.Dropdown>
        {commandsFor(props.nodes, props.rights).map(({ command, label, icon: Shape, key, danger }) => (
          <Menu.Item
            key={command}
            color={danger ? "var(--hearth-now)" : undefined}
            leftSection={<Shape size={iconPx} stroke={1.5} aria-hidden="true" />}
            rightSection={key ? <kbd className={classes.key}>{key}</kbd> : null}
            onClick={() => props.onCommand(command)}
          >
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
