import { Button, Progress, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ImportState } from "#contract/apps/files/imports";
import { call, invalidate } from "#web/client.ts";
import { imports as t } from "#web/strings/imports.ts";
import { formatBytes, formatDuration, formatMoment, notifyDone, notifyError, Status } from "#web/ui/index.ts";
import { Fold } from "#web/ui/fold.tsx";
import classes from "./imports.module.css";

const levels = { running: "soon", done: "good", failed: "now", cancelled: "soon" } as const;

/** How an import goes or went: how far, how long still, what came and what did not. */
export function RunState({ run }: { readonly run: ImportState }) {
  const client = useQueryClient();
  const stop = useMutation({
    mutationFn: () => call("imports.cancel", { id: run.id }),
    onSuccess: () => notifyDone(t.stopped),
    onError: notifyError,
    onSettled: () => invalidate(client, "imports.list"),
  });
  const { doneBytes, totalBytes, doneFiles, leftMs } = run.progress;
  const share = totalBytes > 0 ? (doneBytes / totalBytes) * 100 : 0;
  const facts = [
    t.files(doneFiles),
    t.progress(formatBytes(doneBytes), formatBytes(totalBytes)),
    ...(run.state === "running" && leftMs !== null ? [t.left(formatDuration(leftMs))] : []),
  ];
  return (
    <article className={classes.run}>
      <div className={classes.head}>
        <Status level={levels[run.state]}>{t.states[run.state]}</Status>
        <Text size="xs" c="dimmed">
          {run.folder}, {formatMoment(run.startedAtMs)}
        </Text>
        {run.state === "running" && (
          <Button size="compact-sm" variant="default" loading={stop.isPending} onClick={() => stop.mutate()}>
            {t.stop}
          </Button>
        )}
      </div>
      {run.state === "running" && <Progress value={share} size="sm" aria-label={t.running(run.folder)} />}
      <Text size="sm" className="tabular" role={run.state === "running" ? "status" : undefined}>
        {facts.join(" · ")}
      </Text>
      {run.reason && <Text size="sm">{run.reason}</Text>}
      {run.state === "done" && <Outcome run={run} />}
      {run.failureCount > 0 && <Failures run={run} />}
    </article>
  );
}

function Outcome({ run }: { readonly run: ImportState }) {
  const { people, groups, shares, links, appPasswords } = run.brought;
  return (
    <>
      <Text size="sm">{t.brought(people, t.counts(groups, shares, links, appPasswords))}</Text>
      <Text size="sm" c="dimmed">
        {t.next}
      </Text>
    </>
  );
}

function Failures({ run }: { readonly run: ImportState }) {
  const hidden = run.failureCount - run.failures.length;
  return (
    <Fold label={t.failures(run.failureCount)}>
      <ul className={classes.failures}>
        {run.failures.map(({ path, reason }) => (
          <li key={`${path} ${reason}`}>
            <Text size="sm">{path}</Text>
            <Text size="xs" c="dimmed">
              {reason}
            </Text>
          </li>
        ))}
      </ul>
      {hidden > 0 && (
        <Text size="xs" c="dimmed">
          {t.moreFailures(hidden)}
        </Text>
      )}
    </Fold>
  );
}
