import { ActionIcon, Loader, Slider } from "@mantine/core";
import {
  IconArrowsShuffle,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconPlayerSkipBackFilled,
  IconPlayerSkipForwardFilled,
  IconRepeat,
  IconRepeatOff,
  IconRepeatOnce,
} from "@tabler/icons-react";
import { useState } from "react";
import { music as t } from "#web/strings/music.ts";
import classes from "./transport.module.css";
import { musicPlayer, usePlayer } from "./player-access.ts";
import { clockText, usePosition } from "./use-position.ts";

type Size = "lg" | "xl";

export function PlayButton({ size }: { readonly size: Size }) {
  const { isPlaying, isWaiting } = usePlayer();
  const Shape = isPlaying ? IconPlayerPauseFilled : IconPlayerPlayFilled;
  return (
    <ActionIcon
      size={size}
      radius="50%"
      variant="filled"
      color="ember"
      aria-label={isPlaying ? t.pause : t.play}
      onClick={() => musicPlayer().toggle()}
    >
      {isPlaying && isWaiting ? <Loader size="xs" color="white" /> : <Shape size={20} aria-hidden="true" />}
    </ActionIcon>
  );
}

export function StepButton({ to, size = "lg" }: { readonly to: "next" | "previous"; readonly size?: Size }) {
  const Shape = to === "next" ? IconPlayerSkipForwardFilled : IconPlayerSkipBackFilled;
  return (
    <ActionIcon
      size={size}
      aria-label={to === "next" ? t.next : t.previous}
      onClick={() => (to === "next" ? musicPlayer().next() : musicPlayer().previous())}
    >
      <Shape size={18} aria-hidden="true" />
    </ActionIcon>
  );
}

export function ShuffleButton() {
  const { queue } = usePlayer();
  return (
    <ActionIcon
      size="lg"
      aria-label={t.shuffle}
      aria-pressed={queue.isShuffled}
      c={queue.isShuffled ? "var(--hearth-accent)" : undefined}
      onClick={() => musicPlayer().setShuffled(!queue.isShuffled)}
    >
      <IconArrowsShuffle size={18} stroke={1.5} aria-hidden="true" />
    </ActionIcon>
  );
}

const afterRepeat = { off: "all", all: "one", one: "off" } as const;
const repeatShapes = { off: IconRepeatOff, all: IconRepeat, one: IconRepeatOnce } as const;

export function RepeatButton() {
  const { repeat } = usePlayer().settings;
  const Shape = repeatShapes[repeat];
  return (
    <ActionIcon
      size="lg"
      aria-label={t.repeat[repeat]}
      c={repeat === "off" ? undefined : "var(--hearth-accent)"}
      onClick={() => musicPlayer().change({ repeat: afterRepeat[repeat] })}
    >
      <Shape size={18} stroke={1.5} aria-hidden="true" />
    </ActionIcon>
  );
}

/** Where the song is; dragging it does not disturb the sound before it is let go. */
export function SeekBar() {
  const { positionMs, durationMs } = usePosition();
  const [dragged, setDragged] = useState<number | null>(null);
  const shown = dragged ?? positionMs;
  return (
    <div className={classes.seek}>
      <span className="tabular">{clockText(shown)}</span>
      <Slider
        className={classes.seekSlider}
        size="sm"
        min={0}
        max={Math.max(1, durationMs)}
        step={1000}
        label={null}
        thumbLabel={t.position}
        thumbValueText={`${clockText(shown)} / ${clockText(durationMs)}`}
        value={shown}
        onChange={setDragged}
        onChangeEnd={(value) => {
          setDragged(null);
          musicPlayer().seek(value);
        }}
      />
      <span className="tabular">{clockText(durationMs)}</span>
    </div>
  );
}
