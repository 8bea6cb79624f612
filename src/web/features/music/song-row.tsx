import { ActionIcon, Menu } from "@mantine/core";
import {
  IconAlertTriangle,
  IconDisc,
  IconDots,
  IconDownload,
  IconPlaylistAdd,
  IconPlayerPlay,
  IconPlayerTrackNext,
  IconSparkles,
  IconUser,
  IconVolume,
  IconX,
} from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Song } from "#contract/apps/media/music";
import { music as t } from "#web/strings/music.ts";
import { AddToPlaylist } from "./add-to-playlist.tsx";
import { Cover } from "./cover.tsx";
import classes from "./music.module.css";
import { playSimilar, queueSongs } from "./play.ts";
import { usePlayer } from "./player-access.ts";
import { StarButton } from "./star-button.tsx";
import { clockText } from "./use-position.ts";

interface SongRowProps {
  readonly song: Song;
  /** Before the title: its number on the album, or its picture. */
  readonly lead: "number" | "cover";
  onPlay(): void;
  /** In a playlist that may be changed. */
  onRemove?(): void;
}

/** One song of a list: a press on its title plays it and what follows. */
export function SongRow({ song, lead, onPlay, onRemove }: SongRowProps) {
  const { song: current } = usePlayer();
  const isCurrent = current?.id === song.id;
  return (
    <div className={classes.song} data-current={isCurrent || undefined} data-broken={!song.canPlay || undefined}>
      <button
        type="button"
        className={classes.songMain}
        aria-current={isCurrent || undefined}
        disabled={!song.canPlay}
        title={song.reason ?? undefined}
        onClick={onPlay}
      >
        <span className={classes.lead}>
          {isCurrent ? (
            <IconVolume size={18} aria-hidden="true" />
          ) : lead === "cover" ? (
            <Cover kind="song" of={song} sizePx={40} />
          ) : (
            <span className="tabular">{song.trackNumber ?? ""}</span>
          )}
        </span>
        <span className={classes.names}>
          <span className={classes.name}>{song.title}</span>
          <span className={classes.by}>
            {!song.canPlay && (
              <>
                <IconAlertTriangle size={14} aria-hidden="true" /> {t.unplayable} ·{" "}
              </>
            )}
            {lead === "cover" ? `${song.artistText} · ${song.albumTitle}` : song.artistText}
          </span>
        </span>
        <span className={`tabular ${classes.length}`}>
          {song.durationMs === null ? "" : clockText(song.durationMs)}
        </span>
      </button>
      <span className={classes.songStar}>
        <StarButton kind="song" of={song} title={song.title} />
      </span>
      <SongMenu song={song} {...(onRemove && { onRemove })} />
    </div>
  );
}

function SongMenu({ song, onRemove }: { readonly song: Song; onRemove?(): void }) {
  const navigate = useNavigate();
  const [isAdding, setAdding] = useState(false);
  const [artist] = song.artists;
  const icon = { size: 16, stroke: 1.5, "aria-hidden": true } as const;
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon size="lg" aria-label={t.more(song.title)}>
            <IconDots size={18} aria-hidden="true" />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconPlayerTrackNext {...icon} />}
            disabled={!song.canPlay}
            onClick={() => queueSongs([song], "next")}
          >
            {t.playNext}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconPlayerPlay {...icon} />}
            disabled={!song.canPlay}
            onClick={() => queueSongs([song], "end")}
          >
            {t.addToQueue}
          </Menu.Item>
          <Menu.Item leftSection={<IconPlaylistAdd {...icon} />} onClick={() => setAdding(true)}>
            {t.addToPlaylist}
          </Menu.Item>
          <Menu.Item leftSection={<IconSparkles {...icon} />} onClick={() => playSimilar(song)}>
            {t.similar}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconDisc {...icon} />}
            onClick={() => void navigate({ to: "/music/albums/$albumId", params: { albumId: String(song.albumId) } })}
          >
            {t.goToAlbum}
          </Menu.Item>
          {artist && (
            <Menu.Item
              leftSection={<IconUser {...icon} />}
              onClick={() => void navigate({ to: "/music/artists/$artistId", params: { artistId: String(artist.id) } })}
            >
              {t.goToArtist}
            </Menu.Item>
          )}
          <Menu.Item
            leftSection={<IconDownload {...icon} />}
            component="a"
            href={`/api/music/stream/${song.id}?download=1`}
            download
          >
            {t.download}
          </Menu.Item>
          {onRemove && (
            <Menu.Item leftSection={<IconX {...icon} />} onClick={onRemove}>
              {t.removeFromPlaylist}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {isAdding && <AddToPlaylist songIds={[song.id]} onClose={() => setAdding(false)} />}
    </>
  );
}
