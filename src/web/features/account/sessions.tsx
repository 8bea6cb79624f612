import { Badge, Button, Skeleton, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { IconDeviceDesktop, IconDeviceMobile } from "@tabler/icons-react";
import { call, invalidate, query, type Input, type Output } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { ErrorLine, formatMoment, formatWhen, notifyDone, notifyError } from "#web/ui/index.ts";
import classes from "./account.module.css";
import { deviceOf } from "./device.ts";
import { Section } from "./section.tsx";

const t = strings.account.sessions;
type Session = Output<"session.list">["sessions"][number];

export function Sessions() {
  const client = useQueryClient();
  const list = useQuery(query("session.list", {}));
  const end = useMutation({
    mutationFn: (input: Input<"session.revoke">) => call("session.revoke", input),
    onSuccess: ({ ended }) => notifyDone(t.ended(ended)),
    onError: notifyError,
    onSettled: () => invalidate(client, "session.list"),
  });
  const sessions = list.data?.sessions ?? [];
  return (
    <Section
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
      {list.isPending && <Skeleton height={56} />}
      <ul className={classes.list}>
        {sessions.map((session) => (
          <SessionRow key={session.id} session={session} onEnd={() => end.mutate({ id: session.id })} />
        ))}
      </ul>
    </Section>
  );
}

function SessionRow({ session, onEnd }: { readonly session: Session; onEnd(): void }) {
  const device = deviceOf(session.userAgent);
  const name = device ? t.on(device.browser, device.system) : session.userAgent || t.unknownDevice;
  const Shape = /Android|iPhone|Mobile/.test(session.userAgent) ? IconDeviceMobile : IconDeviceDesktop;
  return (
    <li className={classes.item}>
      <Shape size={20} stroke={1.5} aria-hidden="true" className={classes.icon} />
      <div className={classes.text}>
        <Text size="sm" truncate title={session.userAgent}>
          {name}
        </Text>
        <Text size="xs" c="dimmed" className="tabular" title={formatMoment(session.lastSeenAtMs)}>
          {[
            session.address,
            t.since(formatMoment(session.createdAtMs)),
            t.seen(formatWhen(session.lastSeenAtMs, Date.now())),
          ]
            .filter(Boolean)
            .join(" · ")}
        </Text>
      </div>
      {session.current ? (
        <Badge variant="light" tt="none" fw={550}>
          {t.current}
        </Badge>
      ) : (
        <Button size="compact-sm" variant="subtle" color="gray" onClick={onEnd} aria-label={t.endLabel(name)}>
          {t.end}
        </Button>
      )}
    </li>
  );
}
