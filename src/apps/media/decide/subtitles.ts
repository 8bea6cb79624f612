import type { MediaFacts, SubtitleTrack } from "#apps/media/probe";
import type { ClientCapabilities, Reason, SubtitlePlan } from "#contract/apps/media/decide";
import type { Way } from "./picture.ts";

const styledCodecs = new Set(["ass", "ssa"]);

/** How each subtitle of the file gets to the eye, beside a plan that plays it this way. */
export function subtitlePlans(
  { subtitles }: MediaFacts,
  way: Way,
  client: ClientCapabilities,
  burnsIn: number | null,
  canBurn: boolean,
): SubtitlePlan[] {
  return subtitles.map((track) => {
    const drawn = drawnBy(track, way, client);
    if (drawn !== undefined && burnsIn !== track.index) return { index: track.index, action: drawn };
    return { index: track.index, action: canBurn ? "burn" : "none" };
  });
}

/** Why the picture has to be made anew for the subtitle that is shown; undefined when it need not. */
export function againstSubtitle(
  { subtitles }: MediaFacts,
  index: number | null,
  way: Way,
  client: ClientCapabilities,
): Reason | undefined {
  const track = subtitles.find((subtitle) => subtitle.index === index);
  if (track === undefined || drawnBy(track, way, client) !== undefined) return undefined;
  return { code: "subtitles-must-be-burnt-in", text: `${client.name} cannot draw these subtitles` };
}

function drawnBy({ codec, form }: SubtitleTrack, way: Way, { subtitles: can }: ClientCapabilities) {
  if (way === "file" && can.embedded) return "embedded" as const;
  if (form === "image") return can.image && codec === "hdmv_pgs_subtitle" ? ("image" as const) : undefined;
  if (styledCodecs.has(codec) && can.styled) return "ass" as const;
  return can.text ? ("webvtt" as const) : undefined;
}
