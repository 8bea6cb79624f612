import { useSyncExternalStore } from "react";
import { createPlayer, type Player, type PlayerState } from "./player.ts";

let player: Player | undefined;

/** Made when music is first wanted. */
export function musicPlayer(): Player {
  player ??= createPlayer();
  return player;
}

export function usePlayer(): PlayerState {
  const { subscribe, state } = musicPlayer();
  return useSyncExternalStore(subscribe, state);
}
