import { Button, Progress, Skeleton, Switch, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { LibraryView } from "#contract/apps/media/library";
import type { NfoRun } from "#contract/apps/media/metadata";
import { call, invalidate, query } from "#web/client.ts";
import { nfo as t } from "#web/strings/nfo.ts";
import { ErrorLine, formatDuration, notifyDone, notifyError, Section } from "#web/ui/index.ts";
import classes from "./libraries.module.css";

const watchMs = 1_000;
const isUnderWay = (run: NfoRun | null | undefined): boolean => run?.state === "running" || run?.state === "waiting";

/** Whether NFO files are written in a library, and writing all of them now. */
export function NfoPart({ library, onClose }: { readonly library: LibraryView; readonly onClose: () => void }) {
  const client = useQueryClient();
  const libraryId = library.id;
  const { data, error, isPending } = useQuery({
    ...query("nfo.status", { libraryId }),
    refetchInterval: ({ state }) => (isUnderWay(state.data?.run) ? watchMs : false),
  });
  const settled = { onError: notifyError, onSettled: () => invalidate(client, "nfo.status", "nfo.problems") };
  const setOn = useMutation({
    mutationFn: (isOn: boolean) => call("nfo.setOn", { libraryId, isOn }),
    ...settled,
    onSuccess: (_, isOn) => notifyDone(isOn ? t.switchedOn : t.switchedOff, () => setOn.mutate(!isOn)),
  });
  const writeAll = useMutation({ mutationFn: () => call("nfo.writeAll", { libraryId }), ...settled });
  const cancel = useMutation({ mutationFn: () => call("nfo.cancel", { libraryId }), ...settled });
  const close = (
    <Button size="compact-sm" variant="default" onClick={onClose}>
      {t.close}
    </Button>
  );
  return (
    <Section title={t.title(library.name)} action={close}>
      <Text size="sm" c="dimmed">
        {t.intro}
      </Text>
      <ErrorLine error={data ? null : error} />
      {isPending && <Skeleton height={80} animate={false} radius="md" mt="sm" />}
      {data && (
        <>
          <Switch
            my="md"
            label={t.isOn}
            description={t.isOnHint}
            checked={setOn.isPending ? setOn.variables : data.isOn}
            onChange={(event) => setOn.mutate(event.currentTarget.checked)}
          />
          {isUnderWay(data.run) ? (
            <Button size="compact-sm" variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
              {t.cancel}
            </Button>
          ) : (
            <Button size="compact-sm" variant="default" loading={writeAll.isPending} onClick={() => writeAll.mutate()}>
              {t.writeAll}
            </Button>
          )}
          {data.run && <Run run={data.run} />}
        </>
      )}
    </Section>
  );
}

function Run({ run }: { readonly run: NfoRun }) {
  const { state, doneCount, totalCount, secondsLeft, writtenCount, refusedCount } = run;
  const left = secondsLeft === null ? [] : [t.left(formatDuration(secondsLeft * 1000))];
  const words = {
    waiting: t.waiting,
    running: [t.writing(doneCount, totalCount), ...left].join(" · "),
    done: t.done(writtenCount, refusedCount),
    cancelled: t.cancelled(writtenCount),
    failed: t.failed,
  }[state];
  return (
    <div className={classes.progress}>
      {isUnderWay(run) && (
        <Progress value={totalCount === 0 ? 0 : (doneCount / totalCount) * 100} aria-label={words} mt="sm" />
      )}
      <Text size="sm" c="dimmed" className="tabular" mt="xs" role="status">
        {words}
      </Text>
    </div>
  );
}
