import { Button, Progress, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { TierRun } from "#contract/apps/files/tiers";
import { call, invalidate, query } from "#web/client.ts";
import { tiers as t } from "#web/strings/tiers.ts";
import { ErrorLine, formatBytes, formatDuration, formatMoment, notifyError, Section } from "#web/ui/index.ts";
import classes from "./tiers.module.css";

const watchMs = 1_000;
const idleMs = 10_000;
const isOpen = ({ state }: TierRun): boolean => state === "queued" || state === "running";

/** What is under way with its time left, and how the last runs ended. */
export function Runs() {
  const { data, error } = useQuery({
    ...query("tiers.runs", {}),
    refetchInterval: ({ state }) => (state.data?.runs.some(isOpen) ? watchMs : idleMs),
  });
  return (
    <Section title={t.runs}>
      <ErrorLine error={data ? null : error} />
      {data?.runs.length === 0 && (
        <Text size="sm" c="dimmed">
          {t.noRuns}
        </Text>
      )}
      <ul className={classes.list}>
        {data?.runs.map((run) => (
          <Run key={run.id} run={run} />
        ))}
      </ul>
    </Section>
  );
}

function Run({ run }: { readonly run: TierRun }) {
  const client = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => call("tiers.cancel", { runId: run.id }),
    onError: notifyError,
    onSettled: () => invalidate(client, "tiers.runs"),
  });
  const act = t.acts[run.act];
  const facts = [
    t.progress(formatBytes(run.doneBytes), formatBytes(run.totalBytes), run.doneFiles, run.totalFiles),
    ...(run.leftMs === null ? [] : [t.left(formatDuration(run.leftMs))]),
    ...(run.skippedFiles > 0 ? [t.skipped(run.skippedFiles)] : []),
    ...(run.failedFiles > 0 ? [t.failed(run.failedFiles)] : []),
  ];
  const percent = run.totalBytes === 0 ? 0 : (run.doneBytes / run.totalBytes) * 100;
  return (
    <li className={classes.item}>
      <div className={classes.text}>
        <Text size="sm" fw={550}>
          {act}: {t.states[run.state]}
        </Text>
        <Text size="xs" c="dimmed" className="tabular">
          {run.startedAtMs !== null && formatMoment(run.startedAtMs)} · {facts.join(" · ")}
        </Text>
        {run.error !== null && (
          <Text size="xs" c="var(--hearth-now)">
            {run.error}
          </Text>
        )}
      </div>
      {isOpen(run) && (
        <>
          <Button
            size="compact-sm"
            variant="default"
            aria-label={t.cancelRun(act)}
            loading={cancel.isPending}
            onClick={() => cancel.mutate()}
          >
            {t.cancel}
          </Button>
          <Progress className={classes.run} value={percent} aria-label={act} />
        </>
      )}
    </li>
  );
}
