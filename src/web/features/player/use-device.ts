import { useEffect } from "react";

/** Keeps the screen on while it plays. */
export function useWakeLock(isPlaying: boolean): void {
  useEffect(() => {
    if (!isPlaying || !("wakeLock" in navigator)) return undefined;
    let lock: WakeLockSentinel | undefined;
    let isOver = false;
    const ask = async (): Promise<void> => {
      if (document.visibilityState !== "visible") return;
      const got = await navigator.wakeLock.request("screen").catch(() => undefined);
      if (isOver) void got?.release();
      else lock = got;
    };
    const onVisible = (): void => void ask();
    document.addEventListener("visibilitychange", onVisible);
    void ask();
    return () => {
      isOver = true;
      document.removeEventListener("visibilitychange", onVisible);
      void lock?.release();
    };
  }, [isPlaying]);
}

interface Metadata {
  readonly title: string;
  readonly subtitle: string;
  readonly pictureUrl: string;
}

export interface RemoteActs {
  readonly play: () => void;
  readonly pause: () => void;
  readonly seekBy: (seconds: number) => void;
  readonly seekTo: (seconds: number) => void;
  readonly next: (() => void) | null;
  readonly previous: (() => void) | null;
}

const defaultStep = 10;

/** The keys of a keyboard, a headset and the lock screen, and what they show. */
export function useMediaSession({ title, subtitle, pictureUrl }: Metadata, acts: RemoteActs): void {
  useEffect(() => {
    if (!("mediaSession" in navigator)) return undefined;
    const session = navigator.mediaSession;
    session.metadata = new MediaMetadata({ title, artist: subtitle, artwork: [{ src: pictureUrl }] });
    const handlers: [MediaSessionAction, MediaSessionActionHandler | null][] = [
      ["play", acts.play],
      ["pause", acts.pause],
      ["seekbackward", ({ seekOffset }) => acts.seekBy(-(seekOffset ?? defaultStep))],
      ["seekforward", ({ seekOffset }) => acts.seekBy(seekOffset ?? defaultStep)],
      ["seekto", ({ seekTime }) => acts.seekTo(seekTime ?? 0)],
      ["nexttrack", acts.next],
      ["previoustrack", acts.previous],
    ];
    const set = (name: MediaSessionAction, handler: MediaSessionActionHandler | null): void => {
      try {
        session.setActionHandler(name, handler);
      } catch {
        // A browser that does not know this one shows no key for it.
      }
    };
    for (const [name, handler] of handlers) set(name, handler);
    return () => {
      session.metadata = null;
      for (const [name] of handlers) set(name, null);
    };
  }, [title, subtitle, pictureUrl, acts]);
}
