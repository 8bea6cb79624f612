import { ActionIcon, Drawer, Indicator, Popover, RingProgress, VisuallyHidden } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconCloudUpload } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { strings } from "#web/strings.ts";
import { sizes } from "#web/theme.ts";
import { ClashQuestion } from "./clash-question.tsx";
import { useRefreshWhenDone, useUploadEngine, useUploadSnapshot } from "./context.tsx";
import type { UploadTotals } from "./model.ts";
import { UploadPanel } from "./panel.tsx";
import { percentOf } from "./totals.ts";
import classes from "./uploads.module.css";

const t = strings.uploads;
/** The question about a taken name must lie over the panel. */
const belowDialogs = 150;

/** The button in the top bar: a ring while bytes move, a dot when a person is needed, and behind it the panel. */
export function UploadTray() {
  const uploads = useUploadEngine();
  const snapshot = useUploadSnapshot(uploads);
  const { totals } = snapshot;
  const phone = useMediaQuery(`(max-width: ${sizes.phoneBelowPx - 1}px)`);
  const [opened, setOpened] = useState(false);
  const active = totals.sending + totals.waiting > 0;
  const attention = totals.failed + totals.clashes + totals.missing > 0;
  useRefreshWhenDone(active);
  useOpenWhenNew(totals, phone ?? false, () => setOpened(true));
  const panel = <UploadPanel uploads={uploads} snapshot={snapshot} />;
  const button = (
    <TrayButton
      totals={totals}
      active={active}
      attention={attention}
      opened={opened}
      onClick={() => setOpened(!opened)}
    />
  );
  return (
    <>
      <Indicator disabled={!attention} color="red" size={10} offset={6}>
        {phone ? (
          button
        ) : (
          <Popover
            opened={opened}
            onChange={setOpened}
            position="bottom-end"
            width={400}
            shadow="md"
            trapFocus={false}
            zIndex={belowDialogs}
          >
            <Popover.Target>{button}</Popover.Target>
            <Popover.Dropdown p={0} aria-label={t.title}>
              {panel}
            </Popover.Dropdown>
          </Popover>
        )}
      </Indicator>
      {phone && (
        <Drawer.Root opened={opened} onClose={() => setOpened(false)} position="bottom" size="80dvh" padding={0}>
          <Drawer.Overlay />
          <Drawer.Content aria-label={t.title} className={classes.sheet}>
            <Drawer.Body className={classes.sheetBody}>{panel}</Drawer.Body>
          </Drawer.Content>
        </Drawer.Root>
      )}
      <Announcements active={active} totals={totals} />
      {snapshot.ask && (
        <ClashQuestion key={snapshot.ask.id} uploads={uploads} item={snapshot.ask} others={totals.files > 1} />
      )}
    </>
  );
}

function TrayButton(props: {
  readonly totals: UploadTotals;
  readonly active: boolean;
  readonly attention: boolean;
  readonly opened: boolean;
  onClick(): void;
}) {
  const { totals, active, attention, opened, onClick, ...rest } = props;
  const percent = percentOf(totals);
  const label = attention ? t.openAttention : active ? t.openBusy(percent) : t.open;
  return (
    <ActionIcon size={44} {...rest} onClick={onClick} aria-label={label} aria-expanded={opened} title={label}>
      {active && (
        <RingProgress
          size={36}
          thickness={3}
          className={classes.ring}
          sections={[{ value: percent, color: "ember" }]}
          aria-hidden="true"
        />
      )}
      <IconCloudUpload size={active ? 16 : 22} stroke={1.5} aria-hidden="true" />
    </ActionIcon>
  );
}

/** On a wide screen the panel opens when uploads begin, and anywhere when some wait from before. */
function useOpenWhenNew(totals: UploadTotals, phone: boolean, open: () => void): void {
  const before = useRef(totals);
  useEffect(() => {
    const wasIdle = before.current.sending + before.current.waiting === 0;
    const started = wasIdle && totals.sending + totals.waiting > 0 && !phone;
    const found = before.current.missing === 0 && totals.missing > 0;
    before.current = totals;
    if (started || found) open();
  });
}

/** Says the outcome once to a screen reader. */
function Announcements({ active, totals }: { readonly active: boolean; readonly totals: UploadTotals }) {
  const said =
    active || totals.files === 0
      ? ""
      : [totals.done > 0 && t.said.done(totals.done), totals.failed > 0 && t.said.failed(totals.failed)]
          .filter(Boolean)
          .join(" ");
  return (
    <VisuallyHidden role="status" aria-live="polite">
      {said}
    </VisuallyHidden>
  );
}
