import { Button, Group, Select, Skeleton, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconDownload, IconListSearch, IconSearch } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { call, query } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { EmptyState, ErrorState } from "#web/ui/index.ts";
import classes from "./audit.module.css";
import { ChainCheck } from "./chain-check.tsx";
import { EntryList } from "./entry-list.tsx";
import { type AuditSearch, exportUrl, filterOf, outcomes, sinceChoices } from "./filter.ts";

const t = strings.audit;
const route = getRouteApi("/app/security/audit");
const pageSize = 100;
const typingMs = 250;

/** Who did what, newest first; the search stands in the address. */
export function AuditPage() {
  const search = route.useSearch();
  const [openedAtMs] = useState(() => Date.now());
  const filter = useMemo(() => filterOf(search, openedAtMs), [search, openedAtMs]);
  const log = useInfiniteQuery({
    queryKey: ["audit.search", filter],
    queryFn: ({ pageParam, signal }) =>
      call("audit.search", { ...filter, limit: pageSize, ...(pageParam ? { beforeSeq: pageParam } : {}) }, { signal }),
    initialPageParam: 0,
    getNextPageParam: (last) => last.nextBeforeSeq ?? undefined,
  });
  const entries = log.data?.pages.flatMap((page) => page.entries) ?? [];
  const isAtEnd = log.data !== undefined && !log.hasNextPage;
  return (
    <div className={classes.page}>
      <ChainCheck />
      <Filters search={search} />
      {log.isPending && <Skeleton height={240} />}
      {log.isError && <ErrorState error={log.error} onRetry={() => void log.refetch()} />}
      {isAtEnd && entries.length === 0 && <EmptyState icon={IconListSearch} title={t.empty} hint={t.emptyHint} />}
      {entries.length > 0 && <EntryList entries={entries} />}
      {/* Below the entries, so not before their number is known: it would jump. */}
      {!log.isPending && (
        <Group justify="space-between" className={classes.foot}>
          {log.hasNextPage ? (
            <Button variant="default" loading={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
              {t.more}
            </Button>
          ) : (
            <span className={classes.end}>{entries.length > 0 && t.end}</span>
          )}
          <Group gap="xs">
            <ExportButton href={exportUrl(filter, "csv")} label={t.exportCsv} />
            <ExportButton href={exportUrl(filter, "ndjson")} label={t.exportNdjson} />
          </Group>
        </Group>
      )}
    </div>
  );
}

function ExportButton(props: { readonly href: string; readonly label: string }) {
  return (
    <Button
      component="a"
      href={props.href}
      download
      variant="default"
      size="sm"
      leftSection={<IconDownload size={16} stroke={1.5} aria-hidden="true" />}
    >
      {props.label}
    </Button>
  );
}

function Filters({ search }: { readonly search: AuditSearch }) {
  const navigate = route.useNavigate();
  const change = (part: Partial<AuditSearch>): void => {
    void navigate({ search: (before) => ({ ...before, ...part }), replace: true });
  };
  const typed = useDebouncedCallback((text: string) => change({ text: text.trim() || undefined }), typingMs);
  const people = useQuery(query("people.list", {}));
  const names = (people.data?.people ?? []).map(({ id, displayName }) => ({ value: String(id), label: displayName }));
  return (
    <div className={classes.filters}>
      <TextInput
        className={classes.text}
        aria-label={t.search}
        placeholder={t.searchHint}
        defaultValue={search.text ?? ""}
        leftSection={<IconSearch size={16} stroke={1.5} aria-hidden="true" />}
        onChange={(event) => typed(event.currentTarget.value)}
      />
      <Select
        aria-label={t.outcome}
        placeholder={t.anyOutcome}
        clearable
        data={outcomes.map((value) => ({ value, label: t.outcomes[value] }))}
        value={search.outcome ?? null}
        onChange={(value) => change({ outcome: outcomes.find((known) => known === value) })}
      />
      <Select
        aria-label={t.person}
        placeholder={t.anyPerson}
        clearable
        searchable
        data={names}
        value={search.person === undefined ? null : String(search.person)}
        onChange={(value) => change({ person: value === null ? undefined : Number(value) })}
      />
      <Select
        aria-label={t.since}
        allowDeselect={false}
        data={sinceChoices.map((value) => ({ value, label: t.sinceChoices[value] }))}
        value={search.since ?? "ever"}
        onChange={(value) => change({ since: sinceChoices.find((known) => known === value) })}
      />
    </div>
  );
}
