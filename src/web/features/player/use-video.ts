import { useEffect, useState } from "react";
import { filmSeconds } from "./film-clock.ts";
import { bufferedParts } from "./times.ts";

/** What the `<video>` does, for drawing. Times in seconds. */
export interface VideoState {
  readonly isPaused: boolean;
  readonly isWaiting: boolean;
  readonly isEnded: boolean;
  readonly at: number;
  readonly duration: number;
  readonly buffered: readonly { readonly from: number; readonly to: number }[];
  readonly volume: number;
  readonly isMuted: boolean;
  readonly rate: number;
}

const initial: VideoState = {
  isPaused: true,
  isWaiting: true,
  isEnded: false,
  at: 0,
  duration: 0,
  buffered: [],
  volume: 1,
  isMuted: false,
  rate: 1,
};

const events = [
  "play",
  "pause",
  "ended",
  "timeupdate",
  "seeking",
  "seeked",
  "durationchange",
  "loadedmetadata",
  "progress",
  "volumechange",
  "ratechange",
  "waiting",
  "playing",
  "canplay",
  "emptied",
] as const;

/** Follows the events of a `<video>`. `knownSeconds`: the length of the film, as the server knows it. */
export function useVideo(video: HTMLVideoElement | null, knownSeconds: number | null): VideoState {
  const [state, setState] = useState(initial);
  useEffect(() => {
    if (video === null) return undefined;
    const read = (): void => {
      const own = Number.isFinite(video.duration) && video.duration > 0 ? video.duration : null;
      const duration = knownSeconds ?? own ?? 0;
      setState({
        isPaused: video.paused,
        isWaiting: video.seeking || video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA,
        isEnded: video.ended,
        at: filmSeconds(video),
        duration,
        buffered: bufferedParts(video.buffered, duration),
        volume: video.volume,
        isMuted: video.muted,
        rate: video.playbackRate,
      });
    };
    for (const name of events) video.addEventListener(name, read);
    read();
    return () => {
      for (const name of events) video.removeEventListener(name, read);
    };
  }, [video, knownSeconds]);
  return state;
}
