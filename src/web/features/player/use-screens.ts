import { useEffect, useState } from "react";

/** Whether this part of the page has the whole screen. */
export function useFullscreen(element: HTMLElement | null): boolean {
  const [isFull, setIsFull] = useState(false);
  useEffect(() => {
    const read = (): void => setIsFull(element !== null && document.fullscreenElement === element);
    document.addEventListener("fullscreenchange", read);
    read();
    return () => document.removeEventListener("fullscreenchange", read);
  }, [element]);
  return isFull;
}

/** Whether the browser knows another screen that could play this (Remote Playback, AirPlay). */
export function useCast(video: HTMLVideoElement | null): boolean {
  const [can, setCan] = useState(false);
  useEffect(() => {
    if (video === null) return undefined;
    const onApple = (event: Event): void =>
      setCan((event as Event & { availability?: string }).availability === "available");
    video.addEventListener("webkitplaybacktargetavailabilitychanged", onApple);
    let id: number | undefined;
    if ("remote" in video) {
      void video.remote.watchAvailability(setCan).then(
        (watched) => (id = watched),
        () => undefined,
      );
    }
    return () => {
      video.removeEventListener("webkitplaybacktargetavailabilitychanged", onApple);
      if (id !== undefined) void video.remote.cancelWatchAvailability(id).catch(() => undefined);
    };
  }, [video]);
  return can;
}
