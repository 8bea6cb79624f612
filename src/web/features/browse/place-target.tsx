import { Anchor, Breadcrumbs, Button, Group, Modal, ScrollArea, Stack, Text, UnstyledButton } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Node } from "#contract/apps/files/browse";
import type { Place } from "#contract/apps/files/places";
import { call, invalidate, query } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { places as t } from "#web/strings/places.ts";
import { ErrorLine, ErrorState, FileIcon, notifyDone } from "#web/ui/index.ts";
import classes from "./folder-picker.module.css";
import { naming } from "./use-actions.ts";

const folderLimit = 5000;

/** Chooses a folder at an external place, and hands the copy or move over. */
export function PlaceTarget(props: {
  readonly mode: "move" | "copy";
  readonly nodes: readonly Node[];
  readonly place: Place;
  onClose(): void;
}) {
  const { mode, nodes, place, onClose } = props;
  const client = useQueryClient();
  const [path, setPath] = useState("");
  const list = useQuery({
    ...query("places.browse", { id: place.id, path, limit: folderLimit }),
    placeholderData: (before) => before,
  });
  const carry = useMutation({
    mutationFn: () =>
      call("places.carry", {
        from: { kind: "nodes", nodeIds: nodes.map(({ id }) => id) },
        to: { kind: "place", placeId: place.id, path },
        move: mode === "move",
      }),
    onSuccess: async () => {
      notifyDone(t.begun(naming(nodes), mode === "move"));
      await invalidate(client, "places.carries");
      onClose();
    },
  });
  const online = list.data?.status === "online" ? list.data : undefined;
  const folders = online?.entries.filter(({ kind }) => kind === "folder") ?? [];
  const names = path === "" ? [] : path.split("/");
  const steps = [place.name, ...names].map((label, at) => ({ label, to: names.slice(0, at).join("/") }));
  return (
    <Modal
      opened
      returnFocus={false}
      onClose={onClose}
      title={t.toPlaceTitle(naming(nodes), mode === "move")}
      closeButtonProps={{ "aria-label": strings.common.close }}
    >
      <Stack gap="sm">
        <Breadcrumbs
          separator={<IconChevronRight size={14} aria-hidden="true" />}
          separatorMargin={4}
          className={classes.crumbs}
        >
          {steps.map(({ label, to }) => (
            <Anchor key={to} component="button" size="sm" onClick={() => setPath(to)}>
              {label}
            </Anchor>
          ))}
        </Breadcrumbs>
        <ScrollArea h={320} className={classes.list}>
          {list.error && !list.data ? <ErrorState error={list.error} /> : null}
          {list.data?.status === "offline" && (
            <Text size="sm" role="alert" py="xl" ta="center">
              {t.offline(place.name)}
            </Text>
          )}
          {folders.map((folder) => (
            <UnstyledButton
              key={folder.name}
              className={classes.folder}
              onClick={() => setPath([...names, folder.name].join("/"))}
            >
              <FileIcon node={folder} />
              <span className={classes.name}>{folder.name}</span>
              <IconChevronRight size={16} aria-hidden="true" />
            </UnstyledButton>
          ))}
        </ScrollArea>
        <ErrorLine error={carry.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="subtle" color="gray" onClick={onClose}>
            {strings.common.cancel}
          </Button>
          <Button disabled={online === undefined} loading={carry.isPending} onClick={() => carry.mutate()}>
            {t.here[mode]}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
