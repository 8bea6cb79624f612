import { ActionIcon } from "@mantine/core";
import { IconPlayerPlayFilled } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { Album, Artist } from "#contract/apps/media/music";
import { music as t } from "#web/strings/music.ts";
import { Cover } from "./cover.tsx";
import classes from "./music.module.css";
import { playAlbum } from "./play.ts";

export function AlbumCard({ album, facts }: { readonly album: Album; readonly facts?: string }) {
  return (
    <div className={classes.card}>
      <Link to="/music/albums/$albumId" params={{ albumId: String(album.id) }} className={classes.cardLink}>
        <Cover kind="album" of={album} sizePx={200} />
        <span className={classes.cardTitle}>{album.title}</span>
        <span className={classes.cardFacts}>
          {facts ?? [album.artistText, album.originalYear ?? album.year].filter(Boolean).join(" · ")}
        </span>
      </Link>
      <ActionIcon
        className={classes.cardPlay}
        size="lg"
        radius="xl"
        variant="filled"
        color="ember"
        aria-label={t.playOf(album.title)}
        onClick={() => playAlbum(album.id)}
      >
        <IconPlayerPlayFilled size={18} aria-hidden="true" />
      </ActionIcon>
    </div>
  );
}

export function ArtistCard({ artist }: { readonly artist: Artist }) {
  const cover = { id: artist.id, hasCover: artist.hasCover, coverVersion: artist.coverVersion };
  return (
    <div className={classes.card}>
      <Link to="/music/artists/$artistId" params={{ artistId: String(artist.id) }} className={classes.cardLink}>
        <Cover kind="artist" of={cover} sizePx={200} isRound />
        <span className={classes.cardTitle}>{artist.name}</span>
        <span className={classes.cardFacts}>
          {artist.albumCount > 0 ? t.albums(artist.albumCount) : t.songs(artist.songCount)}
        </span>
      </Link>
    </div>
  );
}

/** A few albums in a grid of their own. */
export function AlbumRow({ albums, facts }: { readonly albums: readonly Album[]; facts?(album: Album): string }) {
  return (
    <ul className={classes.cards}>
      {albums.map((album) => (
        <li key={album.id}>
          <AlbumCard album={album} {...(facts && { facts: facts(album) })} />
        </li>
      ))}
    </ul>
  );
}
