import { Anchor, Breadcrumbs, Button, Group, Modal, ScrollArea, Stack, Text, UnstyledButton } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Node } from "#contract/apps/files/browse";
import { query } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { ErrorState, FileIcon } from "#web/ui/index.ts";
import classes from "./folder-picker.module.css";
import { crumbsOf, useSpaces } from "./spaces.ts";
import { naming } from "./use-actions.ts";

const folderLimit = 5000;

/** Chooses the folder to move or copy into, over all places one may write to. */
export function FolderPicker(props: {
  readonly mode: "move" | "copy";
  readonly nodes: readonly Node[];
  readonly startId: number;
  readonly onPick: (folder: { readonly id: number; readonly name: string }) => void;
  readonly onClose: () => void;
}) {
  const { mode, nodes } = props;
  const [folderId, setFolderId] = useState(props.startId);
  const spaces = useSpaces();
  const list = useQuery({
    ...query("files.list", { folderId, limit: folderLimit }),
    placeholderData: (previous) => previous,
  });
  const t = strings.browse;
  const moving = new Set(nodes.map((node) => node.id));
  const crumbs = crumbsOf(list.data?.path ?? [], list.data?.folder, spaces);
  const here = crumbs.at(-1);
  const intoItself = crumbs.some((crumb) => moving.has(crumb.id));
  const already = mode === "move" && nodes.every((node) => node.parentId === folderId);
  const folders = list.data?.nodes.filter((node) => node.kind === "folder") ?? [];
  const title = mode === "move" ? t.moveTitle(naming(nodes)) : t.copyTitle(naming(nodes));
  return (
    <Modal
      opened
      returnFocus={false}
      onClose={props.onClose}
      title={title}
      size="md"
      closeButtonProps={{ "aria-label": strings.common.close }}
    >
      <Stack gap="sm">
        {spaces.length > 1 && (
          <Group gap="xs">
            {spaces.map((space) => (
              <Button
                key={space.id}
                size="compact-sm"
                variant={list.data?.folder.spaceId === space.id ? "light" : "default"}
                disabled={!space.canWrite || !space.volumeOnline}
                onClick={() => setFolderId(space.rootId)}
              >
                {space.label}
              </Button>
            ))}
          </Group>
        )}
        <Breadcrumbs
          separator={<IconChevronRight size={14} aria-hidden="true" />}
          separatorMargin={4}
          className={classes.crumbs}
        >
          {crumbs.map((crumb) => (
            <Anchor key={crumb.id} component="button" size="sm" onClick={() => setFolderId(crumb.id)}>
              {crumb.name}
            </Anchor>
          ))}
        </Breadcrumbs>
        <ScrollArea h={320} className={classes.list}>
          {list.error && !list.data ? <ErrorState error={list.error} /> : null}
          {folders.map((folder) => (
            <UnstyledButton
              key={folder.id}
              className={classes.folder}
              disabled={mode === "move" && moving.has(folder.id)}
              onClick={() => setFolderId(folder.id)}
            >
              <FileIcon node={folder} />
              <span className={classes.name}>{folder.name}</span>
              <IconChevronRight size={16} aria-hidden="true" />
            </UnstyledButton>
          ))}
          {list.data && folders.length === 0 && (
            <Text size="sm" c="dimmed" ta="center" py="xl">
              {t.noFolders}
            </Text>
          )}
        </ScrollArea>
        <Group justify="space-between" wrap="nowrap">
          <Text size="xs" c="dimmed">
            {intoItself ? t.targetSelf : ""}
          </Text>
          <Group gap="xs" wrap="nowrap">
            <Button variant="subtle" color="gray" onClick={props.onClose}>
              {strings.common.cancel}
            </Button>
            <Button disabled={!here || intoItself || already} onClick={() => here && props.onPick(here)}>
              {mode === "move" ? t.moveHere : t.copyHere}
            </Button>
          </Group>
        </Group>
      </Stack>
    </Modal>
  );
}
