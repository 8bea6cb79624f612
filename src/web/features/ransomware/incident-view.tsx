import { Button, Group, Skeleton, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Incident, Verdict } from "#contract/apps/files/ransomware";
import { call, invalidate, type Output, query } from "#web/client.ts";
import { ransomware } from "#web/strings/ransomware.ts";
import { ErrorLine, formatMoment, notifyDone, notifyError, Section, Status } from "#web/ui/index.ts";
import { Preview } from "./preview.tsx";
import classes from "./ransomware.module.css";
import { RollBackProgress } from "./roll-back-progress.tsx";

const t = ransomware;
const hourMs = 3_600_000;

/** One thing that was stopped: what is stopped, why, what it did when, and what to do now. */
export function IncidentView({ incident }: { readonly incident: Incident }) {
  const { id, device, rollBack } = incident;
  const detail = useQuery(query("ransomware.incident", { id }));
  const [isPreviewing, setPreviewing] = useState(false);
  const [isFollowed, setFollowed] = useState(false);
  const isRunning = rollBack?.state === "running" || rollBack?.state === "undoing";
  return (
    <article className={classes.incident} aria-labelledby={`incident-${id}`}>
      <h2 className={classes.headline} id={`incident-${id}`}>
        <Status level="now" sizePx={24}>
          {t.stopped(device.kind, device.label, device.person)}
        </Status>
      </h2>
      <Text size="sm" c="dimmed">
        {t.stoppedHint(incident.files)} {t.times(formatMoment(incident.beganAtMs), formatMoment(incident.stoppedAtMs))}
      </Text>
      <Section title={t.now}>
        <Held incident={incident} />
      </Section>
      {rollBack && <RollBackProgress rollBack={rollBack} isFollowed={isFollowed} />}
      <Section title={t.actions}>
        {isPreviewing && !isRunning ? (
          <Preview
            incident={incident}
            onClose={() => setPreviewing(false)}
            onStarted={() => {
              setPreviewing(false);
              setFollowed(true);
            }}
          />
        ) : (
          <Actions incident={incident} isRunning={isRunning} onRollBack={() => setPreviewing(true)} />
        )}
      </Section>
      <ErrorLine error={detail.error} />
      {detail.isPending && <Skeleton height={160} animate={false} />}
      {detail.data && <Why verdict={detail.data.verdict} />}
      {detail.data && <Timeline timeline={detail.data.timeline} />}
    </article>
  );
}

function Held({ incident }: { readonly incident: Incident }) {
  const named = (readOnly: boolean): string =>
    incident.spaces
      .filter((space) => space.readOnly === readOnly)
      .map(({ kind, name }) => (kind === "home" ? t.home(name) : name))
      .join(", ");
  const [waiting, readOnly] = [named(false), named(true)];
  return (
    <ul className={classes.plain}>
      {incident.frozen && <li>{t.frozen}</li>}
      {waiting && <li>{t.heldSync(waiting)}</li>}
      {readOnly && <li>{t.heldReadOnly(readOnly)}</li>}
      <li>{t.heldTrash}</li>
    </ul>
  );
}

function Actions(props: { readonly incident: Incident; readonly isRunning: boolean; onRollBack(): void }) {
  const { id, device } = props.incident;
  const client = useQueryClient();
  const release = useMutation({
    mutationFn: (wasMe: boolean) => call("ransomware.release", { id, wasMe }),
    onSuccess: (_, wasMe) => notifyDone(wasMe ? t.taught : t.released),
    onError: notifyError,
    onSettled: () => invalidate(client, "ransomware.status", "notices.list"),
  });
  if (!props.incident.canAct) return null;
  const isBlocked = props.isRunning || release.isPending;
  return (
    <>
      <Text size="sm">{t.first}</Text>
      <Group gap="xs">
        <Button disabled={props.isRunning} onClick={props.onRollBack}>
          {t.rollBack}
        </Button>
        <Button variant="default" disabled={isBlocked} title={t.releaseHint} onClick={() => release.mutate(false)}>
          {device.kind === "disk" ? t.releaseDisk : t.release}
        </Button>
        <Button variant="default" disabled={isBlocked} title={t.wasMeHint} onClick={() => release.mutate(true)}>
          {t.wasMe}
        </Button>
      </Group>
      <Text size="xs" c="dimmed">
        {t.wasMe}: {t.wasMeHint}
      </Text>
    </>
  );
}

function Why({ verdict }: { readonly verdict: Verdict }) {
  const { points, threshold, patience, windowMs, reasons, riskyThisHour, riskyUsually } = verdict;
  return (
    <Section title={t.why}>
      <ul className={classes.reasons}>
        {reasons.map(({ signal, subject, count, examples }) => (
          <li key={`${signal} ${subject}`}>
            <Text size="sm">{t.signals[signal](count, subject)}</Text>
            {examples.length > 0 && (
              <Text size="xs" c="dimmed" className={classes.path}>
                {t.examples(examples.join(", "))}
              </Text>
            )}
          </li>
        ))}
      </ul>
      <Text size="xs" c="dimmed" className="tabular">
        {t.points(points, threshold, windowMs > hourMs ? t.aDay : t.anHour)}
        {t.risky(riskyThisHour, riskyUsually)} {patience > 1 && t.patience(patience)}
      </Text>
    </Section>
  );
}

function Timeline({ timeline }: { readonly timeline: Output<"ransomware.incident">["timeline"] }) {
  const most = Math.max(1, ...timeline.map(({ changes }) => changes));
  const [first, last] = [timeline[0], timeline.at(-1)];
  if (!first || !last) return null;
  return (
    <Section title={t.timeline}>
      <ol className={classes.timeline}>
        {timeline.map(({ fromMs, changes, spoiled }) => (
          <li key={fromMs} className={classes.span}>
            <span className={classes.bar} style={{ height: `${(100 * changes) / most}%` }} />
            <span className={classes.spoiled} style={{ height: `${(100 * Math.min(changes, spoiled)) / most}%` }} />
            {changes > 0 && (
              <span className={classes.spoken}>{t.timelineSpan(formatMoment(fromMs), changes, spoiled)}</span>
            )}
          </li>
        ))}
      </ol>
      <div className={classes.axis}>
        <span>{formatMoment(first.fromMs)}</span>
        <span>{formatMoment(last.fromMs)}</span>
      </div>
    </Section>
  );
}
