import { Button, NativeSelect, Skeleton, Switch, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconMoodEmpty, IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { query } from "#web/client.ts";
import { FrameTitle } from "#web/frame/title.tsx";
import { search as t } from "#web/strings/search.ts";
import { EmptyState, ErrorLine, Page, useAfter } from "#web/ui/index.ts";
import { Fold } from "#web/ui/fold.tsx";
import { HitList } from "./hit-list.tsx";
import { IndexingLine } from "./indexing-line.tsx";
import { SkippedList } from "./skipped-list.tsx";
import classes from "./search.module.css";
import { queryOf, sinces, types, type SearchState } from "./url-state.ts";

const route = getRouteApi("/app/search");
const debounceMs = 150;
const pageSize = 50;
const mostHits = 200;
/** While documents are being read, the line that says so stays true. */
const whileIndexingMs = 5_000;

/** `/search`: files by name and by the text of documents, with filters; what is asked for stands in the address. */
export function SearchPage() {
  const state = route.useSearch();
  const navigate = route.useNavigate();
  const [text, setText] = useState(state.q ?? "");
  const [limit, setLimit] = useState(pageSize);
  const [settled] = useDebouncedValue(text.trim(), debounceMs);
  const list = useRef<HTMLUListElement>(null);
  const change = (next: Partial<Record<keyof SearchState, unknown>>): void => {
    setLimit(pageSize);
    void navigate({ search: { ...state, ...next } as SearchState, replace: true });
  };
  const write = useEffectEvent((q: string) => {
    if (q !== (state.q ?? "")) change({ q: q === "" ? undefined : q });
  });
  useEffect(() => write(settled), [settled]);
  const [nowMs] = useState(() => Date.now());
  const asked = queryOf(state, nowMs);
  const found = useQuery({
    ...query("search.find", { query: asked || " ", inText: state.names !== true, limit }),
    enabled: asked !== "",
    placeholderData: keepPreviousData,
    retry: false,
    refetchInterval: ({ state: { data } }) => (data?.indexing ? whileIndexingMs : false),
  });
  const { hits = [], more = false, indexing = null } = asked === "" ? {} : (found.data ?? {});
  const error = asked === "" ? null : found.error;
  const late = useAfter(found.isPending && asked !== "");
  const toResults = (event: React.KeyboardEvent): void => {
    if (event.key !== "ArrowDown") return;
    event.preventDefault();
    list.current?.querySelector("a")?.focus();
  };
  return (
    <Page>
      <FrameTitle title={t.title} />
      <form role="search" className={classes.form} onSubmit={(event) => event.preventDefault()}>
        <TextInput
          className={classes.input}
          size="md"
          type="search"
          data-autofocus
          autoFocus={state.q === undefined}
          maxLength={400}
          leftSection={<IconSearch size={20} aria-hidden="true" />}
          aria-label={t.label}
          placeholder={t.placeholder}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={toResults}
        />
        <div className={classes.filters}>
          <NativeSelect
            aria-label={t.type}
            value={state.type ?? "any"}
            data={["any" as const, ...types].map((value) => ({ value, label: t.types[value] }))}
            onChange={({ currentTarget: { value } }) => change({ type: value === "any" ? undefined : value })}
          />
          <NativeSelect
            aria-label={t.since}
            value={state.since ?? "ever"}
            data={["ever" as const, ...sinces].map((value) => ({ value, label: t.sinces[value] }))}
            onChange={({ currentTarget: { value } }) => change({ since: value === "ever" ? undefined : value })}
          />
          <Switch
            label={t.namesOnly}
            checked={state.names === true}
            onChange={({ currentTarget: { checked } }) => change({ names: checked ? true : undefined })}
          />
        </div>
        <ErrorLine error={error} />
      </form>
      {indexing && <IndexingLine indexing={indexing} />}
      {asked === "" && <EmptyState icon={IconSearch} title={t.start} hint={t.startHint} />}
      {found.isPending && asked !== "" && late && <Skeleton height={240} animate={false} radius="md" />}
      {asked !== "" && !error && found.data && (
        <section aria-label={t.results} aria-busy={found.isFetching}>
          <Text size="sm" c="dimmed" role="status" className="tabular">
            {hits.length > 0 && t.count(hits.length, more)}
          </Text>
          {hits.length === 0 && <EmptyState icon={IconMoodEmpty} title={t.empty} hint={t.emptyHint} />}
          <HitList hits={hits} ref={list} />
          {more && limit < mostHits && (
            <Button variant="default" mt="md" onClick={() => setLimit(mostHits)}>
              {t.more}
            </Button>
          )}
          {more && limit >= mostHits && (
            <Text size="sm" c="dimmed" mt="md">
              {t.narrow}
            </Text>
          )}
        </section>
      )}
      <div>
        <Fold label={t.skipped}>
          <SkippedList />
        </Fold>
      </div>
    </Page>
  );
}
