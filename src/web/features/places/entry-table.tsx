import { ActionIcon, Checkbox, Menu, Table, Text, VisuallyHidden } from "@mantine/core";
import { IconDots, IconDownload, IconFolderShare, IconPencil, IconTrash } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { Place, PlaceEntry } from "#contract/apps/files/places";
import { places as t } from "#web/strings/places.ts";
import { FileIcon, formatBytes, formatMoment, formatWhen } from "#web/ui/index.ts";
import type { EntryDialog } from "./entry-dialogs.tsx";
import classes from "./places.module.css";
import { below, downloadUrl } from "./urls.ts";

interface TableProps {
  readonly place: Place;
  readonly path: string;
  readonly entries: readonly PlaceEntry[];
  /** Names. */
  readonly chosen: ReadonlySet<string>;
  onChoose(chosen: ReadonlySet<string>): void;
  onAsk(dialog: EntryDialog): void;
  onPreview(name: string): void;
}

/** What a folder at a place holds; on a phone, size and time stand under the name. */
export function EntryTable(props: TableProps) {
  const { entries, chosen, onChoose } = props;
  const toggle = (name: string): void => {
    const next = new Set(chosen);
    if (!next.delete(name)) next.add(name);
    onChoose(next);
  };
  return (
    <Table className={classes.table} aria-label={t.list(props.place.name)}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th className={classes.check}>
            <VisuallyHidden>{t.select("")}</VisuallyHidden>
          </Table.Th>
          <Table.Th>{t.columns.name}</Table.Th>
          <Table.Th className={classes.wide}>{t.columns.size}</Table.Th>
          <Table.Th className={classes.wide}>{t.columns.modified}</Table.Th>
          <Table.Th className={classes.act}>
            <VisuallyHidden>{t.columns.act}</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {entries.map((entry) => (
          <Row
            key={entry.name}
            {...props}
            entry={entry}
            isChosen={chosen.has(entry.name)}
            onToggle={() => toggle(entry.name)}
          />
        ))}
      </Table.Tbody>
    </Table>
  );
}

interface RowProps extends TableProps {
  readonly entry: PlaceEntry;
  readonly isChosen: boolean;
  onToggle(): void;
}

function Row(props: RowProps) {
  const { entry, place, path } = props;
  const size = entry.kind === "file" ? formatBytes(entry.sizeBytes) : "";
  const when = entry.modifiedAtMs === null ? "" : formatWhen(entry.modifiedAtMs, Date.now());
  const inside = (
    <>
      <FileIcon node={entry} />
      <span className={classes.nameText}>
        <Text size="sm" truncate title={entry.name}>
          {entry.name}
        </Text>
        <Text size="xs" c="dimmed" className={classes.narrow}>
          {[size, when].filter(Boolean).join(" · ")}
        </Text>
      </span>
    </>
  );
  return (
    <Table.Tr>
      <Table.Td>
        <Checkbox aria-label={t.select(entry.name)} checked={props.isChosen} onChange={props.onToggle} />
      </Table.Td>
      <Table.Td>
        <Link
          to="/places/$placeId"
          params={{ placeId: String(place.id) }}
          search={
            entry.kind === "folder"
              ? { path: below(path, entry.name) }
              : { ...(path !== "" && { path }), preview: entry.name }
          }
          className={classes.name}
        >
          {inside}
        </Link>
      </Table.Td>
      <Table.Td className={`${classes.wide} tabular`}>{size}</Table.Td>
      <Table.Td
        className={`${classes.wide} tabular`}
        title={entry.modifiedAtMs === null ? undefined : formatMoment(entry.modifiedAtMs)}
      >
        {when}
      </Table.Td>
      <Table.Td>
        <RowMenu {...props} />
      </Table.Td>
    </Table.Tr>
  );
}

function RowMenu({ entry, place, path, onAsk }: RowProps) {
  const icon = { size: 16, "aria-hidden": true } as const;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon size={44} aria-label={t.actionsOf(entry.name)}>
          <IconDots size={20} stroke={1.5} aria-hidden="true" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          component="a"
          href={downloadUrl(place.id, below(path, entry.name), entry.kind)}
          download
          leftSection={<IconDownload {...icon} />}
        >
          {t.download}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconFolderShare {...icon} />}
          onClick={() => onAsk({ kind: "copy", entries: [entry] })}
        >
          {t.copyTo}
        </Menu.Item>
        {place.canWrite && (
          <>
            <Menu.Item
              leftSection={<IconFolderShare {...icon} />}
              onClick={() => onAsk({ kind: "move", entries: [entry] })}
            >
              {t.moveTo}
            </Menu.Item>
            <Menu.Item leftSection={<IconPencil {...icon} />} onClick={() => onAsk({ kind: "rename", entry })}>
              {t.rename}
            </Menu.Item>
            <Menu.Item
              color="red"
              leftSection={<IconTrash {...icon} />}
              onClick={() => onAsk({ kind: "remove", entry })}
            >
              {t.remove}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
