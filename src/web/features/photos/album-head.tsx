import { ActionIcon, Button, Menu, Text, Title } from "@mantine/core";
import { IconArrowLeft, IconDots, IconPencil, IconShare, IconSortDescending, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { query, type Output } from "#web/client.ts";
import { photos as t } from "#web/strings/photos.ts";
import { usePhotoActions } from "./actions.ts";
import { AlbumNameDialog } from "./album-name-dialog.tsx";
import classes from "./photos.module.css";
import { ShareAlbum } from "./share-album.tsx";

type Album = Output<"photos.albums">["albums"][number];

/** Name of an album and what its owner can do with it. */
export function AlbumHead({ albumId }: { readonly albumId: number }) {
  const { data } = useQuery(query("photos.albums", {}));
  const actions = usePhotoActions();
  const navigate = useNavigate();
  const [open, setOpen] = useState<"rename" | "share" | null>(null);
  const album = data?.albums.find(({ id }) => id === albumId);
  const a = t.albums;
  const remove = async (gone: Album): Promise<void> => {
    if (await actions.removeAlbum(gone)) await navigate({ to: "/photos", search: { tab: "albums" } });
  };
  const rename = async ({ id }: Album, name: string): Promise<void> => {
    if (await actions.changeAlbum({ albumId: id, name })) setOpen(null);
  };
  return (
    <div className={classes.albumHead}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={40}
        aria-label={a.back}
        renderRoot={(props: Record<string, unknown>) => <Link {...props} to="/photos" search={{ tab: "albums" }} />}
      >
        <IconArrowLeft size={20} />
      </ActionIcon>
      <div className={classes.albumTitle}>
        <Title order={2} size="h2">
          {album?.name ?? " "}
        </Title>
        {album && (
          <Text size="sm" c="dimmed">
            {[t.pictures(album.count), ...(album.isOwn ? [] : [a.by(album.ownerName)])].join(" · ")}
          </Text>
        )}
      </div>
      {album?.isOwn === true && (
        <>
          <Button variant="default" leftSection={<IconShare size={16} />} onClick={() => setOpen("share")}>
            {a.share}
          </Button>
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon variant="subtle" color="gray" size={40} aria-label={a.more}>
                <IconDots size={20} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => setOpen("rename")}>
                {a.rename}
              </Menu.Item>
              <Menu.Item
                leftSection={<IconSortDescending size={16} />}
                onClick={() => void actions.changeAlbum({ albumId, order: album.order === "own" ? "date" : "own" })}
              >
                {album.order === "own" ? a.byDate : a.sorted}
              </Menu.Item>
              <Menu.Item leftSection={<IconTrash size={16} />} onClick={() => void remove(album)}>
                {a.remove}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
          <AlbumNameDialog
            title={a.rename}
            act={a.save}
            name={album.name}
            opened={open === "rename"}
            onClose={() => setOpen(null)}
            onName={(name) => rename(album, name)}
          />
          <ShareAlbum album={album} opened={open === "share"} onClose={() => setOpen(null)} />
        </>
      )}
    </div>
  );
}
