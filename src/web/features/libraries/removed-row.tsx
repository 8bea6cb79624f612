import { Button, Text } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import type { LibraryView } from "#contract/apps/media/library";
import { libraries as t } from "#web/strings/libraries.ts";
import { formatDay } from "#web/ui/index.ts";
import classes from "./libraries.module.css";
import { useLibrary } from "./use-library.ts";

/** A library that was removed: for a while it can be brought back whole. */
export function RemovedRow({ library, untilMs }: { readonly library: LibraryView; readonly untilMs: number }) {
  const { update } = useLibrary(library);
  return (
    <li className={classes.item}>
      <IconTrash size={20} stroke={1.5} aria-hidden="true" className={classes.icon} />
      <div className={classes.text}>
        <Text fw={550}>{library.name}</Text>
        <Text size="sm" c="dimmed">
          {t.removedUntil(formatDay(untilMs))}
        </Text>
      </div>
      <div className={classes.actions}>
        <Button
          size="compact-sm"
          variant="default"
          aria-label={t.bringBackNamed(library.name)}
          onClick={() => update.mutate({ isOn: true })}
          loading={update.isPending}
        >
          {t.bringBack}
        </Button>
      </div>
    </li>
  );
}
