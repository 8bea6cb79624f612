import { ActionIcon, Button, Group, Skeleton, Text, Title } from "@mantine/core";
import {
  IconArrowsShuffle,
  IconChevronDown,
  IconChevronUp,
  IconDownload,
  IconMusicOff,
  IconPencil,
  IconPlayerPlayFilled,
  IconPlaylist,
  IconTrash,
  IconX,
} from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Playlist, PlaylistEntry, Song } from "#contract/apps/media/music";
import { call, invalidate, query } from "#web/client.ts";
import { FrameTitle } from "#web/frame/title.tsx";
import { music } from "#web/strings/music.ts";
import { EmptyState, ErrorState, formatDuration, notifyDone, notifyError, Page } from "#web/ui/index.ts";
import classes from "./music.module.css";
import { playSongs } from "./play.ts";
import { PlaylistForm } from "./playlist-form.tsx";
import { PlaylistCover } from "./playlists-page.tsx";
import { SongRow } from "./song-row.tsx";

const t = music.playlist;
const route = getRouteApi("/app/music/playlists/$playlistId");

/** One list: its songs in their order, which whoever may edit it changes here. */
export function PlaylistPage() {
  const { playlistId } = route.useParams();
  const id = Number(playlistId);
  const client = useQueryClient();
  const { data, error, refetch } = useQuery(query("music.playlist", { id }));
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton height={320} mt="md" animate={false} radius="md" />;
  const { playlist, entries } = data;
  const songs = entries.flatMap(({ song }) => song ?? []);
  const isOpen = playlist.mayEdit && playlist.rules === null;
  const run = (act: Promise<unknown>): void =>
    void act.then(() => invalidate(client, "music.playlist", "music.playlists"), notifyError);
  const move = (index: number, by: -1 | 1): void => {
    const entry = entries[index];
    const before = by < 0 ? entries[index - 1] : entries[index + 2];
    if (entry) run(call("music.moveInPlaylist", { id, entryIds: [entry.id], beforeEntryId: before?.id ?? null }));
  };
  return (
    <Page>
      <article aria-label={playlist.name}>
        <FrameTitle title={playlist.name} />
        <Head playlist={playlist} songs={songs} />
        {entries.length === 0 && <EmptyState icon={IconPlaylist} title={t.empty} hint={t.emptyHint} />}
        <ol className={classes.songs} aria-label={playlist.name}>
          {entries.map((entry, index) => (
            <li key={entry.id} className={classes.entry}>
              <Entry
                entry={entry}
                songs={songs}
                {...(isOpen && { onRemove: () => run(call("music.removeFromPlaylist", { id, entryIds: [entry.id] })) })}
              />
              {isOpen && (
                <span className={classes.order}>
                  <ActionIcon
                    size="sm"
                    className={classes.move}
                    aria-label={music.moveUp(entry.label)}
                    disabled={index === 0}
                    onClick={() => move(index, -1)}
                  >
                    <IconChevronUp size={16} aria-hidden="true" />
                  </ActionIcon>
                  <ActionIcon
                    size="sm"
                    className={classes.move}
                    aria-label={music.moveDown(entry.label)}
                    disabled={index === entries.length - 1}
                    onClick={() => move(index, 1)}
                  >
                    <IconChevronDown size={16} aria-hidden="true" />
                  </ActionIcon>
                </span>
              )}
            </li>
          ))}
        </ol>
      </article>
    </Page>
  );
}

function Entry(props: { readonly entry: PlaylistEntry; readonly songs: readonly Song[]; onRemove?(): void }) {
  const { entry, songs, onRemove } = props;
  const { song } = entry;
  if (song !== null) {
    const at = songs.indexOf(song);
    return <SongRow song={song} lead="cover" onPlay={() => playSongs(songs, at)} {...(onRemove && { onRemove })} />;
  }
  return (
    <div className={classes.song} data-broken>
      <span className={classes.songMain}>
        <span className={classes.lead}>
          <IconMusicOff size={18} aria-hidden="true" />
        </span>
        <span className={classes.names}>
          <span className={classes.name}>{entry.label}</span>
          <span className={classes.by}>{t.missing}</span>
        </span>
      </span>
      {onRemove && (
        <ActionIcon size="lg" aria-label={`${music.removeFromPlaylist}: ${entry.label}`} onClick={onRemove}>
          <IconX size={18} aria-hidden="true" />
        </ActionIcon>
      )}
    </div>
  );
}

function Head({ playlist, songs }: { readonly playlist: Playlist; readonly songs: readonly Song[] }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [isEditing, setEditing] = useState(false);
  const { id, name, rules } = playlist;
  const facts = [
    rules !== null && t.smart,
    music.songs(songs.length),
    (playlist.durationMs ?? 0) > 0 && formatDuration(playlist.durationMs ?? 0),
    playlist.isMine ? t.sharings[playlist.sharing] : t.by(playlist.ownerName),
  ];
  const remove = async (): Promise<void> => {
    await call("music.removePlaylist", { id });
    await navigate({ to: "/music/playlists" });
    await invalidate(client, "music.playlists");
    notifyDone(t.removed(name), () => {
      call("music.restorePlaylist", { id }).then(() => invalidate(client, "music.playlists"), notifyError);
    });
  };
  return (
    <header className={classes.head}>
      <div className={classes.headCover}>
        <PlaylistCover albumIds={playlist.coverAlbumIds} isSmart={rules !== null} />
      </div>
      <div className={classes.headText}>
        <Title order={2}>{name}</Title>
        {playlist.comment && <Text>{playlist.comment}</Text>}
        <Text size="sm" c="dimmed">
          {facts.filter(Boolean).join(" · ")}
        </Text>
        <Group gap="xs">
          <Button
            leftSection={<IconPlayerPlayFilled size={16} aria-hidden="true" />}
            disabled={songs.length === 0}
            onClick={() => playSongs(songs)}
          >
            {music.play}
          </Button>
          <Button
            variant="default"
            leftSection={<IconArrowsShuffle size={16} aria-hidden="true" />}
            disabled={songs.length === 0}
            onClick={() => playSongs(songs, Math.floor(Math.random() * songs.length), true)}
          >
            {music.shufflePlay}
          </Button>
          {playlist.mayEdit && (
            <ActionIcon size="lg" aria-label={t.edit} onClick={() => setEditing(true)}>
              <IconPencil size={18} aria-hidden="true" />
            </ActionIcon>
          )}
          <ActionIcon size="lg" component="a" href={`/api/music/playlist/${id}.m3u8`} download aria-label={t.export}>
            <IconDownload size={18} aria-hidden="true" />
          </ActionIcon>
          {playlist.isMine && (
            <ActionIcon size="lg" aria-label={t.remove} onClick={() => void remove().catch(notifyError)}>
              <IconTrash size={18} aria-hidden="true" />
            </ActionIcon>
          )}
        </Group>
      </div>
      {isEditing && <PlaylistForm list={playlist} isSmart={rules !== null} onClose={() => setEditing(false)} />}
    </header>
  );
}
