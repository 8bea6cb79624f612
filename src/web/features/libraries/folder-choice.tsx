import { Button, Group, ScrollArea, Text, UnstyledButton } from "@mantine/core";
import { IconArrowUp, IconChevronRight, IconFolder } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { query } from "#web/client.ts";
import { useSpaces } from "#web/features/browse/index.ts";
import { libraries } from "#web/strings/libraries.ts";
import { ErrorLine } from "#web/ui/index.ts";
import classes from "./libraries.module.css";

const t = libraries.form;
const folderLimit = 5000;

/** Walks to a folder of one's spaces; the one that is open is chosen. */
export function FolderChoice({ onChange }: { readonly onChange: (folderId: number) => void }) {
  const spaces = useSpaces();
  const [openId, setOpenId] = useState<number | null>(null);
  const folderId = openId ?? spaces?.[0]?.rootId ?? null;
  useEffect(() => {
    if (folderId !== null) onChange(folderId);
  }, [folderId, onChange]);
  const list = useQuery({
    ...query("files.list", { folderId: folderId ?? 0, limit: folderLimit }),
    enabled: folderId !== null,
    placeholderData: (previous) => previous,
  });
  const path = list.data?.path ?? [];
  const root = spaces?.find(({ rootId }) => rootId === path[0]?.id);
  const folders = list.data?.nodes.filter(({ kind }) => kind === "folder") ?? [];
  // The way ends at the folder itself.
  const parent = path.at(-2);
  const nameOf = (id: number, name: string) => spaces?.find(({ rootId }) => rootId === id)?.label ?? name;
  const shown = path.map(({ id, name }) => nameOf(id, name)).join(" / ");
  return (
    <fieldset className={classes.choice}>
      <legend className={classes.legend}>{t.folder}</legend>
      {(spaces?.length ?? 0) > 1 && (
        <Group gap="xs" role="group" aria-label={t.places}>
          {spaces?.map(({ rootId, label }) => (
            <Button
              key={rootId}
              size="compact-sm"
              variant={root?.rootId === rootId ? "light" : "default"}
              onClick={() => setOpenId(rootId)}
            >
              {label}
            </Button>
          ))}
        </Group>
      )}
      <ErrorLine error={list.error} />
      <ScrollArea.Autosize mah={280} type="auto" viewportProps={{ tabIndex: -1 }}>
        {parent && (
          <UnstyledButton className={classes.folder} onClick={() => setOpenId(parent.id)}>
            <IconArrowUp size={18} stroke={1.5} aria-hidden="true" />
            <span>{t.up(nameOf(parent.id, parent.name))}</span>
          </UnstyledButton>
        )}
        {folders.map(({ id, name }) => (
          <UnstyledButton key={id} className={classes.folder} onClick={() => setOpenId(id)}>
            <IconFolder size={18} stroke={1.5} aria-hidden="true" />
            <span>{name}</span>
            <IconChevronRight size={16} aria-hidden="true" className={classes.end} />
          </UnstyledButton>
        ))}
        {list.data && folders.length === 0 && (
          <Text size="sm" c="dimmed" py={8}>
            {t.noFolders}
          </Text>
        )}
      </ScrollArea.Autosize>
      {shown !== "" && (
        <Text size="sm" aria-live="polite">
          {t.chosen(shown)}
        </Text>
      )}
    </fieldset>
  );
}
