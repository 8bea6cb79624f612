import { Button, Text } from "@mantine/core";
import { IconExternalLink, IconPhotoOff, IconReload } from "@tabler/icons-react";
import { photos as t } from "#web/strings/photos.ts";
import { player } from "#web/strings/player.ts";
import type { Cell } from "./shape.ts";
import { photoUrls } from "./urls.ts";
import classes from "./viewer.module.css";

interface Props {
  readonly cell: Cell;
  readonly albumId: number | undefined;
  readonly text: string;
  readonly onRetry?: (() => void) | undefined;
}

/** Why there is nothing to see, and the way to the file itself. */
export function Broken({ cell, albumId, text, onRetry }: Props) {
  return (
    <div className={classes.broken} role="alert">
      <IconPhotoOff size={48} stroke={1.2} aria-hidden="true" />
      <Text>{text}</Text>
      {onRetry && (
        <Button variant="default" leftSection={<IconReload size={16} />} onClick={onRetry}>
          {player.error.retry}
        </Button>
      )}
      <Button
        component="a"
        variant="default"
        href={photoUrls.original(cell.id, albumId)}
        target="_blank"
        rel="noreferrer"
        leftSection={<IconExternalLink size={16} />}
      >
        {t.viewer.original}
      </Button>
    </div>
  );
}
