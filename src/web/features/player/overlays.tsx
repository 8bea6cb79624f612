import { Anchor, Button, CloseButton, Paper, Table, Text, Title } from "@mantine/core";
import { IconPlayerSkipForward, IconPlayerTrackNext } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import type { WatchItem } from "#contract/apps/media/watch";
import { player as t } from "#web/strings/player.ts";
import { ErrorState } from "#web/ui/index.ts";
import { ColdNotice } from "./cold-notice.tsx";
import type { PlaybackError } from "./playback.ts";
import classes from "./player.module.css";

/** "Skip intro", while it runs. */
export function SkipButton(props: { readonly kind: "intro" | "credits"; readonly onSkip: () => void }) {
  return (
    <Button
      variant="white"
      color="dark"
      className={classes.skip}
      leftSection={<IconPlayerSkipForward size={18} aria-hidden="true" />}
      onClick={props.onSkip}
    >
      {props.kind === "intro" ? t.skipIntro : t.skipCredits}
    </Button>
  );
}

const countdownSeconds = 8;

/** What comes next, near the end; begins by itself a while after the end unless the person stays. */
export function NextCard(props: {
  readonly item: WatchItem;
  readonly isEnded: boolean;
  readonly onPlay: () => void;
  readonly onStay: () => void;
}) {
  const [left, setLeft] = useState(countdownSeconds);
  const { isEnded, onPlay } = props;
  useEffect(() => {
    if (!isEnded) return undefined;
    if (left <= 0) {
      onPlay();
      return undefined;
    }
    const timer = setTimeout(() => setLeft(left - 1), 1000);
    return () => clearTimeout(timer);
  }, [isEnded, left, onPlay]);
  return (
    <Paper className={classes.next} withBorder p="sm">
      <Text size="xs" c="dimmed">
        {isEnded ? t.nextIn(left) : t.next}
      </Text>
      <Title order={2} size="h4" lineClamp={2}>
        {props.item.title}
      </Title>
      {props.item.subtitle && (
        <Text size="xs" c="dimmed" truncate>
          {props.item.subtitle}
        </Text>
      )}
      <div className={classes.nextButtons}>
        <Button size="xs" leftSection={<IconPlayerTrackNext size={16} aria-hidden="true" />} onClick={onPlay}>
          {t.playNext}
        </Button>
        <Button size="xs" variant="default" onClick={props.onStay}>
          {t.stay}
        </Button>
      </div>
    </Paper>
  );
}

/** Why it does not play, and what to do. */
export function Failure(props: {
  readonly error: PlaybackError;
  readonly nodeId: number;
  readonly fileUrl: string | null;
  readonly onRetry: () => void;
}) {
  const { error } = props;
  return (
    <div className={classes.failure}>
      {error.kind === "cold" ? (
        <Paper p="lg" radius="lg" className={classes.panel}>
          <ColdNotice nodeId={props.nodeId} onHere={props.onRetry} />
        </Paper>
      ) : error.kind === "refused" ? (
        <Paper p="lg" radius="lg" className={classes.panel}>
          <ErrorState error={error.cause} onRetry={props.onRetry} />
        </Paper>
      ) : (
        <Paper p="lg" radius="lg" role="alert" maw={440} className={classes.panel}>
          <Title order={2} size="h3">
            {t.error.title}
          </Title>
          <Text my="sm">{t.error[error.kind]}</Text>
          <div className={classes.nextButtons}>
            <Button onClick={props.onRetry}>{t.error.retry}</Button>
            {props.fileUrl !== null && (
              <Anchor href={props.fileUrl} download>
                {t.error.download}
              </Anchor>
            )}
          </div>
        </Paper>
      )}
    </div>
  );
}

/** What the keys do. */
export function KeysHelp({ onClose }: { readonly onClose: () => void }) {
  return (
    <div className={classes.failure}>
      <Paper p="lg" radius="lg" role="dialog" aria-label={t.keys.title} className={classes.panel}>
        <div className={classes.helpHead}>
          <Title order={2} size="h3">
            {t.keys.title}
          </Title>
          <CloseButton aria-label={t.keys.close} onClick={onClose} autoFocus />
        </div>
        <Table>
          <Table.Tbody>
            {t.keys.list.map(([keys, what]) => (
              <Table.Tr key={keys}>
                <Table.Th scope="row">{keys}</Table.Th>
                <Table.Td>{what}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Paper>
    </div>
  );
}
