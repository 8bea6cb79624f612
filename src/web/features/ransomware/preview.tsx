import { Button, Checkbox, Group, NativeSelect, SegmentedControl, Skeleton, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Incident, RollBackItem } from "#contract/apps/files/ransomware";
import { call, invalidate } from "#web/client.ts";
import { ransomware } from "#web/strings/ransomware.ts";
import { ErrorLine, formatBytes, formatMoment, notifyError } from "#web/ui/index.ts";
import classes from "./ransomware.module.css";

const t = ransomware.preview;
const pageSize = 100;
const typingMs = 250;
const minuteMs = 60_000;
const filters = ["all", "returns", "removes", "cannot"] as const;
type Filter = (typeof filters)[number];

/** What would come back, file by file; single ones can be left out. */
export function Preview(props: { readonly incident: Incident; onClose(): void; onStarted(): void }) {
  const { incident, onClose, onStarted } = props;
  const { id, beganAtMs } = incident;
  const client = useQueryClient();
  const [momentMs, setMomentMs] = useState(beganAtMs);
  const [only, setOnly] = useState<Filter>("all");
  const [typed, setTyped] = useState("");
  const [search] = useDebouncedValue(typed, typingMs);
  const [except, setExcept] = useState<ReadonlySet<number>>(new Set());
  const list = useInfiniteQuery({
    queryKey: ["ransomware.preview", id, momentMs, only, search],
    queryFn: ({ pageParam, signal }) =>
      call("ransomware.preview", { id, momentMs, only, search, offset: pageParam, limit: pageSize }, { signal }),
    initialPageParam: 0,
    placeholderData: keepPreviousData,
    getNextPageParam: (last, pages) => (pages.length * pageSize < last.count ? pages.length * pageSize : undefined),
  });
  const start = useMutation({
    mutationFn: () => call("ransomware.rollBack", { id, momentMs, except: [...except] }),
    onSuccess: onStarted,
    onError: notifyError,
    onSettled: () => invalidate(client, "ransomware.status"),
  });
  const toggle = (nodeId: number): void => {
    const next = new Set(except);
    if (!next.delete(nodeId)) next.add(nodeId);
    setExcept(next);
  };
  const first = list.data?.pages[0];
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className={classes.preview}>
      <NativeSelect
        label={t.moment}
        data={momentsOf(beganAtMs)}
        value={String(momentMs)}
        onChange={(event) => setMomentMs(Number(event.currentTarget.value))}
      />
      <ErrorLine error={list.error} />
      {list.isPending && <Skeleton height={120} animate={false} />}
      {first && (
        <Text size="sm" className="tabular" aria-live="polite">
          {t.totals(first.totals.returns, first.totals.removes, first.totals.cannot, formatBytes(first.totals.bytes))}{" "}
          {t.left(except.size)}
        </Text>
      )}
      {first?.isCut && <Text size="sm">{t.cut}</Text>}
      <div className={classes.filters}>
        <TextInput
          aria-label={t.search}
          placeholder={t.search}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <SegmentedControl
          aria-label={t.only}
          size="xs"
          value={only}
          data={filters.map((value) => ({ value, label: t.filters[value] }))}
          onChange={(value) => setOnly(filters.find((known) => known === value) ?? "all")}
        />
      </div>
      {first && items.length === 0 && (
        <Text size="sm" c="dimmed">
          {t.none}
        </Text>
      )}
      <ul className={classes.items}>
        {items.map((item) => (
          <Item key={item.nodeId} item={item} isTaken={!except.has(item.nodeId)} onToggle={() => toggle(item.nodeId)} />
        ))}
      </ul>
      {list.hasNextPage && (
        <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t.more}
        </Button>
      )}
      <Text size="sm" c="dimmed">
        {t.safe}
      </Text>
      <Group gap="xs">
        <Button
          loading={start.isPending}
          disabled={!first || first.totals.returns + first.totals.removes === 0}
          onClick={() => start.mutate()}
        >
          {t.start}
        </Button>
        <Button variant="default" onClick={onClose}>
          {t.cancel}
        </Button>
      </Group>
    </div>
  );
}

function Item(props: { readonly item: RollBackItem; readonly isTaken: boolean; onToggle(): void }) {
  const { path, targetPath, outcomes, sizeBytes, versionAtMs, reason } = props.item;
  const stays = outcomes.every((one) => one === "lost" || one === "changed-since" || one === "same");
  const words = outcomes.map((one) => t.outcomes[one]).join(", ");
  const facts = [
    words,
    versionAtMs === null ? "" : t.from(formatMoment(versionAtMs)),
    formatBytes(sizeBytes),
    reason ?? "",
  ];
  return (
    <li className={classes.item}>
      <Checkbox
        aria-label={t.include(path ?? t.hidden)}
        checked={props.isTaken && !stays}
        disabled={stays}
        onChange={props.onToggle}
      />
      <div className={classes.text}>
        <Text size="sm" className={classes.path} c={path === null ? "dimmed" : undefined}>
          {path ?? t.hidden} {targetPath !== null && targetPath !== path && t.to(targetPath)}
        </Text>
        <Text size="xs" c="dimmed" className="tabular">
          {facts.filter(Boolean).join(" · ")}
        </Text>
      </div>
    </li>
  );
}

function momentsOf(beganAtMs: number): { value: string; label: string }[] {
  const earlier = (minutes: number, span: string) => {
    const atMs = beganAtMs - minutes * minuteMs;
    return { value: String(atMs), label: t.earlier(span, formatMoment(atMs)) };
  };
  return [
    { value: String(beganAtMs), label: t.began(formatMoment(beganAtMs)) },
    earlier(15, t.quarter),
    earlier(60, t.hour),
    earlier(24 * 60, t.day),
  ];
}
