import { ActionIcon, Menu, Table, Text, VisuallyHidden } from "@mantine/core";
import { IconDots, IconFolderMinus, IconPencil, IconUsers } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { Node } from "#contract/apps/files/browse";
import type { Output } from "#web/client.ts";
import { useSession } from "#web/frame/session.ts";
import { strings } from "#web/strings.ts";
import { FileIcon, formatDay, formatMoment, formatWhen } from "#web/ui/index.ts";
import classes from "./shared-with-me.module.css";

const t = strings.shared;

type SharedItem = Output<"files.sharedWithMe">["items"][number];

/** What was shared, by whom, as what, since when and until when; on a phone that stands under the name. */
export function SharedTable(props: {
  readonly items: readonly SharedItem[];
  onAccess(node: Node): void;
  onRename(node: Node, name: string): void;
  onDecline(node: Node, name: string): void;
}) {
  const { can } = useSession();
  return (
    <Table className={classes.table} aria-label={t.list}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t.columns.name}</Table.Th>
          <Table.Th className={classes.wide}>{t.columns.from}</Table.Th>
          <Table.Th className={classes.wide}>{t.columns.role}</Table.Th>
          <Table.Th className={classes.wide}>{t.columns.since}</Table.Th>
          <Table.Th className={classes.wide}>{t.columns.until}</Table.Th>
          <Table.Th className={classes.act}>
            <VisuallyHidden>{t.access}</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {props.items.map((item) => (
          <Row
            key={item.node.id}
            item={item}
            onRename={() => props.onRename(item.node, item.name)}
            onDecline={() => props.onDecline(item.node, item.name)}
            onAccess={
              (item.node.canShare || can("people.read")) && (() => props.onAccess({ ...item.node, name: item.name }))
            }
          />
        ))}
      </Table.Tbody>
    </Table>
  );
}

function roleOf({ canWrite, canShare }: Node): string {
  if (!canWrite) return t.view;
  return canShare ? t.share : t.edit;
}

interface RowProps {
  readonly item: SharedItem;
  readonly onAccess: (() => void) | false;
  onRename(): void;
  onDecline(): void;
}

function Row({ item, onAccess, onRename, onDecline }: RowProps) {
  const { node, name, expiresAtMs } = item;
  const from = item.sharedBy || t.unknown;
  const until = expiresAtMs === null ? null : formatDay(expiresAtMs);
  const inside = (
    <>
      <FileIcon node={node} />
      <span className={classes.nameText}>
        <Text size="sm" truncate title={name}>
          {name}
        </Text>
        <Text size="xs" c="dimmed" className={classes.narrow}>
          {[t.from(from), t.can(roleOf(node)), until && t.until(until)].filter(Boolean).join(" · ")}
        </Text>
      </span>
    </>
  );
  return (
    <Table.Tr>
      <Table.Td>
        {node.kind === "folder" ? (
          <Link to="/files/$folderId" params={{ folderId: String(node.id) }} className={classes.name}>
            {inside}
          </Link>
        ) : (
          <Link to="/shared" search={{ preview: node.id }} className={classes.name}>
            {inside}
          </Link>
        )}
      </Table.Td>
      <Table.Td className={classes.wide}>{from}</Table.Td>
      <Table.Td className={classes.wide}>{roleOf(node)}</Table.Td>
      <Table.Td className={`${classes.wide} tabular`} title={formatMoment(item.sharedAtMs)}>
        {formatWhen(item.sharedAtMs, Date.now())}
      </Table.Td>
      <Table.Td
        className={`${classes.wide} tabular`}
        title={expiresAtMs === null ? undefined : formatMoment(expiresAtMs)}
      >
        {until ?? t.forEver}
      </Table.Td>
      <Table.Td>
        <div className={classes.acts}>
          {onAccess && (
            <ActionIcon size={44} aria-label={t.accessOf(name)} onClick={onAccess}>
              <IconUsers size={20} stroke={1.5} aria-hidden="true" />
            </ActionIcon>
          )}
          <Menu position="bottom-end" width={220}>
            <Menu.Target>
              <ActionIcon size={44} aria-label={t.actionsFor(name)}>
                <IconDots size={20} stroke={1.5} aria-hidden="true" />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<IconPencil size={16} stroke={1.5} aria-hidden="true" />} onClick={onRename}>
                {t.rename}
              </Menu.Item>
              <Menu.Item
                leftSection={<IconFolderMinus size={16} stroke={1.5} aria-hidden="true" />}
                onClick={onDecline}
              >
                {t.decline}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </div>
      </Table.Td>
    </Table.Tr>
  );
}
