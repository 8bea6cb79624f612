import { type PointerEvent, useRef, useState } from "react";
import { player as t } from "#web/strings/player.ts";
import classes from "./player.module.css";
import { chapterAt, formatClock, spokenClock, type Trickplay, trickplayAt } from "./times.ts";

export interface MarkedChapter {
  readonly at: number;
  readonly title: string | null;
  readonly number: number;
}

/** Room for the text of a moment without a picture, and around one. */
const leastPx = 160;
const marginPx = 8;

interface SeekBarProps {
  readonly at: number;
  readonly duration: number;
  readonly buffered: readonly { readonly from: number; readonly to: number }[];
  readonly chapters: readonly MarkedChapter[];
  readonly trickplay: Trickplay | null;
  readonly onSeek: (seconds: number) => void;
}

/** The film as a line: what is played and buffered, its chapters, and a picture of the moment under the pointer. */
export function SeekBar({ at, duration, buffered, chapters, trickplay, onSeek }: SeekBarProps) {
  const bar = useRef<HTMLDivElement>(null);
  const [hover, setHover] = useState<number | null>(null);
  const [dragged, setDragged] = useState<number | null>(null);
  const secondsAt = (event: PointerEvent): number => {
    const box = bar.current?.getBoundingClientRect();
    if (!box || box.width === 0) return 0;
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * duration;
  };
  const shown = dragged ?? at;
  const part = duration > 0 ? Math.min(1, shown / duration) : 0;
  const pointed = dragged ?? hover;
  return (
    <div
      ref={bar}
      className={classes.seek}
      role="slider"
      data-seek
      tabIndex={0}
      aria-label={t.seek}
      aria-valuemin={0}
      aria-valuemax={Math.round(duration)}
      aria-valuenow={Math.round(shown)}
      aria-valuetext={t.positionOf(spokenClock(shown), spokenClock(duration))}
      data-dragging={dragged !== null || undefined}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        setDragged(secondsAt(event));
      }}
      onPointerMove={(event) => {
        if (dragged !== null) setDragged(secondsAt(event));
        else if (event.pointerType === "mouse") setHover(secondsAt(event));
      }}
      onPointerUp={(event) => {
        if (dragged === null) return;
        onSeek(secondsAt(event));
        setDragged(null);
        setHover(null);
      }}
      onPointerCancel={() => setDragged(null)}
      onPointerLeave={() => setHover(null)}
    >
      <div className={classes.track}>
        {buffered.map(({ from, to }) => (
          <span
            key={from}
            className={classes.buffered}
            style={{ left: `${from * 100}%`, width: `${(to - from) * 100}%` }}
          />
        ))}
        <span className={classes.played} style={{ width: `${part * 100}%` }} />
        {duration > 0 &&
          chapters
            .filter((chapter) => chapter.at > 0)
            .map((chapter) => (
              <span key={chapter.at} className={classes.mark} style={{ left: `${(chapter.at / duration) * 100}%` }} />
            ))}
      </div>
      <span className={classes.knob} style={{ left: `${part * 100}%` }} />
      {pointed !== null && duration > 0 && (
        <Peek
          seconds={pointed}
          part={pointed / duration}
          trickplay={trickplay}
          chapter={chapterAt(chapters, pointed)?.title ?? null}
        />
      )}
    </div>
  );
}

function Peek(props: {
  readonly seconds: number;
  readonly part: number;
  readonly trickplay: Trickplay | null;
  readonly chapter: string | null;
}) {
  const picture = props.trickplay && trickplayAt(props.trickplay, props.seconds);
  const half = (picture?.width ?? leastPx) / 2 + marginPx;
  return (
    <div className={classes.peek} style={{ left: `clamp(${half}px, ${props.part * 100}%, calc(100% - ${half}px))` }}>
      {picture && (
        <span
          className={classes.peekPicture}
          data-testid="trickplay"
          style={{
            width: picture.width,
            height: picture.height,
            backgroundImage: `url("${picture.url}")`,
            backgroundPosition: `-${picture.x}px -${picture.y}px`,
          }}
        />
      )}
      {props.chapter && <span className={classes.peekChapter}>{props.chapter}</span>}
      <span className="tabular">{formatClock(props.seconds)}</span>
    </div>
  );
}
