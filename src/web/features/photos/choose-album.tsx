import { Button, Modal, Skeleton, Stack, TextInput, UnstyledButton } from "@mantine/core";
import { IconPhoto } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { query } from "#web/client.ts";
import { photos as t } from "#web/strings/photos.ts";
import { strings } from "#web/strings.ts";
import { ErrorState } from "#web/ui/index.ts";
import type { PhotoActions } from "./actions.ts";
import classes from "./photos.module.css";
import { photoUrls } from "./urls.ts";

interface Props {
  readonly opened: boolean;
  readonly ids: readonly number[];
  readonly actions: PhotoActions;
  onClose(): void;
  onDone(): void;
}

/** An album for what is selected: one of those there are, or a new one. */
export function ChooseAlbum({ opened, ids, actions, onClose, onDone }: Props) {
  const { data, error, isPending, refetch } = useQuery({ ...query("photos.albums", {}), enabled: opened });
  const [name, setName] = useState("");
  const done = (well: boolean): void => {
    if (!well) return;
    setName("");
    onClose();
    onDone();
  };
  const create = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (name.trim() !== "") done((await actions.createAlbum(name.trim(), ids)) !== null);
  };
  const add = async (album: { readonly id: number; readonly name: string }): Promise<void> => {
    done(await actions.addToAlbum(album, ids));
  };
  const albums = data?.albums.filter(({ canAdd }) => canAdd) ?? [];
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t.albums.choose}
      closeButtonProps={{ "aria-label": strings.common.close }}
    >
      <Stack gap="md">
        <form onSubmit={(event) => void create(event)} className={classes.inline}>
          <TextInput
            label={t.albums.new}
            placeholder={t.albums.name}
            value={name}
            maxLength={200}
            onChange={(event) => setName(event.currentTarget.value)}
            flex={1}
            data-autofocus
          />
          <Button type="submit" disabled={name.trim() === ""}>
            {t.albums.create}
          </Button>
        </form>
        {error && <ErrorState error={error} onRetry={() => void refetch()} />}
        {isPending && opened && <Skeleton height={56} />}
        {albums.map((album) => (
          <UnstyledButton key={album.id} className={classes.albumLine} onClick={() => void add(album)}>
            <span className={classes.albumThumb}>
              {album.coverId !== null && album.coverRevision !== null ? (
                <img
                  src={photoUrls.thumb({ id: album.coverId, revision: album.coverRevision }, 480, album.id)}
                  alt=""
                />
              ) : (
                <IconPhoto size={20} stroke={1.5} aria-hidden="true" />
              )}
            </span>
            <span>
              <span className={classes.albumName}>{album.name}</span>
              <span className={classes.dim}>
                {[t.pictures(album.count), ...(album.isOwn ? [] : [t.albums.by(album.ownerName)])].join(" · ")}
              </span>
            </span>
          </UnstyledButton>
        ))}
      </Stack>
    </Modal>
  );
}
