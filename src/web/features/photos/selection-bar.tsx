import { ActionIcon, Menu, Text, Tooltip } from "@mantine/core";
import {
  IconArchive,
  IconArchiveOff,
  IconArrowBarToUp,
  IconCalendar,
  IconDots,
  IconDownload,
  IconHeart,
  IconHeartOff,
  IconPhotoMinus,
  IconPhotoPlus,
  IconPhotoStar,
  IconShare,
  IconTrash,
  IconX,
  type Icon,
} from "@tabler/icons-react";
import { useState } from "react";
import { ShareDialog } from "#web/features/sharing/index.ts";
import { photos as t } from "#web/strings/photos.ts";
import type { PhotoActions, PhotoFile } from "./actions.ts";
import { ChooseAlbum } from "./choose-album.tsx";
import { DateDialog } from "./date-dialog.tsx";
import classes from "./photos.module.css";
import type { PhotoView } from "./url-state.ts";
import type { SelectionTools } from "./use-selection.ts";

interface Props {
  readonly selection: SelectionTools;
  readonly actions: PhotoActions;
  readonly view: PhotoView;
  /** The album on the screen, when the caller owns it. */
  readonly ownAlbumId: number | null;
}

function Act(props: { readonly icon: Icon; readonly label: string; onClick(): void }) {
  return (
    <Tooltip label={props.label} openDelay={300}>
      <ActionIcon variant="subtle" color="gray" size={40} aria-label={props.label} onClick={props.onClick}>
        <props.icon size={20} stroke={1.5} />
      </ActionIcon>
    </Tooltip>
  );
}

/** What can be done with everything that is selected. */
export function SelectionBar({ selection, actions, view, ownAlbumId }: Props) {
  const [open, setOpen] = useState<"album" | "date" | null>(null);
  const [shared, setShared] = useState<PhotoFile | null>(null);
  const ids = [...selection.ids];
  const b = t.selection;
  const isFavourites = view.kind === "favourites";
  const isArchive = view.kind === "archive";
  const afterwards = (done: Promise<boolean>): void => void done.then((well) => well && selection.clear());
  const share = async (): Promise<void> => {
    const [file] = await actions.filesOf(ids.slice(0, 1)).catch(() => []);
    if (file) setShared(file);
  };
  return (
    <div className={classes.selectionBar} role="toolbar" aria-label={b.bar}>
      <Act icon={IconX} label={b.clear} onClick={selection.clear} />
      <Text fw={550} className={classes.selectionCount} role="status">
        {b.count(ids.length)}
      </Text>
      <Act
        icon={isFavourites ? IconHeartOff : IconHeart}
        label={isFavourites ? b.unfavourite : b.favourite}
        onClick={() => afterwards(actions.favourite(ids, !isFavourites))}
      />
      <Act icon={IconPhotoPlus} label={b.album} onClick={() => setOpen("album")} />
      <Act icon={IconDownload} label={b.download} onClick={() => void actions.download(ids)} />
      <Act icon={IconTrash} label={b.trash} onClick={() => afterwards(actions.trash(ids))} />
      <Menu position="top-end" withinPortal>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size={40} aria-label={b.more}>
            <IconDots size={20} stroke={1.5} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {ids.length === 1 && (
            <Menu.Item leftSection={<IconShare size={16} />} onClick={() => void share()}>
              {b.share}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconCalendar size={16} />} onClick={() => setOpen("date")}>
            {b.dates}
          </Menu.Item>
          <Menu.Item
            leftSection={isArchive ? <IconArchiveOff size={16} /> : <IconArchive size={16} />}
            onClick={() => afterwards(actions.archive(ids, !isArchive))}
          >
            {isArchive ? b.unarchive : b.archive}
          </Menu.Item>
          {view.kind === "album" && (
            <Menu.Item
              leftSection={<IconPhotoMinus size={16} />}
              onClick={() => afterwards(actions.takeOut(view.albumId, ids))}
            >
              {b.takeOut}
            </Menu.Item>
          )}
          {ownAlbumId !== null && ids.length === 1 && (
            <Menu.Item
              leftSection={<IconPhotoStar size={16} />}
              onClick={() => afterwards(actions.changeAlbum({ albumId: ownAlbumId, coverId: ids[0] ?? null }))}
            >
              {b.cover}
            </Menu.Item>
          )}
          {ownAlbumId !== null && (
            <Menu.Item
              leftSection={<IconArrowBarToUp size={16} />}
              onClick={() => afterwards(actions.putFirst(ownAlbumId, ids))}
            >
              {t.albums.first}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <ChooseAlbum
        opened={open === "album"}
        ids={ids}
        actions={actions}
        onClose={() => setOpen(null)}
        onDone={selection.clear}
      />
      <DateDialog opened={open === "date"} ids={ids} actions={actions} onClose={() => setOpen(null)} />
      {shared && (
        <ShareDialog
          node={{ id: shared.nodeId, name: shared.name, kind: "file", canShare: shared.canShare }}
          opened
          onClose={() => setShared(null)}
        />
      )}
    </div>
  );
}
