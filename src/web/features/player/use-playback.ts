import { useEffect, useRef, useState } from "react";
import { createPlayback, type Playback, type PlaybackView, type Played } from "./playback.ts";

const idle: PlaybackView = {
  session: null,
  rung: null,
  chosenRung: null,
  audioIndex: null,
  error: null,
  isReplanned: false,
};

/** Plays an item in the `<video>` from a moment on, once that is known; ends with the page. */
export function usePlayback(video: HTMLVideoElement | null, { itemId, nodeId }: Played, startMs: number | null) {
  const [view, setView] = useState(idle);
  const playback = useRef<Playback | null>(null);
  const first = useRef(startMs);
  if (first.current === null) first.current = startMs;
  const isKnown = startMs !== null;
  useEffect(() => {
    if (video === null || !isKnown) return undefined;
    setView(idle);
    const made = createPlayback(video, { itemId, nodeId }, setView);
    playback.current = made;
    void made.begin(first.current ?? 0, true);
    return () => made.stop();
  }, [video, itemId, nodeId, isKnown]);
  return { view, playback };
}
