const codecs: Readonly<Record<string, string>> = {
  h264: "H.264",
  hevc: "HEVC",
  av1: "AV1",
  vp8: "VP8",
  vp9: "VP9",
  mpeg1video: "MPEG-1",
  mpeg2video: "MPEG-2",
  mpeg4: "MPEG-4 (DivX, Xvid)",
  msmpeg4v3: "DivX 3",
  vc1: "VC-1",
  wmv3: "WMV 9",
  theora: "Theora",
  mjpeg: "Motion JPEG",
  prores: "ProRes",
  aac: "AAC",
  mp3: "MP3",
  mp2: "MP2",
  ac3: "Dolby Digital",
  eac3: "Dolby Digital Plus",
  truehd: "Dolby TrueHD",
  dts: "DTS",
  flac: "FLAC",
  alac: "Apple Lossless",
  opus: "Opus",
  vorbis: "Vorbis",
  wmav2: "WMA",
};

const containers: Readonly<Record<string, string>> = {
  mp4: "MP4",
  matroska: "Matroska (MKV)",
  webm: "WebM",
  mpegts: "transport stream (TS)",
  avi: "AVI",
  asf: "Windows Media",
  mpeg: "MPEG",
  flv: "Flash",
  ogg: "Ogg",
  flac: "FLAC",
  mp3: "MP3",
  wav: "WAV",
};

/** Of ffmpeg's name, as it is printed on boxes. */
export function codecName(codec: string): string {
  return codecs[codec] ?? (codec.startsWith("pcm_") ? "uncompressed" : codec.toUpperCase());
}

export function containerName(container: string): string {
  return containers[container] ?? container.toUpperCase();
}

/** "4.8 Mb/s", "640 kb/s". */
export function bitRateName(bitsPerSecond: number): string {
  if (bitsPerSecond < 1_000_000) return `${Math.max(1, Math.round(bitsPerSecond / 1000))} kb/s`;
  const megabits = bitsPerSecond / 1_000_000;
  return `${megabits < 10 ? megabits.toFixed(1) : Math.round(megabits)} Mb/s`;
}
