import { Button } from "@mantine/core";
import { useEffect, useState } from "react";
import { player as t } from "#web/strings/player.ts";
import classes from "./player.module.css";
import { formatClock } from "./times.ts";

const toastMs = 6_000;

/** One thing at a time that the person should know, for a few seconds. */
export function Toasts(props: {
  readonly resumedSeconds: number;
  readonly isReplanned: boolean;
  readonly isRoomOver: boolean;
  /** About the subtitles. */
  readonly notice: string | null;
  readonly onFromStart: () => void;
}) {
  const { resumedSeconds, isReplanned, isRoomOver, notice } = props;
  const what = isRoomOver
    ? "room"
    : notice !== null
      ? notice
      : isReplanned
        ? "replanned"
        : resumedSeconds > 0
          ? "resumed"
          : null;
  // What was told before does not come back when something else has been told.
  const [told, setTold] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    if (what === null) return undefined;
    const timer = setTimeout(() => setTold((before) => new Set([...before, what])), toastMs);
    return () => clearTimeout(timer);
  }, [what]);
  if (what === null || told.has(what)) return null;
  return (
    <div className={classes.toast} role="status">
      {what === "room" && t.togetherOver}
      {what === notice && notice}
      {what === "replanned" && t.replanned}
      {what === "resumed" && t.resumed(formatClock(resumedSeconds))}
      {what === "resumed" && (
        <Button
          size="compact-sm"
          variant="white"
          color="dark"
          onClick={() => {
            setTold(new Set([...told, what]));
            props.onFromStart();
          }}
        >
          {t.fromStart}
        </Button>
      )}
    </div>
  );
}
