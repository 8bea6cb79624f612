import { Group, Skeleton, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { query } from "#web/client.ts";
import { FrameTitle } from "#web/frame/title.tsx";
import { music as t } from "#web/strings/music.ts";
import { ErrorState, Page, Section } from "#web/ui/index.ts";
import { AlbumRow, ArtistCard } from "./album-card.tsx";
import { Cover } from "./cover.tsx";
import classes from "./music.module.css";
import { playSongs } from "./play.ts";
import { SongRow } from "./song-row.tsx";
import { StarButton } from "./star-button.tsx";

const route = getRouteApi("/app/music/artists/$artistId");
const shownSongs = 5;

/** One artist: albums by year, what else they are on, what is played most of them. */
export function ArtistPage() {
  const { artistId } = route.useParams();
  const { data, error, refetch } = useQuery(query("music.artist", { id: Number(artistId) }));
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton height={320} mt="md" animate={false} radius="md" />;
  const { artist, albums, appearsOn, topSongs, similar } = data;
  const cover = { id: artist.id, hasCover: artist.hasCover, coverVersion: artist.coverVersion };
  return (
    <Page>
      <article className={classes.sections} aria-label={artist.name}>
        <FrameTitle title={artist.name} />
        <header className={classes.head}>
          <div className={classes.headCover}>
            <Cover kind="artist" of={cover} sizePx={160} isRound />
          </div>
          <div className={classes.headText}>
            <Title order={2}>{artist.name}</Title>
            <Text size="sm" c="dimmed">
              {[artist.albumCount > 0 && t.albums(artist.albumCount), t.songs(artist.songCount)]
                .filter(Boolean)
                .join(" · ")}
            </Text>
            <Group gap="xs">
              <StarButton kind="artist" of={artist} title={artist.name} size="lg" />
            </Group>
          </div>
        </header>
        {albums.length > 0 && (
          <Section title={t.tabs.albums}>
            <AlbumRow
              albums={albums}
              facts={(album) =>
                [album.originalYear ?? album.year, t.songs(album.songCount)].filter(Boolean).join(" · ")
              }
            />
          </Section>
        )}
        {topSongs.length > 0 && (
          <Section title={t.topSongs}>
            <ol className={classes.songs}>
              {topSongs.slice(0, shownSongs).map((song, index) => (
                <li key={song.id}>
                  <SongRow song={song} lead="cover" onPlay={() => playSongs(topSongs, index)} />
                </li>
              ))}
            </ol>
          </Section>
        )}
        {appearsOn.length > 0 && (
          <Section title={t.appearsOn}>
            <AlbumRow albums={appearsOn} />
          </Section>
        )}
        {similar.length > 0 && (
          <Section title={t.similarArtists}>
            <ul className={classes.cards}>
              {similar.map((one) => (
                <li key={one.id}>
                  <ArtistCard artist={one} />
                </li>
              ))}
            </ul>
          </Section>
        )}
      </article>
    </Page>
  );
}
