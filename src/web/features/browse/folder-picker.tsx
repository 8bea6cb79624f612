import { Anchor, Breadcrumbs, Button, Group, Modal, ScrollArea, Stack, Text, UnstyledButton } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Node } from "#contract/apps/files/browse";
import type { Place } from "#contract/apps/files/places";
import { query } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { ErrorState, FileIcon } from "#web/ui/index.ts";
import classes from "./folder-picker.module.css";
import { PlaceTarget } from "./place-target.tsx";
import { crumbsOf, useSpaces } from "./spaces.ts";
import { naming } from "./use-actions.ts";

const folderLimit = 5000;

/** Where the way to a folder can begin: one's spaces, and folders of others that may be changed. */
function usePlaces() {
  const spaces = useSpaces() ?? [];
  const { data } = useQuery(query("files.sharedWithMe", {}));
  const open = data?.items.filter(({ node }) => node.kind === "folder" && node.canWrite) ?? [];
  return [
    ...spaces.map((space) => ({
      id: space.rootId,
      name: space.label,
      isOpen: space.canWrite && space.volumeOnline,
    })),
    ...open.map(({ node, name }) => ({ id: node.id, name, isOpen: true })),
  ];
}

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
  const places = usePlaces();
  const spaces = useSpaces();
  const list = useQuery({
    ...query("files.list", { folderId, limit: folderLimit }),
    placeholderData: (previous) => previous,
  });
  const t = strings.browse;
  const moving = new Set(nodes.map((node) => node.id));
  const [place, setPlace] = useState<Place | null>(null);
  const external = useQuery(query("places.list", {})).data?.places.filter(({ canWrite }) => canWrite) ?? [];
  const crumbs = crumbsOf(list.data?.path ?? [], list.data?.folder, spaces);
  const here = crumbs.at(-1);
  const intoItself = crumbs.some((crumb) => moving.has(crumb.id));
  const already = mode === "move" && nodes.every((node) => node.parentId === folderId);
  const folders = list.data?.nodes.filter((node) => node.kind === "folder") ?? [];
  const title = mode === "move" ? t.moveTitle(naming(nodes)) : t.copyTitle(naming(nodes));
  if (place !== null) return <PlaceTarget {...{ mode, nodes, place }} onClose={props.onClose} />;
  // What lies on another server has no number here, and its own way out.
  const isOurs = nodes.every((node) => node.id > 0);
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
        {places.length + external.length > 1 && (
          <Group gap="xs">
            {places.map((place) => (
              <Button
                key={place.id}
                size="compact-sm"
                variant={crumbs[0]?.id === place.id ? "light" : "default"}
                disabled={!place.isOpen}
                onClick={() => setFolderId(place.id)}
              >
                {place.name}
              </Button>
            ))}
            {isOurs &&
              external.map((one) => (
                <Button key={`place-${one.id}`} size="compact-sm" variant="default" onClick={() => setPlace(one)}>
                  {one.name}
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
            {intoItself ? t.targetSelf : list.data?.folder.canWrite === false ? t.targetClosed : ""}
          </Text>
          <Group gap="xs" wrap="nowrap">
            <Button variant="subtle" color="gray" onClick={props.onClose}>
              {strings.common.cancel}
            </Button>
            <Button
              disabled={!here || intoItself || already || !list.data?.folder.canWrite}
              onClick={() => here && props.onPick(here)}
            >
              {mode === "move" ? t.moveHere : t.copyHere}
            </Button>
          </Group>
        </Group>
      </Stack>
    </Modal>
  );
}
