import { ActionIcon, Menu, Slider } from "@mantine/core";
import {
  IconCast,
  IconDots,
  IconMaximize,
  IconMinimize,
  IconPictureInPicture,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconPlayerTrackNext,
  IconRewindBackward10,
  IconRewindForward10,
  IconVolume,
  IconVolumeOff,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import { offline } from "#web/strings/offline.ts";
import { player as t } from "#web/strings/player.ts";
import { BarMenu, Choice } from "./menus.tsx";
import classes from "./player.module.css";
import { type MarkedChapter, SeekBar } from "./seek-bar.tsx";
import { chapterAt, formatClock, type Trickplay } from "./times.ts";
import type { PlayerActs } from "./use-acts.ts";
import type { VideoState } from "./use-video.ts";

const iconPx = 22;
const speeds = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2] as const;

function BarButton(props: {
  readonly label: string;
  readonly onClick: () => void;
  readonly children: ReactNode;
  readonly className?: string | undefined;
}) {
  return (
    <ActionIcon
      variant="transparent"
      c="white"
      size={44}
      aria-label={props.label}
      title={props.label}
      onClick={props.onClick}
      className={props.className}
    >
      {props.children}
    </ActionIcon>
  );
}

interface ControlsProps {
  readonly state: VideoState;
  readonly acts: PlayerActs;
  readonly chapters: readonly MarkedChapter[];
  readonly trickplay: Trickplay | null;
  readonly isFullscreen: boolean;
  readonly canCast: boolean;
  readonly hasNext: boolean;
  readonly menus: ReactNode;
  readonly onMenu: (isOpen: boolean) => void;
  readonly onTogether: () => void;
  /** Null for what is no film. */
  readonly onOffline: (() => void) | null;
}

/** The bar below the picture. */
export function Controls(props: ControlsProps) {
  const { state, acts, chapters } = props;
  return (
    <div className={classes.bar}>
      <SeekBar
        at={state.at}
        duration={state.duration}
        buffered={state.buffered}
        chapters={chapters}
        trickplay={props.trickplay}
        onSeek={acts.seekTo}
      />
      <div className={classes.buttons}>
        <BarButton label={state.isPaused ? t.play : t.pause} onClick={acts.toggle}>
          {state.isPaused ? (
            <IconPlayerPlayFilled size={26} aria-hidden="true" />
          ) : (
            <IconPlayerPauseFilled size={26} aria-hidden="true" />
          )}
        </BarButton>
        <BarButton label={t.backward(10)} onClick={() => acts.seekBy(-10)} className={classes.wideOnly}>
          <IconRewindBackward10 size={iconPx} aria-hidden="true" />
        </BarButton>
        <BarButton label={t.forward(10)} onClick={() => acts.seekBy(10)} className={classes.wideOnly}>
          <IconRewindForward10 size={iconPx} aria-hidden="true" />
        </BarButton>
        {props.hasNext && (
          <BarButton label={t.next} onClick={acts.next}>
            <IconPlayerTrackNext size={iconPx} aria-hidden="true" />
          </BarButton>
        )}
        <Volume state={state} acts={acts} />
        <span className={`tabular ${classes.clock}`}>
          {formatClock(state.at)}
          <span className={classes.clockOf}> / {formatClock(state.duration)}</span>
        </span>
        <span className={classes.chapterNow}>{chapterAt(chapters, state.at)?.title}</span>
        {props.menus}
        <MoreMenu {...props} />
        {props.canCast && (
          <BarButton label={t.cast} onClick={acts.cast}>
            <IconCast size={iconPx} aria-hidden="true" />
          </BarButton>
        )}
        <BarButton label={props.isFullscreen ? t.leaveFullscreen : t.fullscreen} onClick={acts.fullscreen}>
          {props.isFullscreen ? (
            <IconMinimize size={iconPx} aria-hidden="true" />
          ) : (
            <IconMaximize size={iconPx} aria-hidden="true" />
          )}
        </BarButton>
      </div>
    </div>
  );
}

function Volume({ state, acts }: Pick<ControlsProps, "state" | "acts">) {
  const isSilent = state.isMuted || state.volume === 0;
  return (
    <div className={classes.volume} data-silent={isSilent || undefined}>
      <BarButton label={isSilent ? t.unmute : t.mute} onClick={acts.mute}>
        {isSilent ? (
          <IconVolumeOff size={iconPx} aria-hidden="true" />
        ) : (
          <IconVolume size={iconPx} aria-hidden="true" />
        )}
      </BarButton>
      <Slider
        className={classes.volumeSlider}
        size="xs"
        color="white"
        label={null}
        thumbLabel={t.volume}
        min={0}
        max={1}
        step={0.05}
        value={state.isMuted ? 0 : state.volume}
        onChange={acts.setVolume}
      />
    </div>
  );
}

function MoreMenu({ state, acts, chapters, onMenu, onTogether, onOffline }: ControlsProps) {
  return (
    <BarMenu label={t.more} icon={<IconDots size={iconPx} aria-hidden="true" />} onOpen={onMenu}>
      <Menu.Label>{t.speed}</Menu.Label>
      {speeds.map((rate) => (
        <Choice key={rate} isChosen={rate === state.rate} onChoose={() => acts.setSpeed(rate)}>
          {t.speedValue(rate)}
        </Choice>
      ))}
      {chapters.length > 1 && <Menu.Label>{t.chapters}</Menu.Label>}
      {chapters.length > 1 &&
        chapters.map((chapter) => (
          <Choice
            key={chapter.at}
            isChosen={chapter === chapterAt(chapters, state.at)}
            onChoose={() => acts.seekTo(chapter.at)}
          >
            {chapter.title ?? t.chapter(chapter.number)}
          </Choice>
        ))}
      <Menu.Divider />
      {document.pictureInPictureEnabled && (
        <Menu.Item
          closeMenuOnClick
          leftSection={<IconPictureInPicture size={16} aria-hidden="true" />}
          onClick={acts.pip}
        >
          {t.pictureInPicture}
        </Menu.Item>
      )}
      <Menu.Item closeMenuOnClick onClick={onTogether}>
        {t.together}
      </Menu.Item>
      {onOffline && (
        <Menu.Item closeMenuOnClick onClick={onOffline}>
          {offline.action}
        </Menu.Item>
      )}
      <Menu.Item closeMenuOnClick onClick={acts.help}>
        {t.help}
      </Menu.Item>
    </BarMenu>
  );
}
