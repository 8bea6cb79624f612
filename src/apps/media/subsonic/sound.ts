import { coverResponse, isAudioFormat } from "#apps/media/music";
import type { AudioFormat } from "#apps/media/music";
import { AppError } from "#platform/errors";
import type { Endpoint, EndpointDeps, Endpoints } from "./call.ts";
import { codes, Failure } from "./failure.ts";
import { numberOf, parseId } from "./ids.ts";
import { lyricsShape } from "./shapes.ts";
import type { Params } from "./params.ts";

const usualCoverPixels = 512;
/** What a client gets that asks for fewer bits and names no format. */
const usualFormat = "mp3";

/** The form that a client asks for; null is the file as it is. */
function formatOf(params: Params): AudioFormat | null {
  const asked = params.text("format");
  if (asked === "raw") return null;
  if (asked !== undefined && isAudioFormat(asked)) return asked;
  return params.number("maxBitRate", 0) > 0 ? usualFormat : null;
}

/** Sound, pictures and words. */
export function soundEndpoints({ music }: EndpointDeps): Endpoints {
  const stream: Endpoint = ({ actor, params, request }) => {
    const songId = numberOf("song", params.required("id"));
    const [song] = music.songs(actor, { ids: [songId] }).songs;
    if (song === undefined) throw new Failure(codes.notFound, "There is no such song.");
    const kilobits = params.number("maxBitRate", 0, 0, 512);
    // What has no more bits than that is sent as it is.
    const fits = params.text("format") === undefined && (song.bitsPerSecond ?? Infinity) <= kilobits * 1000;
    return music.streaming.respond(request, actor, {
      songId,
      format: fits ? null : formatOf(params),
      ...(kilobits > 0 && { kilobitsPerSecond: kilobits }),
      offsetMs: params.number("timeOffset", 0) * 1000,
    });
  };
  return {
    stream,
    download: ({ actor, params, request }) =>
      music.streaming.respond(request, actor, {
        songId: numberOf("song", params.required("id")),
        format: null,
        isDownload: true,
      }),
    getCoverArt: async ({ actor, params, request }) => {
      const { kind, id } = parseId(params.required("id"));
      const picture = await music.cover(actor, kind, id, params.number("size", usualCoverPixels, 16, 2048), "jpeg");
      return coverResponse(request, picture, null);
    },
    getLyrics: ({ actor, params }) => {
      const [artist, title] = [params.text("artist") ?? "", params.text("title") ?? ""];
      if (title === "") return { lyrics: { value: "" } };
      const { songs } = music.songs(actor, { query: `${artist} ${title}`.trim().slice(0, 200), limit: 10 });
      const song = songs.find((one) => one.hasLyrics && one.title.toLowerCase() === title.toLowerCase());
      const [lyrics] = song === undefined ? [] : music.lyrics(actor, { songId: song.id }).lyrics;
      if (song === undefined || lyrics === undefined) return { lyrics: { value: "" } };
      const value = lyrics.lines.map(({ text }) => text).join("\n");
      return { lyrics: { artist: song.artistText, title: song.title, value } };
    },
    getLyricsBySongId: ({ actor, params }) => {
      const { lyrics } = music.lyrics(actor, { songId: numberOf("song", params.required("id")) });
      return { lyricsList: { structuredLyrics: lyrics.map(lyricsShape) } };
    },
    getInternetRadioStations: ({ actor }) => ({
      internetRadioStations: {
        internetRadioStation: music.stations(actor, {}).stations.map(({ id, name, streamUrl, homePageUrl }) => ({
          ...{ id: String(id), name, streamUrl, homePageUrl: homePageUrl ?? undefined },
        })),
      },
    }),
    ...stationEndpoints({ music }),
  };
}

/** Stations are the household's: changing them is for whoever looks after the server, with a password that may change things. */
function stationEndpoints({ music }: Pick<EndpointDeps, "music">): Endpoints {
  const requireManager = (actor: Parameters<typeof music.stations>[0]) => {
    if (actor.readOnly || !actor.capabilities.has("server.manage")) throw new AppError("forbidden");
  };
  const stationOf = (params: Params) => {
    const homePageUrl = params.text("homepageUrl") ?? null;
    return {
      name: params.required("name"),
      streamUrl: httpUrl(params.required("streamUrl")),
      homePageUrl: homePageUrl && httpUrl(homePageUrl),
    };
  };
  const numberIn = (params: Params) => {
    const id = Number(params.required("id"));
    if (!Number.isSafeInteger(id) || id < 1) throw new Failure(codes.notFound, "There is no such station.");
    return id;
  };
  return {
    createInternetRadioStation: async ({ actor, params }) => {
      requireManager(actor);
      await music.saveStation(actor, stationOf(params));
      return {};
    },
    updateInternetRadioStation: async ({ actor, params }) => {
      requireManager(actor);
      await music.saveStation(actor, { id: numberIn(params), ...stationOf(params) });
      return {};
    },
    deleteInternetRadioStation: async ({ actor, params }) => {
      requireManager(actor);
      await music.removeStation(actor, { id: numberIn(params) });
      return {};
    },
  };
}

/** Players fetch it: nothing but the web is an address here. */
function httpUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (text.length > 2000 || (url?.protocol !== "http:" && url?.protocol !== "https:"))
    throw new Failure(codes.generic, "This is no address of the web.");
  return text;
}
