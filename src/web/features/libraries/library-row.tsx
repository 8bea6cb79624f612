import { ActionIcon, Anchor, Button, Menu, Progress, Switch, Text } from "@mantine/core";
import {
  IconDots,
  IconFileText,
  IconFolder,
  IconListCheck,
  IconMovie,
  IconMusic,
  IconPencil,
  IconPhoto,
  IconRefreshAlert,
  IconDeviceTv,
  IconTrash,
  IconVideo,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { LibraryView } from "#contract/apps/media/library";
import { libraries as t } from "#web/strings/libraries.ts";
import { nfo } from "#web/strings/nfo.ts";
import { formatBytes, formatDuration, Status } from "#web/ui/index.ts";
import classes from "./libraries.module.css";
import { useLibrary } from "./use-library.ts";

const icons = { films: IconMovie, series: IconDeviceTv, music: IconMusic, photos: IconPhoto, videos: IconVideo };

interface Props {
  readonly library: LibraryView;
  readonly onEdit: () => void;
  readonly onCheckNames: () => void;
  readonly onNfo: () => void;
}

/** One library: where it is, what is in it, how far it is known. */
export function LibraryRow({ library, onEdit, onCheckNames, onNfo }: Props) {
  const { name, kind, canManage, isOn } = library;
  const { update, scan, cancel, remove } = useLibrary(library);
  const Shape = icons[kind];
  const isScanning = library.scan?.state === "running" || library.scan?.state === "waiting";
  return (
    <li className={classes.item}>
      <Shape size={20} stroke={1.5} aria-hidden="true" className={classes.icon} />
      <div className={classes.text}>
        <Text fw={550}>{name}</Text>
        <Text size="sm" c="dimmed" className="tabular">
          {factsOf(library).join(" · ")}
        </Text>
        <States library={library} />
      </div>
      <div className={classes.actions}>
        {canManage && isOn && !isScanning && library.state === "ok" && (
          <Button size="compact-sm" variant="default" onClick={() => scan.mutate(false)} loading={scan.isPending}>
            {t.scan}
          </Button>
        )}
        {canManage && isScanning && (
          <Button size="compact-sm" variant="default" onClick={() => cancel.mutate()} loading={cancel.isPending}>
            {t.cancel}
          </Button>
        )}
        {canManage && (
          <Switch
            aria-label={t.isOn(name)}
            checked={update.isPending ? (update.variables.isOn ?? isOn) : isOn}
            onChange={(event) => update.mutate({ isOn: event.currentTarget.checked })}
          />
        )}
        <Menu position="bottom-end" width={280} keepMounted={false}>
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" aria-label={t.more(name)}>
              <IconDots size={18} aria-hidden="true" />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {library.state !== "folder-gone" && (
              <Menu.Item
                leftSection={<IconFolder size={16} />}
                renderRoot={(props) => (
                  <Link {...props} to="/files/$folderId" params={{ folderId: String(library.folderId) }} />
                )}
              >
                {t.openFolder}
              </Menu.Item>
            )}
            {isOn && (kind === "films" || kind === "series") && (
              <Menu.Item leftSection={<IconListCheck size={16} />} onClick={onCheckNames}>
                {t.checkNames}
              </Menu.Item>
            )}
            {isOn && library.canEdit && (kind === "films" || kind === "series" || kind === "videos") && (
              <Menu.Item leftSection={<IconFileText size={16} />} onClick={onNfo}>
                {nfo.menu}
              </Menu.Item>
            )}
            {canManage && isOn && library.brokenCount > 0 && (
              <Menu.Item leftSection={<IconRefreshAlert size={16} />} onClick={() => scan.mutate(true)}>
                {t.retry}
              </Menu.Item>
            )}
            {canManage && (
              <Menu.Item leftSection={<IconPencil size={16} />} onClick={onEdit}>
                {t.edit}
              </Menu.Item>
            )}
            {canManage && (!library.isAutomatic || library.state === "folder-gone") && (
              <Menu.Item leftSection={<IconTrash size={16} />} onClick={() => remove.mutate()}>
                {t.remove}
              </Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
      </div>
      {isScanning && <ScanProgress library={library} />}
    </li>
  );
}

function factsOf({ kind, spaceName, folderPath, counts, sizeBytes }: LibraryView): string[] {
  const held = (["video", "audio", "image"] as const).flatMap((what) =>
    counts[what] > 0 ? [t.counts[what](counts[what])] : [],
  );
  return [
    t.kinds[kind],
    folderPath === "" ? spaceName : `${spaceName} / ${folderPath.replaceAll("/", " / ")}`,
    ...(held.length === 0 ? [t.empty] : [...held, formatBytes(sizeBytes)]),
  ];
}

/** What is not as it should be, or not yet. */
function States({ library }: { readonly library: LibraryView }) {
  const { isOn, state, foundCount, brokenCount, scan } = library;
  if (!isOn) {
    return (
      <Text size="sm" c="dimmed">
        {t.off}
      </Text>
    );
  }
  return (
    <>
      {state === "disk-away" && <Status level="now">{t.diskAway}</Status>}
      {state === "folder-gone" && <Status level="now">{t.folderGone}</Status>}
      {foundCount > 0 && (
        <Text size="sm" c="dimmed" className="tabular">
          {t.toProbe(foundCount)}
        </Text>
      )}
      {brokenCount > 0 && (
        <Anchor size="sm" href="#problems" className={classes.link}>
          {t.broken(brokenCount)}
        </Anchor>
      )}
      {scan?.state === "failed" && <Status level="soon">{t.failed(scan.reason ?? "")}</Status>}
      {scan?.state === "cancelled" && (
        <Text size="sm" c="dimmed">
          {t.cancelled}
        </Text>
      )}
    </>
  );
}

function ScanProgress({ library: { scan, name } }: { readonly library: LibraryView }) {
  if (scan === null) return null;
  const { doneCount, totalCount, secondsLeft, state } = scan;
  const left = secondsLeft === null ? [] : [t.left(formatDuration(secondsLeft * 1000))];
  const words = state === "waiting" ? t.waiting : [t.scanning(doneCount, totalCount), ...left].join(" · ");
  return (
    <div className={classes.progress}>
      <Progress value={totalCount === 0 ? 0 : (doneCount / totalCount) * 100} aria-label={`${name}: ${words}`} />
      <Text size="xs" c="dimmed" className="tabular" mt={4}>
        {words}
      </Text>
    </div>
  );
}
