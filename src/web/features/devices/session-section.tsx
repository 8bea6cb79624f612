import { Badge, Button, Skeleton } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { IconDeviceDesktop, IconDeviceMobile } from "@tabler/icons-react";
import { call, invalidate, query, type Input, type Output } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { ErrorLine, formatMoment, formatWhen, notifyDone, notifyError } from "#web/ui/index.ts";
import { SettingsSection } from "#web/ui/settings.tsx";
import classes from "./devices.module.css";

const t = strings.devices.sessions;
type Session = Output<"session.list">["sessions"][number];

/** Where one is logged in, this device first. */
export function SessionSection() {
  const client = useQueryClient();
  const list = useQuery(query("session.list", {}));
  const end = useMutation({
    mutationFn: (input: Input<"session.revoke">) => call("session.revoke", input),
    onSuccess: ({ ended }) => notifyDone(t.ended(ended)),
    onError: notifyError,
    onSettled: () => invalidate(client, "session.list", "notices.list"),
  });
  const sessions = (list.data?.sessions ?? []).toSorted((a, b) => Number(b.current) - Number(a.current));
  return (
    <SettingsSection
      title={t.title}
      action={
        sessions.some((session) => !session.current) && (
          <Button size="sm" variant="default" loading={end.isPending} onClick={() => end.mutate({ others: true })}>
            {t.endOthers}
          </Button>
        )
      }
    >
      <ErrorLine error={list.error} />
      {list.isPending && <Skeleton height={120} />}
      <ul className={classes.cards}>
        {sessions.map((session) => (
          <SessionCard key={session.id} session={session} onEnd={() => end.mutate({ id: session.id })} />
        ))}
      </ul>
    </SettingsSection>
  );
}

function factsOf(session: Session): readonly string[] {
  const shown = session.factors.map((factor) => t.factors[factor]).join(t.and);
  return [
    session.address && t.from(session.address),
    t.since(formatMoment(session.createdAtMs)) + (shown && `, ${t.shown(shown)}`),
    session.current ? "" : t.seen(formatWhen(session.lastSeenAtMs, Date.now())),
  ].filter(Boolean);
}

function SessionCard({ session, onEnd }: { readonly session: Session; onEnd(): void }) {
  const name = session.device || t.unknownDevice;
  const Shape = /Android|iPhone|Mobile/.test(session.userAgent) ? IconDeviceMobile : IconDeviceDesktop;
  return (
    <li className={classes.card} data-current={session.current || undefined}>
      <Shape size={24} stroke={1.5} aria-hidden="true" />
      <div className={classes.body}>
        <span className={classes.name} title={session.userAgent}>
          {name}
          {session.current && (
            <Badge variant="light" tt="none" fw={550}>
              {t.current}
            </Badge>
          )}
          {session.isNew && !session.current && (
            <Badge variant="outline" color="gray" tt="none" fw={550}>
              {t.isNew}
            </Badge>
          )}
        </span>
        <ul className={classes.facts}>
          {factsOf(session).map((fact) => (
            <li key={fact}>{fact}</li>
          ))}
        </ul>
        {!session.current && (
          <Button size="compact-sm" variant="default" onClick={onEnd} aria-label={t.endLabel(name)}>
            {t.end}
          </Button>
        )}
      </div>
    </li>
  );
}
