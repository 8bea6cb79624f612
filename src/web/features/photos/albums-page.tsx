import { Button, Skeleton } from "@mantine/core";
import {
  IconHeart,
  IconLivePhoto,
  IconLibraryPhoto,
  IconPhoto,
  IconPlus,
  IconSparkles,
  IconVideo,
  type Icon,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { query, type Output } from "#web/client.ts";
import { photos as t } from "#web/strings/photos.ts";
import { EmptyState, ErrorState, Section } from "#web/ui/index.ts";
import { usePhotoActions } from "./actions.ts";
import { AlbumNameDialog } from "./album-name-dialog.tsx";
import classes from "./photos.module.css";
import { photoUrls } from "./urls.ts";
import type { Show } from "./url-state.ts";

type Album = Output<"photos.albums">["albums"][number];

const smart: readonly { readonly show: Exclude<Show, "all" | "archive">; readonly icon: Icon }[] = [
  { show: "favourites", icon: IconHeart },
  { show: "videos", icon: IconVideo },
  { show: "motion", icon: IconLivePhoto },
  { show: "recent", icon: IconSparkles },
];

/** Own albums, those of others, and those that fill themselves. */
export function AlbumsPage() {
  const { data, error, isPending, refetch } = useQuery(query("photos.albums", {}));
  const [isMaking, setMaking] = useState(false);
  const own = data?.albums.filter(({ isOwn }) => isOwn) ?? [];
  const shared = data?.albums.filter(({ isOwn }) => !isOwn) ?? [];
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return (
    <div className={`${classes.scrolls} ${classes.sections}`}>
      <Section title={t.albums.smart}>
        <div className={classes.smart}>
          {smart.map(({ show, icon: Shape }) => (
            <Link key={show} to="/photos" search={{ show }} className={classes.smartLink}>
              <Shape size={20} stroke={1.5} aria-hidden="true" />
              {t.shows[show]}
            </Link>
          ))}
        </div>
      </Section>
      <Section
        title={t.albums.own}
        action={
          <Button variant="default" leftSection={<IconPlus size={16} />} onClick={() => setMaking(true)}>
            {t.albums.new}
          </Button>
        }
      >
        {isPending && <Skeleton height={180} />}
        {data && own.length === 0 && (
          <EmptyState icon={IconLibraryPhoto} title={t.albums.none} hint={t.albums.noneHint} />
        )}
        <AlbumGrid albums={own} />
      </Section>
      {shared.length > 0 && (
        <Section title={t.albums.shared}>
          <AlbumGrid albums={shared} />
        </Section>
      )}
      <NewAlbum opened={isMaking} onClose={() => setMaking(false)} />
    </div>
  );
}

function AlbumGrid({ albums }: { readonly albums: readonly Album[] }) {
  return (
    <div className={classes.albums}>
      {albums.map((album) => (
        <Link key={album.id} to="/photos" search={{ album: album.id }} className={classes.album}>
          <span className={classes.cover}>
            {album.coverId !== null && album.coverRevision !== null ? (
              <img src={photoUrls.thumb({ id: album.coverId, revision: album.coverRevision }, 480, album.id)} alt="" />
            ) : (
              <IconPhoto size={36} stroke={1.2} aria-hidden="true" />
            )}
          </span>
          <span className={classes.albumName}>{album.name}</span>
          <span className={classes.dim}>
            {[t.pictures(album.count), ...(album.isOwn ? [] : [t.albums.by(album.ownerName)])].join(" · ")}
          </span>
        </Link>
      ))}
    </div>
  );
}

function NewAlbum({ opened, onClose }: { readonly opened: boolean; onClose(): void }) {
  const actions = usePhotoActions();
  const navigate = useNavigate();
  const create = async (name: string): Promise<void> => {
    const albumId = await actions.createAlbum(name, []);
    if (albumId === null) return;
    onClose();
    await navigate({ to: "/photos", search: { album: albumId } });
  };
  return (
    <AlbumNameDialog
      title={t.albums.new}
      act={t.albums.create}
      name=""
      opened={opened}
      onClose={onClose}
      onName={create}
    />
  );
}
