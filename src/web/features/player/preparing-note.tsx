import { Progress } from "@mantine/core";
import { player as t } from "#web/strings/player.ts";
import { formatDuration } from "#web/ui/index.ts";
import classes from "./preparing-note.module.css";
import type { Preparing } from "./use-preparing.ts";

/** That the subtitles are on their way, and how far. The film goes on beside it. */
export function PreparingNote({ preparing: { doneBytes, totalBytes, leftMs } }: { readonly preparing: Preparing }) {
  const percent = doneBytes === null || totalBytes === 0 ? null : Math.min(100, (100 * doneBytes) / totalBytes);
  const left = leftMs === null ? null : t.subtitleLeft(formatDuration(leftMs));
  return (
    <div className={classes.note}>
      <span role="status">{t.subtitlePreparing}</span>
      {percent !== null && (
        <span className="tabular">{[`${Math.floor(percent)}%`, left].filter((part) => part !== null).join(", ")}</span>
      )}
      {percent !== null && <Progress value={percent} size="xs" aria-label={t.subtitlePreparing} />}
    </div>
  );
}
