import { ActionIcon, Slider, Tooltip, VisuallyHidden } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import {
  IconChevronDown,
  IconChevronUp,
  IconList,
  IconMicrophone2,
  IconVolume,
  IconVolumeOff,
} from "@tabler/icons-react";
import { Link, useLocation } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import type { Song } from "#contract/apps/media/music";
import { music as t } from "#web/strings/music.ts";
import { sizes } from "#web/theme.ts";
import { Cover } from "./cover.tsx";
import { LyricsPanel } from "./lyrics-panel.tsx";
import dock from "./dock.module.css";
import classes from "./music.module.css";
import { NowSheet } from "./now-sheet.tsx";
import { musicPlayer, usePlayer } from "./player-access.ts";
import { PlayerSettingsMenu } from "./player-settings.tsx";
import { QueuePanel } from "./queue-panel.tsx";
import { CurrentStar } from "./current-star.tsx";
import { NowLine } from "./now-line.tsx";
import { SidePanel } from "./side-panel.tsx";
import { PlayButton, RepeatButton, SeekBar, ShuffleButton, StepButton } from "./transport.tsx";
import { useMusicKeys } from "./use-music-keys.ts";
import { useRestoredQueue } from "./use-restored-queue.ts";

type Panel = "queue" | "lyrics" | "now" | null;

/** The player below every page: a bar on a desk, a narrow one with a sheet behind it on a phone. */
export function MusicBar() {
  const { song } = usePlayer();
  const isPhone = useMediaQuery(`(max-width: ${sizes.phoneBelowPx - 0.02}px)`, undefined, {
    getInitialValueInEffect: false,
  });
  const [panel, setPanel] = useState<Panel>(null);
  const isRestoring = useRestoredQueue();
  useMusicKeys();
  const path = useLocation({ select: ({ pathname }) => pathname });
  // On a phone it lies over the whole page: whoever goes to another one wants to see that.
  useEffect(() => {
    if (isPhone === true) setPanel(null);
  }, [isPhone, path]);
  if (song === null) return isRestoring ? <div className={dock.barPlace} /> : null;
  const close = () => setPanel(null);
  return (
    <section className={classes.bar} aria-label={t.bar} data-song={song.id}>
      {isPhone ? (
        <PhoneBar song={song} isOpen={panel !== null} onToggle={() => setPanel(panel === null ? "now" : null)} />
      ) : (
        <DeskBar song={song} panel={panel} onPanel={(next) => setPanel(panel === next ? null : next)} />
      )}
      {panel === "queue" && (
        <SidePanel key="queue" title={t.queue} onClose={close}>
          <NowLine song={song} />
          <QueuePanel onLeave={close} />
        </SidePanel>
      )}
      {panel === "lyrics" && (
        <SidePanel key="lyrics" title={t.lyrics} onClose={close}>
          <LyricsPanel song={song} />
        </SidePanel>
      )}
      {panel === "now" && <NowSheet song={song} onClose={close} />}
    </section>
  );
}

function Names({ song }: { readonly song: Song }) {
  return (
    <span className={classes.names}>
      <Link to="/music/albums/$albumId" params={{ albumId: String(song.albumId) }} className={classes.name}>
        {song.title}
      </Link>
      <span className={classes.by}>{song.artistText}</span>
    </span>
  );
}

function DeskBar(props: { readonly song: Song; readonly panel: Panel; onPanel(panel: Panel): void }) {
  const { song, panel, onPanel } = props;
  return (
    <>
      <div className={classes.barSong}>
        <Cover kind="song" of={song} sizePx={48} />
        <Names song={song} />
        <CurrentStar song={song} />
      </div>
      <div className={classes.barMiddle}>
        <div className={classes.buttons}>
          <ShuffleButton />
          <StepButton to="previous" />
          <PlayButton size="lg" />
          <StepButton to="next" />
          <RepeatButton />
        </div>
        <SeekBar />
      </div>
      <div className={classes.barEnd}>
        <Volume />
        <PanelButton label={t.lyrics} isOpen={panel === "lyrics"} onClick={() => onPanel("lyrics")}>
          <IconMicrophone2 size={20} stroke={1.5} aria-hidden="true" />
        </PanelButton>
        <PanelButton label={t.queue} isOpen={panel === "queue"} onClick={() => onPanel("queue")}>
          <IconList size={20} stroke={1.5} aria-hidden="true" />
        </PanelButton>
        <PlayerSettingsMenu />
      </div>
    </>
  );
}

function PanelButton(props: {
  readonly label: string;
  readonly isOpen: boolean;
  readonly children: React.ReactNode;
  onClick(): void;
}) {
  return (
    <Tooltip label={props.label}>
      <ActionIcon size="lg" aria-label={props.label} aria-expanded={props.isOpen} onClick={props.onClick}>
        {props.children}
      </ActionIcon>
    </Tooltip>
  );
}

function PhoneBar(props: { readonly song: Song; readonly isOpen: boolean; onToggle(): void }) {
  const { song, isOpen, onToggle } = props;
  const Shape = isOpen ? IconChevronDown : IconChevronUp;
  return (
    <>
      <button type="button" className={classes.mini} aria-expanded={isOpen} onClick={onToggle}>
        <VisuallyHidden>{isOpen ? t.close : t.open}</VisuallyHidden>
        <Cover kind="song" of={song} sizePx={44} />
        <span className={classes.names}>
          <span className={classes.name}>{song.title}</span>
          <span className={classes.by}>{song.artistText}</span>
        </span>
        <Shape size={18} aria-hidden="true" />
      </button>
      <PlayButton size="xl" />
      <StepButton to="next" size="xl" />
    </>
  );
}

function Volume() {
  const { settings } = usePlayer();
  const { change } = musicPlayer();
  const { volume, isMuted } = settings;
  const Shape = isMuted || volume === 0 ? IconVolumeOff : IconVolume;
  // Drawn from here, so that dragging is smooth.
  const [shown, setShown] = useState(volume);
  useEffect(() => setShown(volume), [volume]);
  return (
    <span className={classes.volume}>
      <ActionIcon
        size="lg"
        aria-label={isMuted ? t.unmute : t.mute}
        aria-pressed={isMuted}
        onClick={() => change({ isMuted: !isMuted })}
      >
        <Shape size={20} stroke={1.5} aria-hidden="true" />
      </ActionIcon>
      <Slider
        size="xs"
        w={88}
        min={0}
        max={1}
        step={0.01}
        label={null}
        thumbLabel={t.volume}
        value={isMuted ? 0 : shown}
        onChange={(value) => {
          setShown(value);
          change({ volume: value, isMuted: false });
        }}
      />
    </span>
  );
}
