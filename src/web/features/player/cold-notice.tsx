import { Button, Progress, Text, Title } from "@mantine/core";
import { IconDownload, IconSnowflake } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useRef } from "react";
import { call, invalidate, query } from "#web/client.ts";
import { player } from "#web/strings/player.ts";
import { ErrorLine, formatBytes, formatDuration } from "#web/ui/index.ts";
import classes from "./cold-notice.module.css";

const t = player.cold;
const watchMs = 1_000;
/** Before that the rate is a guess. */
const measuredMs = 1_500;
/** What shows nothing for so long may have failed before its first byte; asked again, what still waits stays one. */
const patienceMs = 15_000;

interface Props {
  readonly nodeId: number;
  /** The content is on the main disk again. */
  onHere(): void;
}

/** Says that content is in another store, brings it back with progress and time left, and goes on by itself when it is here. */
export function ColdNotice({ nodeId, onHere }: Props) {
  const client = useQueryClient();
  const fetch = useMutation({
    mutationFn: () => call("tiers.fetch", { nodeId }),
    onSettled: () => invalidate(client, "tiers.get", "tiers.states"),
  });
  const { data, error, dataUpdatedAt, isFetchedAfterMount } = useQuery({
    ...query("tiers.get", { nodeId }),
    staleTime: 0,
    refetchInterval: watchMs,
  });
  const isHere = isFetchedAfterMount && data !== undefined && data.state?.where !== "cold";
  const here = useEffectEvent(onHere);
  useEffect(() => {
    if (isHere) here();
  }, [isHere]);
  const fetchedBytes = data?.state?.fetchedBytes ?? null;
  const begun = useRef<{ readonly atMs: number; readonly bytes: number } | null>(null);
  if (fetchedBytes !== null) begun.current ??= { atMs: dataUpdatedAt, bytes: fetchedBytes };
  const hasFailed = fetchedBytes === null && begun.current !== null && !fetch.isPending && !isHere;
  const isAsked = fetch.isPending || (fetch.isSuccess && !hasFailed);
  const isOverdue = fetch.isSuccess && dataUpdatedAt - fetch.submittedAt > patienceMs;
  const again = (): void => {
    begun.current = null;
    fetch.mutate();
  };
  return (
    <div className={classes.notice} role="group" aria-label={t.title}>
      <IconSnowflake size={40} stroke={1.25} aria-hidden="true" />
      <Title order={2} size="h3">
        {t.title}
      </Title>
      <Text size="sm">{data?.reason ?? (hasFailed ? t.failed : t.hint)}</Text>
      {fetchedBytes !== null ? (
        <Coming
          bytes={fetchedBytes}
          sizeBytes={fetch.data?.sizeBytes ?? null}
          begun={begun.current}
          atMs={dataUpdatedAt}
        />
      ) : (
        <>
          {(isAsked || isHere) && (
            <Text size="sm" role="status">
              {t.waiting}
            </Text>
          )}
          {(!isAsked || isOverdue) && !isHere && data?.reason === null && (
            <Button leftSection={<IconDownload size={16} aria-hidden="true" />} onClick={again}>
              {t.fetch}
            </Button>
          )}
        </>
      )}
      <ErrorLine error={fetch.error ?? error} />
    </div>
  );
}

function Coming(props: {
  readonly bytes: number;
  /** Null when somebody else asked for it. */
  readonly sizeBytes: number | null;
  readonly begun: { readonly atMs: number; readonly bytes: number } | null;
  readonly atMs: number;
}) {
  const { bytes, sizeBytes, begun, atMs } = props;
  if (sizeBytes === null) {
    return (
      <Text size="sm" className="tabular" role="status">
        {t.comingBytes(formatBytes(bytes))}
      </Text>
    );
  }
  const percent = Math.min(100, Math.floor((bytes / Math.max(1, sizeBytes)) * 100));
  const tookMs = begun === null ? 0 : atMs - begun.atMs;
  const came = begun === null ? 0 : bytes - begun.bytes;
  const leftMs = tookMs >= measuredMs && came > 0 ? ((sizeBytes - bytes) / came) * tookMs : null;
  const text = [t.coming(percent), ...(leftMs === null ? [] : [t.left(formatDuration(leftMs))])].join(" · ");
  return (
    <div className={classes.progress}>
      <Text size="sm" className="tabular" role="status">
        {text}
      </Text>
      <Progress value={percent} aria-label={t.coming(percent)} />
    </div>
  );
}
