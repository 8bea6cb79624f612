import type { AudioCapability, ClientCapabilities, ProfileName, VideoCapability } from "#contract/apps/media/decide";

const uhd = { maxWidth: 3840, maxHeight: 2160, maxBitsPerSecond: null };
const fullHd = { maxWidth: 1920, maxHeight: 1080, maxBitsPerSecond: null };

function video(codec: string, more: Partial<VideoCapability> = {}): VideoCapability {
  const usual = { ...fullHd, ways: ["file", "hls"] as ("file" | "hls")[], maxFramesPerSecond: 60 };
  return { codec, ...usual, maxBitDepth: 8, maxLevel: null, ...more };
}

function audio(codecs: readonly string[], maxChannels: number, ways: AudioCapability["ways"] = ["file", "hls"]) {
  return codecs.map((codec): AudioCapability => ({ codec, ways, maxChannels }));
}

const unknown = { maxHeight: null, bitsPerSecond: null };
const textOnly = { text: true, styled: false, image: false, embedded: false };

/** What every browser of the last ten years plays, when it has not said more. */
const browser: ClientCapabilities = {
  name: "your browser",
  containers: ["mp4"],
  video: [video("h264", { maxLevel: 42 })],
  audio: [...audio(["aac"], 2), ...audio(["mp3"], 2, ["file"])],
  hdr: [],
  subtitles: textOnly,
  switchesAudioInFile: false,
  deinterlaces: false,
  maxChannels: 2,
  ...unknown,
};

/** A television of the last years that plays HLS by itself. */
const television: ClientCapabilities = {
  name: "this television",
  containers: ["mp4", "matroska", "mpegts"],
  video: [
    video("h264", { ...uhd, maxLevel: 51 }),
    video("hevc", { ...uhd, maxBitDepth: 10, maxLevel: 153 }),
    video("mpeg2video", { ways: ["file"] }),
  ],
  audio: [...audio(["aac", "ac3", "eac3"], 6), ...audio(["mp3", "flac"], 2, ["file"])],
  hdr: ["hdr10", "hlg"],
  subtitles: textOnly,
  switchesAudioInFile: true,
  deinterlaces: true,
  maxChannels: 6,
  ...unknown,
};

/** An older television on the home network: files by ranges, nothing else. */
const dlna: ClientCapabilities = {
  ...television,
  video: [
    video("h264", { ways: ["file"], maxLevel: 41 }),
    video("mpeg2video", { ways: ["file"] }),
    video("mpeg4", { ways: ["file"] }),
  ],
  containers: ["mp4", "matroska", "mpegts", "mpeg", "avi", "mp3", "flac", "wav"],
  audio: audio(["aac", "ac3", "mp2", "mp3", "flac", "pcm_s16le"], 6, ["file"]),
  hdr: [],
  subtitles: { text: false, styled: false, image: false, embedded: true },
};

const everyPicture = ["h264", "hevc", "av1", "vp9", "vp8", "mpeg1video", "mpeg2video", "mpeg4", "msmpeg4v2"];
const rarePictures = [
  "msmpeg4v3",
  "vc1",
  "wmv1",
  "wmv2",
  "wmv3",
  "theora",
  "mjpeg",
  "prores",
  "h263",
  "flv1",
  "dvvideo",
];
const everySound = ["aac", "ac3", "eac3", "dts", "truehd", "flac", "alac", "opus", "vorbis", "mp3", "mp2", "wmav2"];
const rareSounds = ["pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_u8", "amr_nb", "wmapro", "adpcm_ms", "cook"];
const boundless = { maxWidth: 16_384, maxHeight: 16_384, maxFramesPerSecond: 1000, maxBitDepth: 16 };

/** VLC, mpv, Kodi: built on the same decoders as this server. */
const player: ClientCapabilities = {
  name: "your player",
  containers: ["*"],
  video: [...everyPicture, ...rarePictures].map((codec) => video(codec, boundless)),
  audio: audio([...everySound, ...rareSounds], 16),
  hdr: ["hdr10", "hlg", "dolby-vision"],
  subtitles: { text: true, styled: true, image: true, embedded: true },
  switchesAudioInFile: true,
  deinterlaces: true,
  maxChannels: 8,
  ...unknown,
};

/** The oldest that is still in use, and those after it as far as all of them agree. */
const chromecast: ClientCapabilities = {
  name: "the Chromecast",
  containers: ["mp4", "webm", "mp3"],
  video: [video("h264", { maxLevel: 41, maxFramesPerSecond: 30 }), video("vp8", { ways: ["file"] })],
  audio: [...audio(["aac"], 2), ...audio(["mp3", "opus", "vorbis", "flac"], 2, ["file"])],
  hdr: [],
  subtitles: textOnly,
  switchesAudioInFile: false,
  deinterlaces: false,
  maxChannels: 2,
  ...unknown,
};

/** For clients that do not say themselves what they can play. */
export const profiles: Readonly<Record<ProfileName, ClientCapabilities>> = {
  browser,
  television,
  dlna,
  player,
  chromecast,
};
