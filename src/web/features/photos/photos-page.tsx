import { Button, Loader, SegmentedControl, Skeleton, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconPhoto, IconPhotoSearch, IconSearch, IconX, type Icon } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Suspense, useState } from "react";
import { query } from "#web/client.ts";
import { FrameTitle } from "#web/frame/title.tsx";
import { photos as t } from "#web/strings/photos.ts";
import { EmptyState, ErrorState, lazyPart, useAfter } from "#web/ui/index.ts";
import { AlbumHead } from "./album-head.tsx";
import { AlbumsPage } from "./albums-page.tsx";
import { BrokenNote, Memories, memoriesToday } from "./memories.tsx";
import classes from "./photos.module.css";
import { type PhotosSearch, type PhotoView, shows, tabs, viewOf } from "./url-state.ts";
import { useShape } from "./use-view.ts";
import { ViewPart } from "./view-part.tsx";

const route = getRouteApi("/app/photos");
const MapPage = lazyPart(async () => (await import("./map-page.tsx")).MapPage);
const DuplicatesPage = lazyPart(async () => (await import("./duplicates-page.tsx")).DuplicatesPage);
const typingMs = 250;

/** `/photos`: the timeline and its parts; the address keeps what is shown. */
export function PhotosPage() {
  const search = route.useSearch();
  const tab = search.tab ?? "timeline";
  const isPart = tab === "timeline" && search.album === undefined;
  return (
    <div className={classes.page}>
      <FrameTitle title={t.title} />
      {search.album === undefined && (
        <nav className={classes.tabs} aria-label={t.parts}>
          {tabs.map((one) => (
            <Link
              key={one}
              to="/photos"
              search={one === "timeline" ? {} : { tab: one }}
              className={classes.tab}
              data-active={one === tab || undefined}
              aria-current={one === tab ? "page" : undefined}
            >
              {t.areas[one]}
            </Link>
          ))}
        </nav>
      )}
      {isPart && <Filters search={search} />}
      <Suspense fallback={<Loader m="xl" />}>
        {tab === "albums" ? (
          <AlbumsPage />
        ) : tab === "map" ? (
          <MapPage />
        ) : tab === "duplicates" ? (
          <DuplicatesPage />
        ) : (
          <Timeline key={JSON.stringify(viewOf(search))} search={search} />
        )}
      </Suspense>
    </div>
  );
}

function Filters({ search }: { readonly search: PhotosSearch }) {
  const navigate = route.useNavigate();
  const [text, setText] = useState(search.q ?? "");
  const ask = useDebouncedCallback((q: string) => {
    void navigate({ search: q.trim() === "" ? {} : { q: q.trim() }, replace: true });
  }, typingMs);
  const isAsked = search.q !== undefined || search.day !== undefined || search.area !== undefined;
  return (
    <div className={classes.filters}>
      <TextInput
        className={classes.search}
        leftSection={<IconSearch size={16} aria-hidden="true" />}
        aria-label={t.search}
        placeholder={t.search}
        value={text}
        maxLength={200}
        onChange={(event) => {
          setText(event.currentTarget.value);
          ask(event.currentTarget.value);
        }}
      />
      {isAsked ? (
        <Button
          variant="default"
          leftSection={<IconX size={16} />}
          onClick={() => {
            setText("");
            void navigate({ search: {} });
          }}
        >
          {t.clearSearch}
        </Button>
      ) : (
        <div className={classes.shows}>
          <SegmentedControl
            size="xs"
            aria-label={t.parts}
            value={search.show ?? "all"}
            data={shows.map((value) => ({ value, label: t.shows[value] }))}
            onChange={(value) => {
              const show = shows.find((one) => one === value);
              void navigate({ search: show === undefined || show === "all" ? {} : { show } });
            }}
          />
        </div>
      )}
    </div>
  );
}

function Timeline({ search }: { readonly search: PhotosSearch }) {
  const [view] = useState(() => viewOf(search));
  const { shape, error, isPending, refetch } = useShape(view);
  const late = useAfter(isPending);
  const state = useQuery({ ...query("photos.state", {}), enabled: view.kind === "all" });
  const memories = useQuery({ ...memoriesToday(), enabled: view.kind === "all" });
  const albums = useQuery({ ...query("photos.albums", {}), enabled: view.kind === "album" });
  if (error && !shape) return <ErrorState error={error} onRetry={() => void refetch()} />;
  // What stands above the pictures is in hand before they are drawn, which must not jump.
  if (
    !shape ||
    (view.kind === "all" && (state.isPending || memories.isPending)) ||
    (view.kind === "album" && albums.isPending)
  )
    return late ? <Skeleton m="md" height={320} animate={false} aria-label={t.loading} /> : null;
  const head = (
    <>
      {view.kind === "album" && <AlbumHead albumId={view.albumId} />}
      {view.kind === "all" && <Memories />}
      <Summary view={view} search={search} total={shape.total} waiting={state.data?.waiting ?? 0} />
      {view.kind === "all" && state.data && <BrokenNote state={state.data} />}
    </>
  );
  if (shape.total === 0) {
    return (
      <div className={classes.scrolls}>
        {head}
        <Nothing view={view} />
      </div>
    );
  }
  return <ViewPart view={view} shape={shape} search={search} head={head} />;
}

function Summary(props: {
  readonly view: PhotoView;
  readonly search: PhotosSearch;
  readonly total: number;
  readonly waiting: number;
}) {
  const { view, search, total, waiting } = props;
  const text =
    view.kind === "search"
      ? t.found(total, view.text)
      : view.kind === "day"
        ? t.onDay(`${view.day} ${t.months[view.month - 1] ?? ""}`)
        : view.kind === "area"
          ? `${t.inArea} · ${t.pictures(total)}`
          : search.show !== undefined && total > 0
            ? t.pictures(total)
            : waiting > 0
              ? t.reading(waiting)
              : null;
  if (text === null) return null;
  return (
    <Text size="sm" c="dimmed" role="status" className={classes.summary}>
      {text}
    </Text>
  );
}

function Nothing({ view }: { readonly view: PhotoView }) {
  const e = t.empty;
  const says: Record<string, { icon: Icon; title: string; hint?: string }> = {
    all: { icon: IconPhoto, title: e.title, hint: e.hint },
    favourites: { icon: IconPhoto, title: e.favourites, hint: e.favouritesHint },
    archive: { icon: IconPhoto, title: e.archive, hint: e.archiveHint },
    search: { icon: IconPhotoSearch, title: e.found, hint: e.foundHint },
    album: { icon: IconPhoto, title: e.album, hint: e.albumHint },
  };
  const { icon, title, hint } = says[view.kind] ?? { icon: IconPhoto, title: e.other };
  return (
    <EmptyState
      icon={icon}
      title={title}
      {...(hint !== undefined && { hint })}
      action={
        view.kind === "all" && (
          <Button renderRoot={(props: Record<string, unknown>) => <Link {...props} to="/camera" />}>{e.action}</Button>
        )
      }
    />
  );
}
