const byExtension: Readonly<Record<string, string>> = {
  mp3: "audio/mpeg",
  m4a: "audio/mp4",
  m4b: "audio/mp4",
  mp4: "audio/mp4",
  aac: "audio/aac",
  flac: "audio/flac",
  ogg: "audio/ogg",
  oga: "audio/ogg",
  opus: "audio/ogg",
  wav: "audio/wav",
  aif: "audio/aiff",
  aiff: "audio/aiff",
  wma: "audio/x-ms-wma",
  ape: "audio/x-ape",
  wv: "audio/x-wavpack",
  mpc: "audio/x-musepack",
  dsf: "audio/x-dsf",
  mka: "audio/x-matroska",
  weba: "audio/webm",
  webm: "audio/webm",
};
const byContainer: Readonly<Record<string, string>> = {
  mp3: "audio/mpeg",
  mp4: "audio/mp4",
  flac: "audio/flac",
  ogg: "audio/ogg",
  wav: "audio/wav",
};

/** Of a song's file: by what was found inside, else by its name. */
export function contentTypeOfAudio(path: string, container: string): string {
  return byContainer[container] ?? byExtension[extensionOf(path)] ?? "application/octet-stream";
}

/** Lower case, without the dot; empty when there is none. */
function extensionOf(path: string): string {
  return /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? "";
}
