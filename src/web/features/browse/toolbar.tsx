import {
  ActionIcon,
  Button,
  CloseButton,
  Menu,
  SegmentedControl,
  TextInput,
  Tooltip,
  VisuallyHidden,
} from "@mantine/core";
import {
  IconArrowsSort,
  IconCheck,
  IconFilter,
  IconFolderPlus,
  IconInfoCircle,
  IconLayoutGrid,
  IconList,
  IconPlus,
  IconCamera,
  IconUpload,
  IconX,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Node } from "#contract/apps/files/browse";
import { strings } from "#web/strings.ts";
import { formatBytes } from "#web/ui/index.ts";
import { commandsFor, type Command } from "./node-menu.tsx";
import type { Rights } from "./rights.ts";
import classes from "./toolbar.module.css";
import type { Sort, SortBy, View } from "./url-state.ts";

const t = strings.browse;
const iconPx = 18;

interface Props {
  readonly selected: readonly Node[];
  readonly rights: Rights;
  readonly filter: string;
  readonly view: View;
  readonly sort: Sort;
  readonly detailsOpen: boolean;
  readonly onFilter: (text: string) => void;
  readonly onView: (view: View) => void;
  readonly onSort: (key: SortBy) => void;
  readonly onCommand: (command: Command) => void;
  readonly onClear: () => void;
}

/** One line above the list: what can be added, or what can be done with the selection; then filter, sort and view. */
export function Toolbar(props: Props) {
  const picking = props.selected.length > 0;
  return (
    <div className={classes.bar}>
      <div className={classes.lead}>
        {picking ? <SelectionBar {...props} /> : props.rights.canAdd && <AddMenu {...props} />}
      </div>
      <TextInput
        className={classes.filter}
        size="sm"
        aria-label={t.filter}
        placeholder={t.filter}
        leftSection={<IconFilter size={16} aria-hidden="true" />}
        rightSection={
          props.filter ? <CloseButton size="sm" aria-label={t.filterClear} onClick={() => props.onFilter("")} /> : null
        }
        value={props.filter}
        onChange={(event) => props.onFilter(event.currentTarget.value)}
        onKeyDown={(event) => event.key === "Escape" && props.onFilter("")}
      />
      <SortMenu {...props} />
      <SegmentedControl
        className={classes.view}
        size="xs"
        aria-label={t.view}
        value={props.view}
        onChange={(value) => props.onView(value === "grid" ? "grid" : "table")}
        data={[
          {
            value: "table",
            label: <ViewLabel icon={<IconList size={iconPx} aria-hidden="true" />} text={t.viewTable} />,
          },
          {
            value: "grid",
            label: <ViewLabel icon={<IconLayoutGrid size={iconPx} aria-hidden="true" />} text={t.viewGrid} />,
          },
        ]}
      />
      <Tooltip label={t.details}>
        <ActionIcon
          size="lg"
          className={classes.details}
          aria-label={t.details}
          aria-pressed={props.detailsOpen}
          variant={props.detailsOpen ? "light" : "subtle"}
          color={props.detailsOpen ? "ember" : "gray"}
          onClick={() => props.onCommand("details")}
        >
          <IconInfoCircle size={20} stroke={1.5} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}

function ViewLabel(props: { readonly icon: ReactNode; readonly text: string }) {
  return (
    <span className={classes.viewLabel}>
      {props.icon}
      <VisuallyHidden>{props.text}</VisuallyHidden>
    </span>
  );
}

function AddMenu(props: Props) {
  return (
    <Menu position="bottom-start" width={200}>
      <Menu.Target>
        <Button leftSection={<IconPlus size={iconPx} />} className={classes.add}>
          {t.add}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconFolderPlus size={iconPx} />} onClick={() => props.onCommand("newFolder")}>
          {t.newFolder}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconUpload size={iconPx} />} onClick={() => props.onCommand("uploadFiles")}>
          {t.uploadFiles}
        </Menu.Item>
        <Menu.Item leftSection={<IconUpload size={iconPx} />} onClick={() => props.onCommand("uploadFolder")}>
          {t.uploadFolder}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconCamera size={iconPx} />}
          renderRoot={(root: object) => <Link {...root} to="/camera" />}
        >
          {t.uploadPictures}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function SelectionBar(props: Props) {
  const { selected } = props;
  const sizeBytes = selected.reduce((sum, node) => sum + node.sizeBytes, 0);
  return (
    <div role="toolbar" aria-label={t.selectionBar} className={classes.selection}>
      <Tooltip label={t.clearSelection}>
        <ActionIcon size="lg" aria-label={t.clearSelection} onClick={props.onClear}>
          <IconX size={20} stroke={1.5} />
        </ActionIcon>
      </Tooltip>
      <span className={classes.count} role="status">
        {strings.common.selected(selected.length)}
        <span className={classes.size}>{formatBytes(sizeBytes)}</span>
      </span>
      {commandsFor(selected, props.rights)
        .filter(({ command }) => command !== "open" && command !== "details")
        .map(({ command, label, icon: Shape }) => (
          <Tooltip key={command} label={label}>
            <ActionIcon size="lg" aria-label={label} onClick={() => props.onCommand(command)}>
              <Shape size={20} stroke={1.5} />
            </ActionIcon>
          </Tooltip>
        ))}
    </div>
  );
}

function SortMenu(props: Props) {
  const { sort, onSort } = props;
  const labels = { name: t.columns.name, size: t.columns.size, modified: t.columns.modified } as const;
  return (
    <Menu position="bottom-end" width={180}>
      <Menu.Target>
        <ActionIcon size="lg" aria-label={t.sort} className={classes.sort} data-view={props.view}>
          <IconArrowsSort size={20} stroke={1.5} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t.sort}</Menu.Label>
        {(["name", "modified", "size"] as const).map((key) => (
          <Menu.Item
            key={key}
            onClick={() => onSort(key)}
            rightSection={
              sort.key === key ? (
                <span className={classes.viewLabel}>
                  <VisuallyHidden>{sort.descending ? t.sortDown : t.sortUp}</VisuallyHidden>
                  {sort.descending ? "↓" : "↑"}
                  <IconCheck size={16} aria-hidden="true" />
                </span>
              ) : null
            }
          >
            {labels[key]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
