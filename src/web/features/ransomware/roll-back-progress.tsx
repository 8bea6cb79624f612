import { Button, Group, Progress, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { RollBack } from "#contract/apps/files/ransomware";
import { call, invalidate, query } from "#web/client.ts";
import { ransomware } from "#web/strings/ransomware.ts";
import { formatDuration, notifyError } from "#web/ui/index.ts";
import classes from "./ransomware.module.css";

const t = ransomware.progress;
const shownFailures = 20;

/** How far a roll-back is, or how it ended, and what can be done with it. One that was just begun here is `isFollowed`: brought into view. */
export function RollBackProgress(props: { readonly rollBack: RollBack; readonly isFollowed?: boolean }) {
  const { rollBack, isFollowed = false } = props;
  const { id, state, done, total, failed, leftMs } = rollBack;
  const client = useQueryClient();
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    if (isFollowed) place.current?.scrollIntoView({ block: "center" });
  }, [id, isFollowed]);
  const act = useMutation({
    mutationFn: (name: "ransomware.cancel" | "ransomware.resume" | "ransomware.undo") => call(name, { rollBackId: id }),
    onError: notifyError,
    onSettled: () => invalidate(client, "ransomware.status"),
  });
  const isRunning = state === "running" || state === "undoing";
  const hasStopped = state === "cancelled" || state === "failed";
  const percent = total === 0 ? 0 : (100 * done) / total;
  return (
    <section ref={place} className={classes.progress} aria-label={t.label} aria-live="polite">
      <Text size="sm" className="tabular">
        {sentenceOf(rollBack)} {isRunning && leftMs !== null && t.left(formatDuration(leftMs))}
      </Text>
      {isRunning && <Progress value={percent} aria-label={t.label} />}
      {failed > 0 && <Failures id={id} failed={failed} />}
      {state !== "undone" && (
        <Group gap="xs">
          {isRunning && (
            <Button size="compact-sm" variant="default" onClick={() => act.mutate("ransomware.cancel")}>
              {t.cancel}
            </Button>
          )}
          {hasStopped && (
            <Button size="compact-sm" variant="default" onClick={() => act.mutate("ransomware.resume")}>
              {t.resume}
            </Button>
          )}
          {(hasStopped || state === "done") && (
            <Button size="compact-sm" variant="default" onClick={() => act.mutate("ransomware.undo")}>
              {t.undo}
            </Button>
          )}
        </Group>
      )}
    </section>
  );
}

function sentenceOf({ state, done, total }: RollBack): string {
  if (state === "running") return t.running(done, total);
  if (state === "undoing") return t.undoing(done, total);
  if (state === "done") return t.done(total);
  if (state === "undone") return t.undone;
  return state === "cancelled" ? t.cancelled : t.broke;
}

function Failures({ id, failed }: { readonly id: number; readonly failed: number }) {
  const { data } = useQuery(query("ransomware.items", { rollBackId: id, limit: shownFailures }));
  const items = data?.items.filter(({ state }) => state === "failed") ?? [];
  return (
    <details>
      <summary>{t.failed(failed)}</summary>
      <ul className={classes.plain} aria-label={t.showFailed}>
        {items.map(({ nodeId, path, reason }, index) => (
          <li key={`${nodeId} ${index}`} className={classes.path}>
            {path ?? ransomware.preview.hidden}: {reason}
          </li>
        ))}
      </ul>
    </details>
  );
}
