import type { AudioTrack, VideoTrack } from "#apps/media/probe";
import type { Plan, PlaybackFailure } from "#contract/apps/media/decide";

/** Names of what a plan stands on. Once struck for a client, no plan for it stands on that again. */
export const strikeKeys = {
  container: (container: string) => `file:${container}`,
  picture: (way: "file" | "hls", { codec, bitDepth }: VideoTrack) => `${way}:video:${codec}:${bitDepth}`,
  sound: (way: "file" | "hls", { codec, channels }: AudioTrack) => `${way}:audio:${codec}:${channels}`,
  surround: "hls:audio:made:6",
  hardware: "encoder:hardware",
  rung: (id: string) => `rung:${id}`,
} as const;

/** What is to be struck after this failure of this plan; undefined when there is nothing left that could be done without. */
export function struckBy({ uses }: Plan, { part }: PlaybackFailure): string | undefined {
  const first = (pattern: RegExp) => uses.find((key) => pattern.test(key));
  const sound = () => first(/^(file|hls):audio:/);
  const picture = () => first(/^(file|hls):video:/) ?? first(/^encoder:/) ?? first(/^rung:/);
  const container = () => uses.find((key) => /^file:[^:]+$/.test(key));
  switch (part) {
    case "audio":
      return sound() ?? container() ?? picture();
    case "video":
      return picture() ?? container() ?? sound();
    case "container":
    case "unknown":
      return container() ?? picture() ?? sound();
  }
}
