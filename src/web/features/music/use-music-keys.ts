import { useEffect } from "react";
import { isTyping } from "#web/ui/index.ts";
import { musicPlayer } from "./player-access.ts";

const seekMs = 10_000;

/** Keys of the player anywhere in the program, with Shift so that they disturb no list: Space, N, P, comma, full stop, M. */
export function useMusicKeys(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (!event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(event.target) || event.defaultPrevented) return;
      const player = musicPlayer();
      const acts: Readonly<Record<string, () => void>> = {
        Space: player.toggle,
        KeyN: player.next,
        KeyP: player.previous,
        Period: () => player.seekBy(seekMs),
        Comma: () => player.seekBy(-seekMs),
        KeyM: () => player.change({ isMuted: !player.state().settings.isMuted }),
      };
      const act = acts[event.code];
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}
