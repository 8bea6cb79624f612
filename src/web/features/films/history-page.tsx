import { ActionIcon, Button, Menu, Skeleton, Text } from "@mantine/core";
import { IconArrowBackUp, IconDots, IconHistory, IconMoodEmpty, IconPlayerPlay, IconTrash } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { FrameTitle } from "#web/frame/title.tsx";
import { history as t } from "#web/strings/history.ts";
import {
  EmptyState,
  ErrorState,
  formatMoment,
  Page,
  SearchBar,
  SearchField,
  Section,
  useAfter,
} from "#web/ui/index.ts";
import { byDay, deviceLabel, type HistoryEntry } from "./history-rows.ts";
import classes from "./history.module.css";
import { LinkButton } from "./link-parts.tsx";
import { WorkPicture } from "./poster.tsx";
import { useHistory, useHistoryActs } from "./use-history.ts";

/** `/films/history`: what somebody watched, when and on what; entries can be taken out, and put back. */
export function HistoryPage() {
  const [search, setSearch] = useState("");
  const [clearedAtMs, setClearedAtMs] = useState<number>();
  const { data, error, isPending, isFetching, hasNextPage, fetchNextPage, refetch } = useHistory(search);
  const { remove, restore } = useHistoryActs();
  const late = useAfter(isPending);
  const entries = data?.pages.flatMap((page) => page.entries) ?? [];
  return (
    <Page>
      <FrameTitle title={t.title} />
      <Text c="dimmed">{t.intro}</Text>
      <SearchBar>
        <SearchField label={t.search} value={search} onChange={setSearch} />
        <LinkButton to="/films" variant="default">
          {t.back}
        </LinkButton>
        {entries.length > 0 && search === "" && (
          <Button
            variant="default"
            leftSection={<IconTrash size={16} aria-hidden="true" />}
            onClick={() => void remove(null).then(setClearedAtMs)}
          >
            {t.clear}
          </Button>
        )}
      </SearchBar>
      {error && !data && <ErrorState error={error} onRetry={() => void refetch()} />}
      {isPending && late && <Skeleton height={320} animate={false} radius="md" />}
      {data &&
        entries.length === 0 &&
        (search === "" ? (
          <NothingYet
            onRestore={
              clearedAtMs === undefined
                ? undefined
                : () => void restore(clearedAtMs).then(() => setClearedAtMs(undefined))
            }
          />
        ) : (
          <NothingFound />
        ))}
      {byDay(entries, Date.now()).map(({ label, entries: of }) => (
        <Section key={label} title={label}>
          <ul className={classes.list}>
            {of.map((entry) => (
              <Row key={entry.id} entry={entry} />
            ))}
          </ul>
        </Section>
      ))}
      {hasNextPage && (
        <Button variant="default" mt="md" loading={isFetching} onClick={() => void fetchNextPage()}>
          {t.showMore}
        </Button>
      )}
    </Page>
  );
}

function Row({ entry }: { readonly entry: HistoryEntry }) {
  const { item, act, atMs, device } = entry;
  const toPlayer = { to: "/watch/$itemId", params: { itemId: String(item.itemId) } } as const;
  return (
    <li className={classes.item}>
      <Link {...toPlayer} className={classes.picture} tabIndex={-1} aria-hidden="true">
        <WorkPicture
          url={item.posterUrl ?? `/api/files/preview/${item.nodeId}?v=${item.etag}`}
          title=""
          shape="poster"
        />
      </Link>
      <div className={classes.text}>
        <Link {...toPlayer} className={classes.title}>
          {item.title}
        </Link>
        {item.subtitle !== "" && (
          <Text size="sm" c="dimmed" truncate>
            {item.subtitle}
          </Text>
        )}
        <Text size="sm" c="dimmed" className="tabular">
          {[t.acts[act], formatMoment(atMs), deviceLabel(device)].filter((part) => part !== "").join(" · ")}
        </Text>
      </div>
      <RowMenu entry={entry} />
    </li>
  );
}

function RowMenu({ entry }: { readonly entry: HistoryEntry }) {
  const { id, item, canUndo } = entry;
  const { remove, takeBack } = useHistoryActs();
  return (
    <Menu position="bottom-end" width={220} keepMounted={false}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t.more(item.title)}>
          <IconDots size={18} aria-hidden="true" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconPlayerPlay size={16} />}
          renderRoot={(props) => <Link {...props} to="/watch/$itemId" params={{ itemId: String(item.itemId) }} />}
        >
          {t.play}
        </Menu.Item>
        {canUndo && (
          <Menu.Item leftSection={<IconArrowBackUp size={16} />} onClick={() => void takeBack(id)}>
            {t.takeBack}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconTrash size={16} />} onClick={() => void remove([id])}>
          {t.remove}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

const NothingFound = () => <EmptyState icon={IconMoodEmpty} title={t.nothingFound} hint={t.nothingFoundHint} />;

function NothingYet({ onRestore }: { readonly onRestore: (() => void) | undefined }) {
  if (onRestore === undefined) return <EmptyState icon={IconHistory} title={t.empty} hint={t.emptyHint} />;
  const action = (
    <Button variant="default" leftSection={<IconArrowBackUp size={16} aria-hidden="true" />} onClick={onRestore}>
      {t.restore}
    </Button>
  );
  return <EmptyState icon={IconHistory} title={t.emptied} hint={t.emptiedHint} action={action} />;
}
