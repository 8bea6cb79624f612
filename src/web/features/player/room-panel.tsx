import { Button, CloseButton, Paper, Text, Title } from "@mantine/core";
import type { Room } from "#contract/apps/media/watch";
import { player as t } from "#web/strings/player.ts";
import { CopyButton } from "#web/ui/index.ts";
import classes from "./player.module.css";

/** Who watches with one, and the link for others. */
export function RoomPanel(props: {
  readonly room: Room;
  readonly ownId: number | null;
  readonly onClose: () => void;
  readonly onLeave: () => void;
}) {
  const others = props.room.members.filter(({ userId }) => userId !== props.ownId).map(({ name }) => name);
  const link = `${location.origin}/watch/${props.room.itemId}?room=${props.room.id}`;
  return (
    <Paper className={classes.room} withBorder p="md" role="dialog" aria-label={t.together}>
      <div className={classes.helpHead}>
        <Title order={2} size="h4">
          {t.together}
        </Title>
        <CloseButton aria-label={t.keys.close} onClick={props.onClose} />
      </div>
      <Text size="sm">{others.length === 0 ? t.togetherAlone : t.togetherWith(others.join(", "))}</Text>
      <Text size="xs" c="dimmed">
        {t.togetherHint}
      </Text>
      <div className={classes.nextButtons}>
        <CopyButton size="xs" value={link} label={t.togetherCopy} copiedLabel={t.togetherCopied} />
        <Button size="xs" variant="default" onClick={props.onLeave}>
          {t.togetherLeave}
        </Button>
      </div>
    </Paper>
  );
}
