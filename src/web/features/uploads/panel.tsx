import { Button, Group, Progress, Text, Title } from "@mantine/core";
import { IconCloudUpload } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef, useState } from "react";
import { strings } from "#web/strings.ts";
import { formatBytes, formatDuration, formatRate, notifyDone } from "#web/ui/index.ts";
import type { UploadItem, UploadSnapshot, UploadTotals } from "./model.ts";
import { choose } from "./pick.ts";
import { reopen } from "./reopen.ts";
import { UploadRow } from "./row.tsx";
import { percentOf } from "./totals.ts";
import classes from "./uploads.module.css";
import type { Uploads } from "./uploads.ts";

const t = strings.uploads;
const rowPx = 60;

/** Everything about the uploads of this page: the sum, what needs a person, and one row per file. */
export function UploadPanel(props: { readonly uploads: Uploads; readonly snapshot: UploadSnapshot }) {
  const { uploads, snapshot } = props;
  const { totals, items } = snapshot;
  if (totals.files === 0)
    return (
      <div className={classes.empty}>
        <IconCloudUpload size={32} stroke={1.25} aria-hidden="true" />
        <Text fw={550}>{t.empty}</Text>
        <Text size="sm" c="dimmed">
          {t.emptyHint}
        </Text>
      </div>
    );
  return (
    <section className={classes.panel} aria-label={t.title}>
      <div className={classes.head}>
        <Title order={2} size="h4">
          {headingOf(totals)}
        </Title>
        <Text size="xs" c="dimmed" className="tabular">
          {amountOf(totals)}
        </Text>
        <Progress
          value={percentOf(totals)}
          size="sm"
          mt={8}
          aria-label={t.title}
          color={totals.failed > 0 ? "red" : "ember"}
        />
        <Actions uploads={uploads} totals={totals} />
      </div>
      {totals.missing > 0 && <Missing uploads={uploads} snapshot={snapshot} />}
      <Rows items={items} uploads={uploads} />
    </section>
  );
}

function headingOf(totals: UploadTotals): string {
  if (totals.sending + totals.waiting > 0) return t.heading.sending(totals.done + totals.skipped, totals.files);
  if (totals.clashes > 0) return t.heading.attention;
  if (totals.paused > 0) return t.heading.paused;
  if (totals.missing > 0) return t.heading.missing(totals.missing);
  return totals.failed > 0 ? t.heading.failed(totals.failed) : t.heading.done(totals.done);
}

function amountOf(totals: UploadTotals): string {
  const parts = [t.amount(formatBytes(totals.sentBytes), formatBytes(totals.totalBytes))];
  if (totals.sending > 0) {
    parts.push(formatRate(totals.bytesPerSecond));
    parts.push(totals.etaMs === null ? t.estimating : t.left(formatDuration(totals.etaMs)));
  }
  if (totals.failed > 0) parts.push(t.failedCount(totals.failed));
  return parts.join(" · ");
}

function Actions({ uploads, totals }: { readonly uploads: Uploads; readonly totals: UploadTotals }) {
  const active = totals.sending + totals.waiting > 0;
  const open = active || totals.paused + totals.failed + totals.missing + totals.clashes > 0;
  const acts = [
    { shown: active, label: t.pauseAll, run: () => uploads.pause() },
    { shown: totals.paused > 0, label: t.resumeAll, run: () => uploads.resume() },
    { shown: totals.failed > 0, label: t.retryFailed, run: () => uploads.retry() },
    { shown: open, label: t.cancelAll, run: () => uploads.cancel() },
    { shown: totals.done + totals.skipped > 0, label: t.clear, run: () => uploads.clear() },
  ];
  return (
    <Group gap={4} mt={8} ml={-8}>
      {acts
        .filter((act) => act.shown)
        .map((act) => (
          <Button key={act.label} size="compact-sm" variant="subtle" color="gray" onClick={act.run}>
            {act.label}
          </Button>
        ))}
    </Group>
  );
}

/** Uploads of before a reload: one click where the browser still knows the files, else (or when refused) they are chosen again. */
function Missing({ uploads, snapshot }: { readonly uploads: Uploads; readonly snapshot: UploadSnapshot }) {
  const { missing } = snapshot.totals;
  const [refused, setRefused] = useState(false);
  const canReopen = snapshot.canReopen && !refused;
  const give = async (folder: boolean): Promise<void> => {
    const rest = uploads.giveFiles(await choose(folder));
    if (rest.length > 0) notifyDone(t.missing.foreign(rest.length));
  };
  return (
    <div className={classes.missing}>
      <Text size="sm" fw={550}>
        {t.missing.title}
      </Text>
      <Text size="sm">{canReopen ? t.missing.reopen(missing) : t.missing.choose(missing)}</Text>
      <Group gap={8} mt={8}>
        {canReopen && (
          <Button size="compact-sm" onClick={() => void reopen(uploads).then(() => setRefused(true))}>
            {t.missing.continue}
          </Button>
        )}
        <Button size="compact-sm" variant={canReopen ? "default" : "filled"} onClick={() => void give(false)}>
          {t.missing.chooseFiles}
        </Button>
        <Button size="compact-sm" variant="default" onClick={() => void give(true)}>
          {t.missing.chooseFolder}
        </Button>
      </Group>
    </div>
  );
}

function Rows({ items, uploads }: { readonly items: readonly UploadItem[]; readonly uploads: Uploads }) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: 6,
    getItemKey: (index) => items[index]?.id ?? index,
  });
  return (
    <div className={classes.scroller} ref={scroller} tabIndex={0} role="group" aria-label={t.list}>
      <ul className={classes.list} style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((row) => {
          const item = items[row.index];
          return (
            item && (
              <li
                key={row.key}
                className={classes.row}
                style={{ height: rowPx, transform: `translateY(${row.start}px)` }}
              >
                <UploadRow item={item} uploads={uploads} />
              </li>
            )
          );
        })}
      </ul>
    </div>
  );
}
