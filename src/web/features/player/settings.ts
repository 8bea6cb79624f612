/** What the player remembers on this device. */
export interface PlayerSettings {
  readonly volume: number;
  readonly isMuted: boolean;
  readonly subtitleSize: "small" | "medium" | "large";
  /** Language of the subtitles that were shown last; null: none were. */
  readonly subtitleLanguage: string | null;
  /** Styled subtitles are shown as plain text. */
  readonly isPlainText: boolean;
}

const key = "hearth-player";
const initial: PlayerSettings = {
  volume: 1,
  isMuted: false,
  subtitleSize: "medium",
  subtitleLanguage: null,
  isPlainText: false,
};

export function readSettings(): PlayerSettings {
  try {
    return { ...initial, ...(JSON.parse(localStorage.getItem(key) ?? "{}") as Partial<PlayerSettings>) };
  } catch {
    return initial;
  }
}

export function saveSettings(more: Partial<PlayerSettings>): void {
  localStorage.setItem(key, JSON.stringify({ ...readSettings(), ...more }));
}
