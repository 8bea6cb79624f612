import { ActionIcon, Button, Group, Stack, TextInput } from "@mantine/core";
import { IconChevronDown, IconChevronUp, IconPlaylist, IconVolume, IconX } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { call, invalidate } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { music as t } from "#web/strings/music.ts";
import { EmptyState, notifyDone, notifyError } from "#web/ui/index.ts";
import classes from "./music.module.css";
import { musicPlayer, usePlayer } from "./player-access.ts";

const shownAtMost = 300;

/** What is heard and what follows: other songs by a press, another order by buttons or by dragging. */
export function QueuePanel({ onLeave }: { onLeave(): void }) {
  const { queue } = usePlayer();
  const player = musicPlayer();
  const [dragged, setDragged] = useState<number | null>(null);
  const from = Math.max(0, queue.index - 20);
  const shown = queue.entries.slice(from, from + shownAtMost);
  if (queue.entries.length === 0)
    return <EmptyState icon={IconPlaylist} title={t.queueEmpty} hint={t.queueEmptyHint} />;
  return (
    <Stack gap="sm">
      <SaveQueue />
      <ol className={classes.queue} aria-label={t.queue}>
        {shown.map(({ key, item }, offset) => {
          const at = from + offset;
          const isCurrent = at === queue.index;
          return (
            <li
              key={key}
              className={classes.queueRow}
              data-current={isCurrent || undefined}
              draggable
              onDragStart={() => setDragged(at)}
              onDragOver={(event) => event.preventDefault()}
              onDrop={() => {
                if (dragged !== null) player.move(dragged, at);
                setDragged(null);
              }}
            >
              <button
                type="button"
                className={classes.queueSong}
                aria-current={isCurrent || undefined}
                onClick={() => player.jump(at)}
              >
                <span className={classes.names}>
                  <span className={classes.name}>{item.title}</span>
                  <span className={classes.by}>{item.artistText}</span>
                </span>
                {isCurrent && <IconVolume size={16} aria-label={t.current} />}
              </button>
              <ActionIcon
                size="sm"
                className={classes.move}
                aria-label={t.moveUp(item.title)}
                disabled={at === 0}
                onClick={() => player.move(at, at - 1)}
              >
                <IconChevronUp size={16} aria-hidden="true" />
              </ActionIcon>
              <ActionIcon
                size="sm"
                className={classes.move}
                aria-label={t.moveDown(item.title)}
                disabled={at === queue.entries.length - 1}
                onClick={() => player.move(at, at + 1)}
              >
                <IconChevronDown size={16} aria-hidden="true" />
              </ActionIcon>
              <ActionIcon size="sm" aria-label={t.removeFromQueue(item.title)} onClick={() => player.remove(at)}>
                <IconX size={16} aria-hidden="true" />
              </ActionIcon>
            </li>
          );
        })}
      </ol>
      <Button
        variant="subtle"
        color="gray"
        onClick={() => {
          onLeave();
          player.clear();
        }}
      >
        {t.clearQueue}
      </Button>
    </Stack>
  );
}

function SaveQueue() {
  const client = useQueryClient();
  const { queue } = usePlayer();
  const [name, setName] = useState<string | null>(null);
  const save = (event: FormEvent): void => {
    event.preventDefault();
    const songIds = queue.entries.map(({ item }) => item.id);
    call("music.createPlaylist", { name: name ?? "", songIds }).then(async ({ playlist }) => {
      setName(null);
      notifyDone(t.added(songIds.length, playlist.name));
      await invalidate(client, "music.playlists");
    }, notifyError);
  };
  if (name === null) {
    return (
      <Button variant="default" onClick={() => setName("")}>
        {t.saveQueue}
      </Button>
    );
  }
  return (
    <form onSubmit={save}>
      <Group gap="xs" align="end" wrap="nowrap">
        <TextInput
          flex={1}
          label={t.playlist.name}
          value={name}
          data-autofocus
          onChange={({ currentTarget: { value } }) => setName(value)}
        />
        <Button type="submit" disabled={name.trim() === ""}>
          {t.playlist.save}
        </Button>
        <Button variant="subtle" color="gray" onClick={() => setName(null)}>
          {strings.common.cancel}
        </Button>
      </Group>
    </form>
  );
}
