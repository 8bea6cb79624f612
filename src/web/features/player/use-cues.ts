import { useEffect, useRef, useState } from "react";
import { filmSeconds, leadSeconds } from "./film-clock.ts";

const everyMs = 80;
/** More at once are not read by anybody. */
const maxShown = 12;

/**
 * The cues of a WebVTT file that are shown now. The browser reads it as a hidden track of the `<video>`; drawing is the page's.
 * `originMs`: time of the film's clock that is 0 in the player. `shiftSeconds`: later when positive. `isAway`: the film is where the page
 * draws nothing; then the browser is given them to show, as far as it does. `onFailed`: they did not come.
 */
export function useCues(
  video: HTMLVideoElement | null,
  url: string | null,
  originMs: number,
  shiftSeconds: number,
  isAway: boolean,
  onFailed: () => unknown,
): readonly VTTCue[] {
  const failed = useRef(onFailed);
  failed.current = onFailed;
  const [cues, setCues] = useState<readonly VTTCue[]>([]);
  const [shown, setShown] = useState<readonly VTTCue[]>([]);
  useEffect(() => {
    setCues([]);
    if (video === null || url === null) return undefined;
    const element = document.createElement("track");
    element.kind = "metadata";
    element.src = url;
    element.addEventListener("load", () => {
      setCues([...(element.track.cues ?? [])].filter((cue) => cue instanceof VTTCue));
      // They are the page's from here on: the browser need not follow them.
      element.track.mode = "disabled";
    });
    // One that was replaced meanwhile says nothing about the next.
    element.addEventListener("error", () => element.isConnected && failed.current());
    video.append(element);
    element.track.mode = "hidden";
    return () => element.remove();
  }, [video, url]);
  useEffect(() => {
    if (video === null || cues.length === 0) {
      setShown([]);
      return undefined;
    }
    const look = (): void => {
      // Files say times to a thousandth.
      const at = filmSeconds(video) + originMs / 1000 - shiftSeconds + 0.001;
      const now = cues.filter(({ startTime, endTime }) => startTime <= at && at < endTime).slice(0, maxShown);
      setShown((before) => (before.length === now.length && before.every((cue, i) => cue === now[i]) ? before : now));
    };
    const timer = setInterval(look, everyMs);
    look();
    return () => clearInterval(timer);
  }, [video, cues, originMs, shiftSeconds]);
  useEffect(() => {
    if (video === null || !isAway || cues.length === 0) return undefined;
    return giveToBrowser(video, cues, leadSeconds(video) - originMs / 1000 + shiftSeconds);
  }, [video, cues, originMs, shiftSeconds, isAway]);
  return shown;
}

/** One track of the browser's own for each `<video>`: it cannot be taken away again. */
const ownTracks = new WeakMap<HTMLVideoElement, TextTrack>();

function giveToBrowser(video: HTMLVideoElement, cues: readonly VTTCue[], laterSeconds: number): () => void {
  const track = ownTracks.get(video) ?? video.addTextTrack("subtitles");
  ownTracks.set(video, track);
  track.mode = "showing";
  const given = cues.map(({ startTime, endTime, text }) => {
    return new VTTCue(Math.max(0, startTime + laterSeconds), Math.max(0, endTime + laterSeconds), text);
  });
  for (const cue of given) track.addCue(cue);
  return () => {
    for (const cue of given) track.removeCue(cue);
    track.mode = "disabled";
  };
}
