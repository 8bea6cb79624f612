import { SegmentedControl } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Song } from "#contract/apps/media/music";
import { music as t } from "#web/strings/music.ts";
import { Cover } from "./cover.tsx";
import { LyricsPanel } from "./lyrics-panel.tsx";
import { CurrentStar } from "./current-star.tsx";
import classes from "./music.module.css";
import { PlayerSettingsForm } from "./player-settings.tsx";
import { QueuePanel } from "./queue-panel.tsx";
import { RatingField } from "./star-button.tsx";
import { SidePanel } from "./side-panel.tsx";
import { PlayButton, RepeatButton, SeekBar, ShuffleButton, StepButton } from "./transport.tsx";

const views = ["now", "queue", "lyrics", "settings"] as const;
type View = (typeof views)[number];
const labels: Readonly<Record<View, string>> = {
  now: t.current,
  queue: t.queue,
  lyrics: t.lyrics,
  settings: t.settingsShort,
};

/** The whole player on a phone, above its bar. */
export function NowSheet({ song, onClose }: { readonly song: Song; onClose(): void }) {
  const [view, setView] = useState<View>("now");
  return (
    <SidePanel title={song.albumTitle} onClose={onClose}>
      <div className={classes.sheet}>
        <SegmentedControl
          aria-label={t.bar}
          fullWidth
          value={view}
          data={views.map((value) => ({ value, label: labels[value] }))}
          onChange={(value) => setView(value as View)}
        />
        {view === "now" && <Now song={song} onClose={onClose} />}
        {view === "queue" && <QueuePanel onLeave={onClose} />}
        {view === "lyrics" && <LyricsPanel song={song} />}
        {view === "settings" && <PlayerSettingsForm />}
      </div>
    </SidePanel>
  );
}

function Now({ song, onClose }: { readonly song: Song; onClose(): void }) {
  return (
    <>
      <div className={classes.sheetCover}>
        <Cover kind="song" of={song} sizePx={340} />
      </div>
      <div className={classes.sheetSong}>
        <span className={classes.names}>
          <span className={classes.name}>{song.title}</span>
          <Link
            to="/music/albums/$albumId"
            params={{ albumId: String(song.albumId) }}
            className={classes.by}
            onClick={onClose}
          >
            {song.artistText}
          </Link>
        </span>
        <CurrentStar song={song} />
      </div>
      <RatingField kind="song" of={song} title={song.title} />
      <SeekBar />
      <div className={classes.sheetButtons}>
        <ShuffleButton />
        <StepButton to="previous" size="xl" />
        <PlayButton size="xl" />
        <StepButton to="next" size="xl" />
        <RepeatButton />
      </div>
    </>
  );
}
