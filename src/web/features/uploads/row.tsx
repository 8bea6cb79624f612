import { ActionIcon, Progress, Text } from "@mantine/core";
import {
  IconAlertTriangle,
  IconCheck,
  IconClock,
  IconCloudUpload,
  IconFileSearch,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerSkipForward,
  IconQuestionMark,
  IconRefresh,
  IconX,
  type Icon,
} from "@tabler/icons-react";
import { memo } from "react";
import { strings } from "#web/strings.ts";
import { formatBytes } from "#web/ui/index.ts";
import type { UploadItem, UploadState } from "./model.ts";
import classes from "./uploads.module.css";
import type { Uploads } from "./uploads.ts";

const t = strings.uploads;

const icons: Readonly<Record<UploadState, Icon>> = {
  queued: IconClock,
  sending: IconCloudUpload,
  retrying: IconRefresh,
  paused: IconPlayerPause,
  clash: IconQuestionMark,
  missing: IconFileSearch,
  done: IconCheck,
  skipped: IconPlayerSkipForward,
  failed: IconAlertTriangle,
};

/** One file: where it goes, how far it is, why it stopped, and what can be done. Re-renders only when its item is replaced. */
export const UploadRow = memo(function UploadRow(props: { readonly item: UploadItem; readonly uploads: Uploads }) {
  const { item, uploads } = props;
  const slash = item.path.lastIndexOf("/");
  const Shape = icons[item.state];
  return (
    <>
      <Shape size={20} stroke={1.5} className={classes.state} data-state={item.state} aria-hidden="true" />
      <div className={classes.text}>
        <Text size="sm" truncate title={item.path}>
          {slash > 0 && <span className={classes.folder}>{item.path.slice(0, slash + 1)}</span>}
          {item.path.slice(slash + 1)}
        </Text>
        {item.state === "sending" && item.sizeBytes > 0 && (
          <Progress value={(100 * item.sentBytes) / item.sizeBytes} size={3} aria-label={item.path} />
        )}
        <Text size="xs" c="dimmed" truncate className="tabular" title={reasonOf(item)}>
          {detailOf(item)}
        </Text>
      </div>
      <RowActions item={item} uploads={uploads} />
    </>
  );
});

function reasonOf(item: UploadItem): string | undefined {
  if (!item.failure) return undefined;
  const { reason, detail, errorId } = item.failure;
  return [t.failure[reason], detail, errorId && t.errorId(errorId)].filter(Boolean).join(" ");
}

function detailOf(item: UploadItem): string {
  if (item.state === "failed" || item.state === "retrying") return `${t.state[item.state]}: ${reasonOf(item) ?? ""}`;
  const size = formatBytes(item.sizeBytes);
  return item.state === "sending" || item.state === "paused"
    ? `${t.state[item.state]} · ${t.amount(formatBytes(item.sentBytes), size)}`
    : `${t.state[item.state]} · ${size}`;
}

function RowActions({ item, uploads }: { readonly item: UploadItem; readonly uploads: Uploads }) {
  const { state, id } = item;
  const acts = [
    {
      shown: state === "queued" || state === "sending",
      label: t.pause,
      icon: IconPlayerPause,
      run: () => uploads.pause(id),
    },
    { shown: state === "paused", label: t.resume, icon: IconPlayerPlay, run: () => uploads.resume(id) },
    {
      shown: state === "failed" || state === "retrying",
      label: t.retry,
      icon: IconRefresh,
      run: () => uploads.retry(id),
    },
    { shown: state !== "done" && state !== "skipped", label: t.cancel, icon: IconX, run: () => uploads.cancel(id) },
  ];
  return acts
    .filter((act) => act.shown)
    .map((act) => (
      <ActionIcon
        key={act.label}
        size={32}
        onClick={act.run}
        aria-label={`${act.label}: ${item.path}`}
        title={act.label}
      >
        <act.icon size={16} stroke={1.5} aria-hidden="true" />
      </ActionIcon>
    ));
}
