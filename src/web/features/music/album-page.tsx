import { Anchor, Button, Group, Skeleton, Text, Title } from "@mantine/core";
import { IconArrowsShuffle, IconPlayerPlayFilled, IconPlayerTrackNext, IconPlaylistAdd } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Album, Song } from "#contract/apps/media/music";
import { query } from "#web/client.ts";
import { FrameTitle } from "#web/frame/title.tsx";
import { music as t } from "#web/strings/music.ts";
import { ErrorState, formatDuration, Page } from "#web/ui/index.ts";
import { AddToPlaylist } from "./add-to-playlist.tsx";
import { Cover } from "./cover.tsx";
import classes from "./music.module.css";
import { playSongs, queueSongs } from "./play.ts";
import { SongRow } from "./song-row.tsx";
import { RatingField, StarButton } from "./star-button.tsx";

const route = getRouteApi("/app/music/albums/$albumId");

/** One album: its cover and facts, and its songs by disc. */
export function AlbumPage() {
  const { albumId } = route.useParams();
  const { data, error, refetch } = useQuery(query("music.album", { id: Number(albumId) }));
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton height={320} mt="md" animate={false} radius="md" />;
  const { album, songs } = data;
  const discs = [...Map.groupBy(songs, ({ discNumber }) => discNumber ?? 1)];
  return (
    <Page>
      <article aria-label={album.title}>
        <FrameTitle title={album.title} />
        <AlbumHead album={album} songs={songs} />
        {discs.map(([disc, tracks]) => (
          <section key={disc} aria-label={t.disc(disc)}>
            {discs.length > 1 && (
              <Title order={3} size="h4" mt="lg" mb="xs">
                {[t.disc(disc), tracks[0]?.discTitle].filter(Boolean).join(" · ")}
              </Title>
            )}
            <ol className={classes.songs}>
              {tracks.map((song) => (
                <li key={song.id}>
                  <SongRow song={song} lead="number" onPlay={() => playSongs(songs, songs.indexOf(song))} />
                </li>
              ))}
            </ol>
          </section>
        ))}
      </article>
    </Page>
  );
}

function AlbumHead({ album, songs }: { readonly album: Album; readonly songs: readonly Song[] }) {
  const [isAdding, setAdding] = useState(false);
  const facts = [
    album.originalYear ?? album.year,
    ...album.genres.slice(0, 3),
    t.songs(album.songCount),
    album.durationMs > 0 ? formatDuration(album.durationMs) : null,
    album.isCompilation ? t.compilation : null,
    ...album.recordLabels.slice(0, 1),
  ].filter((fact) => fact !== null);
  return (
    <header className={classes.head}>
      <div className={classes.headCover}>
        <Cover kind="album" of={album} sizePx={232} />
      </div>
      <div className={classes.headText}>
        <Title order={2}>{album.title}</Title>
        <Text>
          {album.artists.map(({ id, name }, index) => (
            <span key={id}>
              {index > 0 && ", "}
              <Anchor
                renderRoot={(root) => (
                  <Link {...root} to="/music/artists/$artistId" params={{ artistId: String(id) }} />
                )}
              >
                {name}
              </Anchor>
            </span>
          ))}
        </Text>
        <Text size="sm" c="dimmed">
          {facts.join(" · ")}
        </Text>
        {album.releaseGroupMbid !== null && (
          <Anchor
            size="sm"
            href={`https://musicbrainz.org/release-group/${album.releaseGroupMbid}`}
            target="_blank"
            rel="noopener noreferrer"
          >
            {t.atMusicbrainz}
          </Anchor>
        )}
        <Group gap="xs">
          <RatingField kind="album" of={album} title={album.title} />
          <StarButton kind="album" of={album} title={album.title} size="lg" />
        </Group>
        <Group gap="xs">
          <Button leftSection={<IconPlayerPlayFilled size={16} aria-hidden="true" />} onClick={() => playSongs(songs)}>
            {t.play}
          </Button>
          <Button
            variant="default"
            leftSection={<IconArrowsShuffle size={16} aria-hidden="true" />}
            onClick={() => playSongs(songs, Math.floor(Math.random() * songs.length), true)}
          >
            {t.shufflePlay}
          </Button>
          <Button
            variant="default"
            leftSection={<IconPlayerTrackNext size={16} aria-hidden="true" />}
            onClick={() => queueSongs(songs, "next")}
          >
            {t.playNext}
          </Button>
          <Button
            variant="default"
            leftSection={<IconPlaylistAdd size={16} aria-hidden="true" />}
            onClick={() => setAdding(true)}
          >
            {t.addToPlaylist}
          </Button>
        </Group>
      </div>
      {isAdding && <AddToPlaylist songIds={songs.map(({ id }) => id)} onClose={() => setAdding(false)} />}
    </header>
  );
}
