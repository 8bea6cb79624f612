import { Button, NativeSelect, Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { query, type Output } from "#web/client.ts";
import { FrameTitle } from "#web/frame/title.tsx";
import { strings } from "#web/strings.ts";
import { EmptyState, ErrorState, formatBytes, useAfter } from "#web/ui/index.ts";
import { ConfirmEmpty, ConfirmPurge } from "./confirm.tsx";
import classes from "./trash.module.css";
import { TrashTable } from "./trash-table.tsx";
import { useTrash } from "./use-trash.ts";

const t = strings.trash;
type Space = Output<"files.spaces">["spaces"][number];

/** What was deleted in a space: back to its place, or gone for ever. */
export function TrashPage() {
  const { data, error, refetch } = useQuery(query("files.spaces", {}));
  const [chosen, setChosen] = useState<number | null>(null);
  const space = data?.spaces.find((known) => known.id === chosen) ?? data?.spaces[0];
  return (
    <>
      <FrameTitle title={t.title} />
      {error && <ErrorState error={error} onRetry={() => void refetch()} />}
      {data && !space && <EmptyState icon={IconTrash} title={t.empty} hint={t.emptyHint} />}
      {data && space && <SpaceTrash key={space.id} space={space} spaces={data.spaces} onSpace={setChosen} />}
    </>
  );
}

function SpaceTrash(props: { readonly space: Space; readonly spaces: readonly Space[]; onSpace(id: number): void }) {
  const { space, spaces } = props;
  const { list, restore, purge, empty } = useTrash(space.id);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [asking, setAsking] = useState<"purge" | "empty" | null>(null);
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  const [first] = list.data?.pages ?? [];
  const ids = items.filter((item) => selected.has(item.id)).map((item) => item.id);
  const done = { onSettled: () => setSelected(new Set<string>()) };
  const size = formatBytes(first?.sizeBytes ?? 0);
  return (
    <div className={classes.page}>
      <div className={classes.bar} hidden={spaces.length < 2 && items.length === 0}>
        {spaces.length > 1 && (
          <NativeSelect
            aria-label={t.space}
            value={String(space.id)}
            onChange={(event) => props.onSpace(Number(event.currentTarget.value))}
            data={spaces.map((known) => ({
              value: String(known.id),
              label: known.kind === "home" ? strings.browse.myFiles : known.name,
            }))}
          />
        )}
        <Text size="sm" c="dimmed" className="tabular" role="status">
          {ids.length > 0 ? t.selected(ids.length) : first && first.total > 0 ? t.summary(first.total, size) : ""}
        </Text>
        <div className={classes.acts}>
          {ids.length > 0 ? (
            <>
              <Button size="sm" loading={restore.isPending} onClick={() => restore.mutate(ids, done)}>
                {t.restore}
              </Button>
              <Button size="sm" variant="default" loading={purge.isPending} onClick={() => setAsking("purge")}>
                {t.purge}
              </Button>
            </>
          ) : (
            items.length > 0 && (
              <Button size="sm" variant="default" loading={empty.isPending} onClick={() => setAsking("empty")}>
                {t.emptyAction}
              </Button>
            )
          )}
        </div>
      </div>
      {list.error && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Waiting />}
      {first && items.length === 0 && <EmptyState icon={IconTrash} title={t.empty} hint={t.emptyHint} />}
      {items.length > 0 && (
        <TrashTable
          items={items}
          selected={selected}
          onSelect={setSelected}
          onRestore={(id) => restore.mutate([id], done)}
        />
      )}
      {first && items.length > 0 && (
        <Text size="xs" c="dimmed" p="md">
          {t.kept(first.keepDays, formatBytes(first.budgetBytes))}
        </Text>
      )}
      {list.hasNextPage && (
        <Button variant="default" m="md" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t.more}
        </Button>
      )}
      <ConfirmPurge
        opened={asking === "purge"}
        count={ids.length}
        onClose={() => setAsking(null)}
        onConfirm={() => purge.mutate(ids, done)}
      />
      <ConfirmEmpty
        opened={asking === "empty"}
        count={first?.total ?? 0}
        size={size}
        onClose={() => setAsking(null)}
        onConfirm={() => empty.mutate(undefined, done)}
      />
    </div>
  );
}

function Waiting() {
  const late = useAfter(true);
  return (
    <div className={classes.waiting} aria-busy="true">
      {late && Array.from({ length: 6 }, (_, index) => <Skeleton key={index} height={28} />)}
    </div>
  );
}
