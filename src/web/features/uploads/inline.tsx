import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import { ClashQuestion } from "./clash-question.tsx";
import { useUploadEngine, useUploadSnapshot } from "./context.tsx";
import { UploadPanel } from "./panel.tsx";
import { choose } from "./pick.ts";
import classes from "./uploads.module.css";

/** The upload panel as a part of a page, where there is no tray; `children` gets what opens the file dialog. */
export function UploadsInline(props: {
  readonly folderId: number;
  /** The path that is sent for a chosen one; itself without it. */
  below?(path: string): string;
  /** Said when everything has arrived. */
  readonly thanks: string;
  children(choose: (folder: boolean) => void): ReactNode;
}) {
  const uploads = useUploadEngine();
  const snapshot = useUploadSnapshot(uploads);
  const pick = (folder: boolean): void => {
    void choose(folder).then((sources) => {
      const placed = sources.map((source) => ({ ...source, path: props.below?.(source.path) ?? source.path }));
      uploads.enqueue(placed, props.folderId);
    });
  };
  const { totals } = snapshot;
  return (
    <>
      {props.children(pick)}
      <div role="status">
        {totals.files > 0 && totals.done + totals.skipped === totals.files && <Text fw={550}>{props.thanks}</Text>}
      </div>
      <div className={classes.inline}>{totals.files > 0 && <UploadPanel uploads={uploads} snapshot={snapshot} />}</div>
      {snapshot.ask && (
        <ClashQuestion key={snapshot.ask.id} uploads={uploads} item={snapshot.ask} others={totals.files > 1} />
      )}
    </>
  );
}
