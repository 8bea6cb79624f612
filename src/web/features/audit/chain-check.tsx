import { Alert, Button, Progress, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { call, type Output } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { ErrorLine, Status } from "#web/ui/index.ts";
import classes from "./audit.module.css";

const t = strings.audit;
type Part = Output<"audit.verify">;

interface Verdict {
  readonly checkedEntries: number;
  readonly problems: Part["problems"];
}

/** Far more than a log of many years takes; a server that never ends must not keep the page asking. */
const maxParts = 10_000;

async function checkChain(onProgress: (done: number, total: number) => void): Promise<Verdict> {
  const problems: Part["problems"] = [];
  let cursor: string | null = null;
  let checkedEntries = 0;
  for (let part = 0; part < maxParts; part++) {
    const answer: Part = await call("audit.verify", { cursor });
    checkedEntries = answer.checkedEntries;
    problems.push(...answer.problems);
    onProgress(checkedEntries, answer.totalEntries);
    cursor = answer.cursor;
    if (cursor === null) break;
  }
  return { checkedEntries, problems };
}

/** Whether the log is whole: asked for with a button, told in one sentence. */
export function ChainCheck() {
  const [progress, setProgress] = useState({ done: 0, total: 0 });
  const check = useMutation({ mutationFn: () => checkChain((done, total) => setProgress({ done, total })) });
  return (
    <section className={classes.check} aria-live="polite">
      <div className={classes.checkText}>
        {check.isIdle && <Text size="sm">{t.checkHint}</Text>}
        {check.isPending && (
          <>
            <Text size="sm" className="tabular">
              {t.verifying(progress.done, progress.total)}
            </Text>
            <Progress value={(100 * progress.done) / Math.max(1, progress.total)} aria-label={t.verify} />
          </>
        )}
        {check.data?.problems.length === 0 && <Status level="good">{t.whole(check.data.checkedEntries)}</Status>}
        <ErrorLine error={check.error} />
      </div>
      <Button variant="default" loading={check.isPending} onClick={() => check.mutate()}>
        {t.verify}
      </Button>
      {check.data !== undefined && check.data.problems.length > 0 && (
        <Alert color="red" title={t.broken} className={classes.problems}>
          <ul>
            {check.data.problems.map(({ kind, seq, detail }) => (
              <li key={`${kind} ${seq}`}>{detail}</li>
            ))}
          </ul>
        </Alert>
      )}
    </section>
  );
}
