import { Button, Group } from "@mantine/core";
import { IconFolderOpen, IconFolderPlus, IconLock, IconSearchOff, IconUpload } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { ProblemError } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { EmptyState, ErrorState, useAfter } from "#web/ui/index.ts";
import classes from "./files-page.module.css";
import type { Command } from "./node-menu.tsx";
import type { Rights } from "./rights.ts";

/** A folder that is not there leads back to one's own files; anything else can be tried again. */
export function FolderError(props: { readonly error: Error; readonly onRetry: () => void }) {
  const gone = props.error instanceof ProblemError && !props.error.retryable;
  if (!gone) return <ErrorState error={props.error} onRetry={props.onRetry} />;
  return (
    <ErrorState
      error={props.error}
      action={
        <Button variant="default" component={Link} to="/files">
          {strings.browse.toMyFiles}
        </Button>
      }
    />
  );
}

/** A folder that was there a moment ago: moved, deleted, or no longer shared. */
export function FolderLost() {
  return (
    <div role="alert">
      <EmptyState
        icon={IconLock}
        title={strings.shared.gone}
        hint={strings.shared.goneHint}
        action={
          <Group gap="xs" justify="center">
            <Button variant="default" component={Link} to="/shared">
              {strings.shared.toShared}
            </Button>
            <Button variant="default" component={Link} to="/files">
              {strings.browse.toMyFiles}
            </Button>
          </Group>
        }
      />
    </div>
  );
}

/** Where the rows will be, once waiting is felt. */
export function Bones() {
  const shown = useAfter(true);
  return (
    <div className={classes.pending} aria-busy="true">
      {shown &&
        [60, 40, 52, 34, 46, 58, 30].map((percent) => (
          <div key={percent} className={classes.bone} style={{ width: `${percent}%` }} />
        ))}
    </div>
  );
}

/** A filter that nothing passes. */
export function NoMatch(props: { readonly text: string; readonly pending: boolean }) {
  if (props.pending) return null;
  return <EmptyState icon={IconSearchOff} title={strings.browse.filterNone(props.text.trim())} />;
}

/** A folder without anything in it, and what can be done about it. */
export function EmptyFolder(props: { readonly rights: Rights; readonly onCommand: (command: Command) => void }) {
  const t = strings.browse;
  if (!props.rights.canAdd) return <EmptyState icon={IconFolderOpen} title={t.empty} />;
  return (
    <EmptyState
      icon={IconFolderOpen}
      title={t.empty}
      hint={t.emptyHint}
      action={
        <Group gap="xs" justify="center">
          <Button leftSection={<IconUpload size={18} />} onClick={() => props.onCommand("uploadFiles")}>
            {t.uploadFiles}
          </Button>
          <Button
            variant="default"
            leftSection={<IconFolderPlus size={18} />}
            onClick={() => props.onCommand("newFolder")}
          >
            {t.newFolder}
          </Button>
        </Group>
      }
    />
  );
}
