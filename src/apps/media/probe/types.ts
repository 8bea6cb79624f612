/** What is known about the content of a media file; plain JSON, kept by content. Times are in seconds where the source is exact only so. */
export interface MediaFacts {
  /** Raised when files are probed in another way; older facts are made again. */
  readonly recipe: number;
  /** Short name: `mp4`, `matroska`, `mpegts`, `avi`, `mp3`, `flac`, `ogg`, `jpeg`, `heic`, … */
  readonly container: string;
  readonly durationMs: number | null;
  /** Time of the first frame that is shown, in the clock of the file. */
  readonly startMs: number;
  /**
   * Where the clock of the file starts as ffmpeg counts it (`format.start_time`, the earliest of its streams), in microseconds: seeking
   * counts from there. Absent when it is not known.
   */
  readonly seekOriginUs?: number;
  readonly bitsPerSecond: number | null;
  readonly video: readonly VideoTrack[];
  readonly audio: readonly AudioTrack[];
  readonly subtitles: readonly SubtitleTrack[];
  readonly chapters: readonly Chapter[];
  /** Pictures inside the file (covers), by stream index. */
  readonly covers: readonly { readonly index: number; readonly codec: string }[];
  readonly fonts: readonly { readonly index: number; readonly name: string }[];
  /**
   * Several values of one name in order. Of music by the names of MusicBrainz Picard in lower case, whatever the file calls them: `title`,
   * `artist` (as shown), `artists`, `album`, `albumartist`, `albumartists`, `tracknumber`, `tracktotal`, `discnumber`, `disctotal`,
   * `discsubtitle`, `date`, `originaldate`, `year`, `genre`, `composer`, `compilation` ("1"), `artistsort`, `albumsort`, `titlesort`, `albumartistsort`, `comment`, `label`,
   * `catalognumber`, `isrc`, `bpm`, `lyrics` (plain or LRC as the file has it), `syncedlyrics` (LRC), `replaygain_track_gain` ("-7.20 dB"), `replaygain_track_peak`
   * ("0.988"), `replaygain_album_gain`, `replaygain_album_peak`, `musicbrainz_recordingid`, `musicbrainz_albumid`, `musicbrainz_artistid`,
   * `musicbrainz_albumartistid`, `musicbrainz_releasegroupid`, `releasetype`, … Of films as the file says them, in lower case.
   */
  readonly tags: Readonly<Record<string, readonly string[]>>;
  /** Of pictures; null for the rest. */
  readonly picture: PictureFacts | null;
}

interface Track {
  /** Index of the stream in the file, as ffmpeg counts. */
  readonly index: number;
  /** Of ffmpeg: `h264`, `hevc`, `av1`, `aac`, `ac3`, `subrip`, `hdmv_pgs_subtitle`, … */
  readonly codec: string;
  /** BCP 47 or ISO 639-2 as the file says; null when it says nothing or `und`. */
  readonly language: string | null;
  readonly title: string | null;
  readonly isDefault: boolean;
  readonly isForced: boolean;
}

export interface VideoTrack extends Track {
  readonly profile: string | null;
  readonly level: number | null;
  /** RFC 6381, exact, from the codec's own configuration; null when it cannot be said. */
  readonly codecString: string | null;
  /** As stored, before rotation and pixel aspect. */
  readonly width: number;
  readonly height: number;
  /** Degrees to turn clockwise for showing: 0, 90, 180, 270. */
  readonly rotation: number;
  /** Of a pixel; [1, 1] is square. */
  readonly pixelAspect: readonly [number, number];
  /** Frames a second as a fraction; null when it varies. */
  readonly frameRate: readonly [number, number] | null;
  readonly isInterlaced: boolean;
  /** Pictures that are decoded before one that is shown earlier, at most (`has_b_frames`); absent when it is not known. */
  readonly reorder?: number;
  readonly pixelFormat: string | null;
  readonly bitDepth: number;
  readonly range: "sdr" | "hdr10" | "hlg" | "dolby-vision";
  /** Of Dolby Vision. */
  readonly dolbyProfile: number | null;
  readonly bitsPerSecond: number | null;
}

export interface AudioTrack extends Track {
  readonly profile: string | null;
  readonly codecString: string | null;
  readonly channels: number;
  readonly layout: string | null;
  readonly samplesPerSecond: number;
  readonly bitsPerSecond: number | null;
  /** Bits of a sample, of lossless sound. */
  readonly bitDepth?: number | null;
  readonly isCommentary: boolean;
  /** Time of the first packet in the clock of the file, exact (`stream.start_time`); absent when it is not known. */
  readonly startMs?: number;
}

export interface SubtitleTrack extends Track {
  /** Text becomes WebVTT; images are drawn by the browser or burnt in. */
  readonly form: "text" | "image";
  readonly isHearingImpaired: boolean;
}

export interface Chapter {
  readonly startMs: number;
  readonly endMs: number;
  readonly title: string | null;
}

export interface PictureFacts {
  readonly width: number;
  readonly height: number;
  /** EXIF orientation, 1 to 8. */
  readonly orientation: number;
}

/**
 * Where a stream can be entered: presentation times of the key frames of a video track in its own time base, exact. In order.
 */
export interface KeyframeIndex {
  readonly streamIndex: number;
  readonly timeBase: readonly [number, number];
  readonly pts: readonly number[];
  /** End of the last frame. */
  readonly endPts: number;
  /** Key frames that are followed by pictures shown before them (open GOP), as indexes into `pts`. */
  readonly open: readonly number[];
  /** For each of `open`: when the first of those pictures is shown. Absent when it is not known. */
  readonly leadPts?: readonly number[];
  /** Bytes from one key frame to the next; empty when unknown. */
  readonly bytes: readonly number[];
}
