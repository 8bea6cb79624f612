import type { Plan } from "#contract/apps/media/decide";
import type { Output } from "#web/client.ts";
import { player as t } from "#web/strings/player.ts";
import type { DrawnSubtitle } from "./drawing.ts";

type Facts = NonNullable<Output<"probe.facts">["facts"]>;
type Extras = Pick<Output<"extras.get">, "subtitles" | "fonts">;
type Subtitle = Extras["subtitles"][number];

export interface AudioTrack {
  readonly index: number;
  readonly name: string;
}

/** Sound tracks as people call them: "German · 5.1". */
export function audioTracks({ audio }: Pick<Facts, "audio">): AudioTrack[] {
  const names = audio.map((track, at) => {
    const parts = [
      languageName(track.language) ?? (track.title === null ? t.audioTrack(at + 1) : null),
      track.title,
      track.isCommentary && !/comment/i.test(track.title ?? "") ? t.commentary : null,
      channelName(track.channels),
    ];
    return parts.filter((part) => part !== null).join(" · ");
  });
  return audio.map(({ index }, at) => ({ index, name: distinct(names, at) }));
}

export interface SubtitleChoice {
  readonly key: string;
  readonly name: string;
  readonly language: string | null;
  /** As plain text (WebVTT); null for pictures. */
  readonly vttUrl: string | null;
  /** As its author meant it; null when plain text says it all, and where this browser cannot draw it. */
  readonly drawn: DrawnSubtitle | null;
  readonly streamIndex: number | null;
  /** Stream that the server draws into the picture; null for the rest. */
  readonly burnIndex: number | null;
  readonly isPossible: boolean;
  readonly isForced: boolean;
}

/** Subtitles as people call them, and how each gets to the eye beside this plan. */
export function subtitleChoices(
  { subtitles, fonts }: Extras,
  plan: Plan | undefined,
  can: { readonly styled: boolean; readonly image: boolean },
  film: DrawnSubtitle["film"] = null,
): SubtitleChoice[] {
  const fontUrls = fonts.map(({ url }) => url);
  const drawnOf = ({ format, originalUrl: url, originalShiftMs: shiftMs }: Subtitle): DrawnSubtitle | null => {
    if (url === null) return null;
    if (can.styled && (format === "ass" || format === "ssa")) return { kind: "ass", url, shiftMs, fontUrls, film };
    if (can.image && format === "hdmv_pgs_subtitle") return { kind: "pgs", url, shiftMs, fontUrls: [], film };
    return null;
  };
  const all = subtitles.map((subtitle) => {
    const { streamIndex, vttUrl } = subtitle;
    const action = plan?.subtitles.find(({ index }) => index === streamIndex)?.action;
    // What this page could not draw after all is drawn by the server.
    const drawn = vttUrl === null && action === "burn" ? null : drawnOf(subtitle);
    const burnIndex = vttUrl === null && drawn === null ? streamIndex : null;
    const isPossible = vttUrl !== null || drawn !== null || (burnIndex !== null && action === "burn");
    return { ...subtitle, drawn, burnIndex, isPossible };
  });
  const names = all.map((subtitle, at) => {
    const parts = [
      languageName(subtitle.language) ?? (subtitle.title === null ? t.audioTrack(at + 1) : null),
      subtitle.title,
      subtitle.isForced ? t.subtitleForced : null,
      subtitle.isHearingImpaired ? t.subtitleHearing : null,
      subtitle.burnIndex === null ? null : t.subtitleDrawn,
    ];
    return parts.filter((part) => part !== null).join(" · ");
  });
  return all.map(({ key, language, vttUrl, drawn, streamIndex, burnIndex, isPossible, isForced }, at) => ({
    ...{ key, name: distinct(names, at), language, vttUrl, drawn, streamIndex, burnIndex, isPossible, isForced },
  }));
}

/** Two of one name get numbers. */
function distinct(names: readonly string[], at: number): string {
  const name = names[at] ?? "";
  const before = names.slice(0, at).filter((other) => other === name).length;
  return names.filter((other) => other === name).length > 1 ? `${name} (${before + 1})` : name;
}

function languageName(code: string | null): string | null {
  if (code === null || code === "und") return null;
  try {
    return new Intl.DisplayNames("en", { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}

function channelName(channels: number): string | null {
  if (channels <= 0) return null;
  if (channels === 1) return t.channels.mono;
  return channels === 2 ? t.channels.stereo : t.channels.surround(channels);
}
