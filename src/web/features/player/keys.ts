/** What a key does in the player. */
export type KeyAct =
  | { readonly act: "toggle" | "mute" | "fullscreen" | "pip" | "subtitles" | "next" | "previous" | "help" | "escape" }
  | { readonly act: "seekBy" | "volumeBy" | "speedBy"; readonly by: number }
  | { readonly act: "seekTo"; readonly part: number };

interface Key {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

const acts: Readonly<Record<string, KeyAct>> = {
  " ": { act: "toggle" },
  k: { act: "toggle" },
  j: { act: "seekBy", by: -10 },
  l: { act: "seekBy", by: 10 },
  ArrowLeft: { act: "seekBy", by: -5 },
  ArrowRight: { act: "seekBy", by: 5 },
  ArrowUp: { act: "volumeBy", by: 0.05 },
  ArrowDown: { act: "volumeBy", by: -0.05 },
  m: { act: "mute" },
  f: { act: "fullscreen" },
  i: { act: "pip" },
  c: { act: "subtitles" },
  n: { act: "next" },
  p: { act: "previous" },
  "?": { act: "help" },
  "<": { act: "speedBy", by: -0.25 },
  ">": { act: "speedBy", by: 0.25 },
  Home: { act: "seekTo", part: 0 },
  End: { act: "seekTo", part: 1 },
  Escape: { act: "escape" },
};

/** The act of a key; undefined for keys that are the browser's. */
export function actOf({ key, ctrlKey, metaKey, altKey }: Key): KeyAct | undefined {
  if (ctrlKey || metaKey || altKey) return undefined;
  if (/^\d$/.test(key)) return { act: "seekTo", part: Number(key) / 10 };
  return acts[key.length === 1 ? key.toLowerCase() : key];
}
