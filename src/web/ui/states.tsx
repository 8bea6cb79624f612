import { Button, Code, Text, Title } from "@mantine/core";
import {
  IconAlertTriangle,
  IconCloudOff,
  IconDatabaseOff,
  IconLock,
  IconMoodEmpty,
  IconShieldLock,
  type Icon,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import { ProblemError } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import classes from "./states.module.css";

/** One icon, one sentence, one button. */
export function EmptyState(props: {
  readonly icon: Icon;
  readonly title: string;
  readonly hint?: string;
  readonly action?: ReactNode;
  /** Level of the heading; 1 where nothing else on the page has a title. */
  readonly level?: 1 | 2;
}) {
  return (
    <div className={classes.state}>
      <props.icon size={40} stroke={1.25} aria-hidden="true" className={classes.icon} />
      <Title order={props.level ?? 2} size="h3">
        {props.title}
      </Title>
      {props.hint && (
        <Text size="sm" c="dimmed" maw="44ch">
          {props.hint}
        </Text>
      )}
      {props.action}
    </div>
  );
}

interface Explanation {
  readonly icon: Icon;
  readonly title: string;
  readonly hint: string;
}

function explain(error: unknown): Explanation {
  const t = strings.common.error;
  if (!(error instanceof ProblemError)) return { icon: IconAlertTriangle, title: t.title, hint: t.safe };
  if (error.offline) return { icon: IconCloudOff, title: t.offline, hint: t.offlineHint };
  if (error.code === "storage-offline")
    return { icon: IconDatabaseOff, title: t.storageOffline, hint: t.storageOfflineHint };
  if (error.code === "not-found" || error.code === "gone")
    return { icon: IconMoodEmpty, title: t.notFound, hint: t.notFoundHint };
  if (error.code === "blocked") return { icon: IconShieldLock, title: t.blocked, hint: error.detail || t.safe };
  if (error.code === "forbidden") return { icon: IconLock, title: t.forbidden, hint: t.forbiddenHint };
  return { icon: IconAlertTriangle, title: error.title, hint: error.detail || t.safe };
}

/** What happened, what was not lost, what to do, and the id that the log has. */
export function ErrorState(props: {
  readonly error: unknown;
  readonly onRetry?: () => void;
  readonly action?: ReactNode;
}) {
  const { icon, title, hint } = explain(props.error);
  const id = props.error instanceof ProblemError ? props.error.id : "";
  return (
    <div role="alert">
      <EmptyState
        icon={icon}
        title={title}
        hint={hint}
        action={
          <>
            {props.onRetry && (
              <Button variant="default" onClick={props.onRetry}>
                {strings.common.retry}
              </Button>
            )}
            {props.action}
            {id && (
              <Text size="xs" c="dimmed">
                {strings.common.error.id} <Code>{id}</Code>
              </Text>
            )}
          </>
        }
      />
    </div>
  );
}

/** The line under a form that says why it was refused. */
export function ErrorLine(props: { readonly error: unknown }) {
  if (!props.error) return null;
  const { title, hint } = explain(props.error);
  const message = props.error instanceof ProblemError && props.error.detail ? props.error.detail : title;
  const id = props.error instanceof ProblemError ? props.error.id : "";
  return (
    <Text size="sm" c="var(--hearth-now)" role="alert" title={hint}>
      {message}
      {id && (
        <Text span size="xs" c="dimmed" ff="monospace">
          {" "}
          {id}
        </Text>
      )}
    </Text>
  );
}
