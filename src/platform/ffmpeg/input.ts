import process from "node:process";

/**
 * What ffmpeg may take a file for. Play lists and concatenations are left out: they make it open other files and addresses.
 */
const demuxers = [
  "mov,mp4,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,rm,dv,mxf,nut,h264,hevc,m4v,gif,apng,ivf,wtv,av1,obu",
  "mp3,flac,wav,aac,ac3,eac3,dts,dtshd,truehd,aiff,ape,wv,tta,tak,mpc,mpc8,dsf,dff,amr,au,w64,caf,oma,srt,ass,webvtt,sup,microdvd",
  "bmp_pipe,psd_pipe,jpegxl_pipe,jpegxl,tiff_pipe,jpeg_pipe,png_pipe,webp_pipe,dds_pipe,exr_pipe,hdr_pipe,pcx_pipe,sgi_pipe,qoi_pipe",
].join(",");

/** A picture takes four to eight times as many bytes. Films of 8K have 33 million pixels, pictures of telephones up to 108 million. */
const maxPixels = 120_000_000;

/** The path by which a child of ours opens one of our descriptors again; good while the descriptor is open. */
export function pathForChild(fd: number): string {
  return `/proc/${process.pid}/fd/${fd}`;
}

/** Arguments that make an open descriptor the next input of ffmpeg or ffprobe, read as plain media and nothing else. */
export function ffmpegInput(fd: number): string[] {
  const bounds = ["-protocol_whitelist", "file,pipe", "-format_whitelist", demuxers, "-max_pixels", String(maxPixels)];
  return [...bounds, "-i", `file:${pathForChild(fd)}`];
}
