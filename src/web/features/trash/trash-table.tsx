import { Button, Checkbox, Table, Text, VisuallyHidden } from "@mantine/core";
import { strings } from "#web/strings.ts";
import { FileIcon, formatBytes, formatMoment, formatWhen } from "#web/ui/index.ts";
import classes from "./trash.module.css";
import type { TrashItem } from "./use-trash.ts";

const t = strings.trash;

interface Props {
  readonly items: readonly TrashItem[];
  readonly selected: ReadonlySet<string>;
  onSelect(selected: ReadonlySet<string>): void;
  onRestore(id: string): void;
}

/** Deleted items with where they were; on a phone the place and time stand under the name. */
export function TrashTable({ items, selected, onSelect, onRestore }: Props) {
  const all = items.every((item) => selected.has(item.id));
  const some = !all && items.some((item) => selected.has(item.id));
  const toggle = (id: string): void => {
    const next = new Set(selected);
    if (!next.delete(id)) next.add(id);
    onSelect(next);
  };
  return (
    <Table className={classes.table} verticalSpacing={8}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>
            <Checkbox
              aria-label={t.selectAll}
              checked={all}
              indeterminate={some}
              onChange={() => onSelect(new Set(all ? [] : items.map((item) => item.id)))}
            />
          </Table.Th>
          <Table.Th>{t.columns.name}</Table.Th>
          <Table.Th className={`${classes.wide} ${classes.place}`}>{t.columns.place}</Table.Th>
          <Table.Th className={`${classes.wide} ${classes.size}`}>{t.columns.size}</Table.Th>
          <Table.Th className={`${classes.wide} ${classes.when}`}>{t.columns.when}</Table.Th>
          <Table.Th className={`${classes.wide} ${classes.who}`}>{t.columns.who}</Table.Th>
          <Table.Th className={classes.act}>
            <VisuallyHidden>{t.restore}</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {items.map((item) => (
          <Row
            key={item.id}
            item={item}
            selected={selected.has(item.id)}
            onToggle={() => toggle(item.id)}
            onRestore={() => onRestore(item.id)}
          />
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** The folder something was in; the path ends with the item's own name. */
function placeOf(item: TrashItem): string {
  const path = item.originalPath.replace(/^\/+/, "");
  return path.slice(0, Math.max(0, path.lastIndexOf("/"))) || t.root;
}

function Row(props: { readonly item: TrashItem; readonly selected: boolean; onToggle(): void; onRestore(): void }) {
  const { item } = props;
  const when = formatWhen(item.deletedAtMs, Date.now());
  return (
    <Table.Tr data-selected={props.selected || undefined}>
      <Table.Td>
        <Checkbox aria-label={t.select(item.name)} checked={props.selected} onChange={props.onToggle} />
      </Table.Td>
      <Table.Td>
        <div className={classes.name}>
          <FileIcon node={{ kind: item.kind, mime: "" }} />
          <div className={classes.nameText}>
            <Text size="sm" truncate title={item.name}>
              {item.name}
            </Text>
            <Text size="xs" c="dimmed" truncate className={classes.narrow}>
              {placeOf(item)} · {formatBytes(item.sizeBytes)} · {when}
            </Text>
          </div>
        </div>
      </Table.Td>
      <Table.Td className={classes.wide} title={item.originalPath}>
        {placeOf(item)}
      </Table.Td>
      <Table.Td className={`${classes.wide} tabular`}>{formatBytes(item.sizeBytes)}</Table.Td>
      <Table.Td className={`${classes.wide} tabular`} title={formatMoment(item.deletedAtMs)}>
        {when}
      </Table.Td>
      <Table.Td className={classes.wide}>{item.deletedBy ?? t.unknownPerson}</Table.Td>
      <Table.Td>
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          onClick={props.onRestore}
          aria-label={`${t.restore}: ${item.name}`}
        >
          {t.restore}
        </Button>
      </Table.Td>
    </Table.Tr>
  );
}
