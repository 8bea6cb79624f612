import type { AudioTrack, MediaFacts, VideoTrack } from "#apps/media/probe";
import type { AudioRendition, Rung } from "#contract/apps/media/decide";
import { encoderArguments, pictureFilters } from "./arguments.ts";
import { encodeOf, timeless } from "./title.ts";

/** One rung and one sound track of a film, from its beginning to its end. */
export interface WholeFilm {
  readonly facts: MediaFacts;
  readonly video: VideoTrack;
  /** Made by software, whatever it says: hardware is for those who watch now. */
  readonly rung: Rung;
  readonly sound: { readonly track: AudioTrack; readonly rendition: AudioRendition } | null;
  readonly threads: number;
}

const soundRate = 48_000;
/** Players of files seek to key pictures. */
const keysEverySeconds = 4;

/** What stands behind the input of ffmpeg: the picture and the sound with the settings that their pieces have when it is streamed. */
export function wholeFilmArguments({ facts, video, rung, sound, threads }: WholeFilm): string[] {
  // Times are kept as they are, so no line of regular pictures is needed that pieces would have to agree on.
  const settings = encodeOf({ burnsIn: null }, rung, video, { isCopyable: true }, null, facts.container === timeless);
  const encode = { ...settings, encoder: "software", threads } as const;
  return [
    ...["-map", `0:${video.index}`, "-vf", pictureFilters(encode, 0).join(","), "-fps_mode", "vfr"],
    ...encoderArguments(encode, false),
    ...["-force_key_frames", `expr:gte(t,n_forced*${keysEverySeconds})`],
    ...(sound === null ? ["-an"] : soundArguments(sound)),
  ];
}

function soundArguments({ track, rendition }: NonNullable<WholeFilm["sound"]>): string[] {
  return [
    ...["-map", `0:${track.index}`, "-af", "aresample=async=1:min_hard_comp=0.03:first_pts=0", "-c:a", "aac"],
    ...["-ac", String(rendition.channels), "-ar", String(soundRate), "-b:a", String(rendition.bitsPerSecond)],
  ];
}
