import { Button, Group, NativeSelect, SegmentedControl, Skeleton, Text } from "@mantine/core";
import { IconHistory, IconMoodEmpty, IconMovie, IconX } from "@tabler/icons-react";
import { infiniteQueryOptions, keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { call, query } from "#web/client.ts";
import { FrameTitle } from "#web/frame/title.tsx";
import { films as t } from "#web/strings/films.ts";
import { EmptyState, ErrorState, Page, SearchBar, SearchField, useAfter } from "#web/ui/index.ts";
import { ContinueRow } from "./continue-row.tsx";
import { LinkButton } from "./link-parts.tsx";
import { type FilmsSearch, questionOf, shownTypes, sorts } from "./url-state.ts";
import { useNearEnd } from "./use-near-end.ts";
import { WorkGrid } from "./work-grid.tsx";

const route = getRouteApi("/app/films");
const pageSize = 120;

function worksQuery(state: FilmsSearch, seed: number) {
  const question = questionOf(state, seed);
  return infiniteQueryOptions({
    queryKey: ["works.list", question, "pages"],
    queryFn: ({ pageParam, signal }) =>
      call("works.list", { ...question, offset: pageParam, limit: pageSize }, { signal }),
    initialPageParam: 0,
    getNextPageParam: (last, pages) => {
      const count = pages.reduce((sum, { works }) => sum + works.length, 0);
      return last.works.length > 0 && count < last.total ? count : null;
    },
    placeholderData: keepPreviousData,
  });
}

/** `/films`: films, series and home videos with search, genres and order; the address keeps what was asked for. */
export function FilmsPage() {
  const state = route.useSearch();
  const [seed] = useState(() => Math.floor(Math.random() * 1_000_000));
  const type = state.type ?? "film";
  const { data, error, isPending, isFetching, fetchNextPage, hasNextPage, refetch } = useInfiniteQuery(
    worksQuery(state, seed),
  );
  const works = useMemo(() => data?.pages.flatMap((page) => page.works) ?? [], [data]);
  const end = useNearEnd(hasNextPage && !isFetching, () => void fetchNextPage());
  const late = useAfter(isPending);
  const isAsked = Boolean(state.q ?? state.genre ?? state.person);
  return (
    <Page>
      <FrameTitle title={t.title} />
      {!isAsked && <ContinueRow />}
      <Filters state={state} />
      {error && !data && <ErrorState error={error} onRetry={() => void refetch()} />}
      {isPending && late && <Skeleton height={320} animate={false} radius="md" />}
      {data && (
        <section aria-label={t.types[type]} aria-busy={isFetching}>
          <Text size="sm" c="dimmed" role="status" className="tabular" mb="xs">
            {works.length > 0 && t.count(data.pages[0]?.total ?? 0, type)}
          </Text>
          {works.length === 0 && (isAsked ? <NothingFound /> : <NoneYet type={type} />)}
          <WorkGrid works={works} />
          <div ref={end} />
          {hasNextPage && (
            <Button variant="default" mt="md" loading={isFetching} onClick={() => void fetchNextPage()}>
              {t.more}
            </Button>
          )}
        </section>
      )}
    </Page>
  );
}

function Filters({ state }: { readonly state: FilmsSearch }) {
  const navigate = route.useNavigate();
  const type = state.type ?? "film";
  const change = (next: Partial<Record<keyof FilmsSearch, string | undefined>>): void =>
    void navigate({ search: { ...state, ...next } as FilmsSearch, replace: true });
  const { data: facets } = useQuery(query("works.facets", { types: [type] }));
  const genres = facets?.genres.map(({ name }) => name) ?? [];
  return (
    <SearchBar>
      <SegmentedControl
        aria-label={t.typesLabel}
        value={type}
        data={shownTypes.map((value) => ({ value, label: t.types[value] }))}
        onChange={(value) => change({ type: value, genre: undefined })}
      />
      <SearchField label={t.search} value={state.q ?? ""} onChange={(q) => change({ q: q === "" ? undefined : q })} />
      {genres.length > 0 && (
        <NativeSelect
          aria-label={t.genre}
          value={state.genre ?? ""}
          data={[{ value: "", label: t.anyGenre }, ...genres.map((name) => ({ value: name, label: name }))]}
          onChange={({ currentTarget: { value } }) => change({ genre: value === "" ? undefined : value })}
        />
      )}
      <NativeSelect
        aria-label={t.sort}
        value={state.sort ?? "title"}
        data={sorts.map((value) => ({ value, label: t.sorts[value] }))}
        onChange={({ currentTarget: { value } }) => change({ sort: value })}
      />
      <LinkButton to="/films/history" variant="default" leftSection={<IconHistory size={16} aria-hidden="true" />}>
        {t.history}
      </LinkButton>
      {state.person && (
        <Button
          variant="light"
          rightSection={<IconX size={16} aria-hidden="true" />}
          aria-label={`${t.of(state.person)}. ${t.clear}`}
          onClick={() => change({ person: undefined })}
        >
          {t.of(state.person)}
        </Button>
      )}
    </SearchBar>
  );
}

const NothingFound = () => <EmptyState icon={IconMoodEmpty} title={t.nothingFound} hint={t.nothingFoundHint} />;

function NoneYet({ type }: { readonly type: "film" | "series" | "video" }) {
  return (
    <EmptyState
      icon={IconMovie}
      title={t.empty[type]}
      hint={t.emptyHint[type]}
      action={
        <Group gap="xs" justify="center">
          <LinkButton to="/files">{t.openFiles}</LinkButton>
          <LinkButton to="/libraries" variant="default">
            {t.libraries}
          </LinkButton>
        </Group>
      }
    />
  );
}
