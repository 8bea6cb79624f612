import { useEffect, useState } from "react";

const events = [
  "enterpictureinpicture",
  "leavepictureinpicture",
  "webkitbeginfullscreen",
  "webkitendfullscreen",
] as const;

/** Whether the browser shows the film by itself, in a small window or in its own full screen, where the page draws nothing. */
export function useSmallWindow(video: HTMLVideoElement | null): boolean {
  const [isAway, setIsAway] = useState(false);
  useEffect(() => {
    if (video === null) return undefined;
    const read = ({ type }: Event): void =>
      setIsAway(type === "enterpictureinpicture" || type.endsWith("beginfullscreen"));
    for (const name of events) video.addEventListener(name, read);
    return () => {
      for (const name of events) video.removeEventListener(name, read);
    };
  }, [video]);
  return isAway;
}
