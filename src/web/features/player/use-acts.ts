import { useMemo } from "react";
import { filmSeconds, goTo } from "./film-clock.ts";
import type { RemoteActs } from "./use-device.ts";
import { saveSettings } from "./settings.ts";

/** Everything that a button, key or gesture does. */
export interface PlayerActs extends Omit<RemoteActs, "next" | "previous"> {
  readonly toggle: () => void;
  readonly next: () => void;
  readonly previous: () => void;
  readonly mute: () => void;
  readonly setVolume: (volume: number) => void;
  readonly setSpeed: (rate: number) => void;
  readonly fullscreen: () => void;
  readonly pip: () => void;
  readonly cast: () => void;
  readonly help: () => void;
}

interface ActsDeps {
  readonly video: HTMLVideoElement | null;
  readonly stage: HTMLElement | null;
  readonly next: () => void;
  readonly previous: () => void;
  readonly help: () => void;
  /** Told of what is for everybody in a room. */
  readonly told: (isPlaying: boolean, seconds: number) => void;
}

/** Safari's own words for what others have standards for. */
interface AppleVideo {
  webkitEnterFullscreen?(): void;
  webkitShowPlaybackTargetPicker?(): void;
}

const slowest = 0.25;
const fastest = 3;

export function useActs({ video, stage, next, previous, help, told }: ActsDeps): PlayerActs {
  return useMemo(() => {
    const play = (): void => {
      void video?.play().catch(() => undefined);
      if (video) told(true, filmSeconds(video));
    };
    const pause = (): void => {
      video?.pause();
      if (video) told(false, filmSeconds(video));
    };
    const seekTo = (seconds: number): void => {
      if (video === null) return;
      const end = Number.isFinite(video.duration) && video.duration > 0 ? video.duration - 0.1 : seconds;
      const to = Math.max(0, Math.min(seconds, end));
      goTo(video, to);
      told(!video.paused, to);
    };
    const setVolume = (volume: number): void => {
      if (video === null) return;
      video.volume = Math.min(1, Math.max(0, volume));
      video.muted = video.volume === 0;
      saveSettings({ volume: video.volume, isMuted: video.muted });
    };
    return {
      play,
      pause,
      toggle: () => (video?.paused === true ? play() : pause()),
      seekTo,
      seekBy: (by) => seekTo((video ? filmSeconds(video) : 0) + by),
      next,
      previous,
      help,
      mute: () => {
        if (video === null) return;
        video.muted = !video.muted;
        saveSettings({ isMuted: video.muted });
      },
      setVolume,
      setSpeed: (rate) => {
        if (video) video.playbackRate = Math.min(fastest, Math.max(slowest, rate));
      },
      fullscreen: () => {
        if (document.fullscreenElement) void document.exitFullscreen();
        else if (stage?.requestFullscreen) void stage.requestFullscreen().catch(() => undefined);
        else (video as AppleVideo | null)?.webkitEnterFullscreen?.();
      },
      pip: () => {
        if (document.pictureInPictureElement) void document.exitPictureInPicture();
        else void video?.requestPictureInPicture().catch(() => undefined);
      },
      cast: () => {
        const apple = video as AppleVideo | null;
        if (apple?.webkitShowPlaybackTargetPicker) apple.webkitShowPlaybackTargetPicker();
        else void video?.remote.prompt().catch(() => undefined);
      },
    };
  }, [video, stage, next, previous, help, told]);
}
