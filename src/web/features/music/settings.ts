import type { GainMode } from "./gain.ts";
import type { Repeat } from "./queue.ts";

/** Of this browser. */
export interface PlayerSettings {
  readonly volume: number;
  readonly isMuted: boolean;
  readonly repeat: Repeat;
  readonly gain: GainMode;
  readonly speed: number;
  /** 0: none, songs follow each other without a gap. */
  readonly crossfadeSeconds: number;
}

const storageKey = "hearth.music";
const usual: PlayerSettings = {
  volume: 1,
  isMuted: false,
  repeat: "off",
  gain: "album",
  speed: 1,
  crossfadeSeconds: 0,
};

export function readSettings(): PlayerSettings {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(storageKey) ?? "{}");
    return { ...usual, ...(typeof kept === "object" && kept !== null ? (kept as Partial<PlayerSettings>) : {}) };
  } catch {
    return usual;
  }
}

export function writeSettings(settings: PlayerSettings): void {
  localStorage.setItem(storageKey, JSON.stringify(settings));
}
