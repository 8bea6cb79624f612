import { Button, NativeSelect, Text } from "@mantine/core";
import { IconMoodEmpty, IconMusic, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { call, query } from "#web/client.ts";
import { music as t } from "#web/strings/music.ts";
import { EmptyState, notifyError, SearchBar, SearchField } from "#web/ui/index.ts";
import { AlbumCard, ArtistCard } from "./album-card.tsx";
import { Paged } from "./paged.tsx";
import { playSongs } from "./play.ts";
import { SongRow } from "./song-row.tsx";
import { albumSorts, type MusicSearch, songSorts } from "./url-state.ts";

const descending: ReadonlySet<string> = new Set(["year"]);
const albumsRoute = getRouteApi("/app/music/");
const artistsRoute = getRouteApi("/app/music/artists");
const songsRoute = getRouteApi("/app/music/songs");

/** `/music`: albums as covers. */
export function AlbumsPage() {
  const state = albumsRoute.useSearch();
  const [seed] = useState(() => Math.floor(Math.random() * 1_000_000));
  const sort = albumSorts.find((one) => one === state.sort) ?? "title";
  const asked = {
    sort,
    seed,
    isDescending: descending.has(sort),
    ...(state.q && { query: state.q }),
    ...(state.genre && { genre: state.genre }),
  };
  return (
    <>
      <Filters state={state} to="/music" sorts={albumSorts} labels={t.albumSorts} />
      <Paged
        listKey={JSON.stringify(asked)}
        label={t.tabs.albums}
        cellPx={160}
        rowPx={64}
        query={(offset, limit) => ({
          queryKey: ["music.albums", asked, offset],
          queryFn: async ({ signal }) => {
            const { total, albums: items } = await call("music.albums", { ...asked, offset, limit }, { signal });
            return { total, items };
          },
        })}
        render={(album) => <AlbumCard album={album} />}
        empty={<Nothing isAsked={isAsked(state)} />}
        summary={(total) => <Summary text={t.albums(total)} />}
      />
    </>
  );
}

export function ArtistsPage() {
  const state = artistsRoute.useSearch();
  const asked = state.q ? ({ query: state.q, role: "any" } as const) : ({ role: "albumArtist" } as const);
  return (
    <>
      <Filters state={state} to="/music/artists" />
      <Paged
        listKey={JSON.stringify(asked)}
        label={t.tabs.artists}
        cellPx={144}
        rowPx={64}
        query={(offset, limit) => ({
          queryKey: ["music.artists", asked, offset],
          queryFn: async ({ signal }) => {
            const { total, artists: items } = await call("music.artists", { ...asked, offset, limit }, { signal });
            return { total, items };
          },
        })}
        render={(artist) => <ArtistCard artist={artist} />}
        empty={<Nothing isAsked={isAsked(state)} />}
        summary={(total) => <Summary text={t.artists(total)} />}
      />
    </>
  );
}

const playedAtOnce = 500;

export function SongsPage() {
  const state = songsRoute.useSearch();
  const [seed] = useState(() => Math.floor(Math.random() * 1_000_000));
  const sort = songSorts.find((one) => one === state.sort) ?? "title";
  const asked = { sort, seed, ...(state.q && { query: state.q }), ...(state.genre && { genre: state.genre }) };
  /** From this one on, as far as the queue reaches at once. */
  const playFrom = (index: number): void => {
    const offset = Math.max(0, index - 20);
    call("music.songs", { ...asked, offset, limit: playedAtOnce }).then(
      ({ songs }) => playSongs(songs, index - offset),
      notifyError,
    );
  };
  return (
    <>
      <Filters state={state} to="/music/songs" sorts={songSorts} labels={t.songSorts} />
      <Paged
        listKey={JSON.stringify(asked)}
        label={t.tabs.songs}
        cellPx={null}
        rowPx={56}
        query={(offset, limit) => ({
          queryKey: ["music.songs", asked, offset],
          queryFn: async ({ signal }) => {
            const { total, songs: items } = await call("music.songs", { ...asked, offset, limit }, { signal });
            return { total, items };
          },
        })}
        render={(song, index) => <SongRow song={song} lead="cover" onPlay={() => playFrom(index)} />}
        empty={<Nothing isAsked={isAsked(state)} />}
        summary={(total) => <Summary text={t.songs(total)} />}
      />
    </>
  );
}

const isAsked = ({ q, genre, sort }: MusicSearch) => Boolean(q ?? genre) || isPersonal(sort);
const isPersonal = (sort: string | undefined) => ["recent", "frequent", "starred", "rated"].includes(sort ?? "");

function Summary({ text }: { readonly text: string }) {
  return (
    <Text size="sm" c="dimmed" role="status" className="tabular" mb="xs">
      {text}
    </Text>
  );
}

/** Nothing at all, with the one thing to do, or nothing of what was asked for. */
export function Nothing(props: { readonly isAsked: boolean }) {
  const { data } = useQuery(query("music.overview", {}));
  if (props.isAsked && data?.songs !== 0)
    return <EmptyState icon={IconMoodEmpty} title={t.nothingFound} hint={t.nothingFoundHint} />;
  if (data === undefined) return null;
  if (data.waiting > 0) return <EmptyState icon={IconMusic} title={t.waiting(data.waiting)} />;
  return (
    <EmptyState
      icon={IconMusic}
      title={t.empty}
      hint={t.emptyHint}
      action={<Button renderRoot={(root) => <Link {...root} to="/files" />}>{t.emptyAction}</Button>}
    />
  );
}

interface FilterProps {
  readonly state: MusicSearch;
  readonly to: "/music" | "/music/artists" | "/music/songs";
  readonly sorts?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
}

function Filters({ state, to, sorts, labels }: FilterProps) {
  const navigate = useNavigate();
  const change = (next: Partial<Record<keyof MusicSearch, string | undefined>>): void =>
    void navigate({ to, search: { ...state, ...next } as MusicSearch, replace: true });
  return (
    <SearchBar>
      <SearchField label={t.search} value={state.q ?? ""} onChange={(q) => change({ q: q === "" ? undefined : q })} />
      {sorts && (
        <NativeSelect
          aria-label={t.sort}
          value={state.sort ?? "title"}
          data={sorts.map((value) => ({ value, label: labels?.[value] ?? value }))}
          onChange={({ currentTarget: { value } }) => change({ sort: value })}
        />
      )}
      {state.genre && (
        <Button
          variant="light"
          rightSection={<IconX size={16} aria-hidden="true" />}
          aria-label={`${t.ofGenre(state.genre)}. ${t.clearGenre}`}
          onClick={() => change({ genre: undefined })}
        >
          {t.ofGenre(state.genre)}
        </Button>
      )}
    </SearchBar>
  );
}
