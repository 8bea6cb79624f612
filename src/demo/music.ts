import { type AlbumText, albums } from "./album-texts.ts";
import { compose } from "./compose.ts";
import { drawCover } from "./posters.ts";
import { playNotes, samplesPerSecond } from "./tones.ts";
import type { Workshop } from "./workshop.ts";

const codecs = {
  flac: { ending: "flac", options: ["-c:a", "flac"] },
  mp3: { ending: "mp3", options: ["-c:a", "libmp3lame", "-q:a", "5", "-id3v2_version", "3"] },
  opus: { ending: "opus", options: ["-c:a", "libopus", "-b:a", "72k"] },
} as const;
const root = "home/anna/Music";

/** Options with which ffmpeg reads what `playNotes` gives. */
export const pcmInput = ["-f", "s16le", "-ar", String(samplesPerSecond), "-ac", "2", "-i", "pipe:0"] as const;

export async function makeMusic(workshop: Workshop): Promise<void> {
  for (const album of albums) {
    const folder = `${root}/${album.artist}/${album.title} (${album.year})`;
    const cover = await drawCover(album.cover, album.ground, { title: album.title, below: album.artist });
    workshop.place(`${folder}/cover.jpg`, cover);
    for (const index of album.tracks.keys()) await makeTrack(workshop, album, index, folder);
  }
}

async function makeTrack(workshop: Workshop, album: AlbumText, index: number, folder: string): Promise<void> {
  const track = album.tracks[index];
  if (track === undefined) return;
  const { title, lengthS, words, piece } = track;
  const { pcm, gainDb, peak } = await playNotes(compose({ ...piece, lengthS }), lengthS);
  const { ending, options } = codecs[album.codec];
  const number = String(index + 1);
  const tags = {
    ...{ title, artist: album.artist, album: album.title, album_artist: album.artist, genre: album.genre },
    ...{ date: String(album.year), track: `${number}/${album.tracks.length}` },
    ...{ REPLAYGAIN_TRACK_GAIN: `${gainDb.toFixed(2)} dB`, REPLAYGAIN_TRACK_PEAK: peak.toFixed(6) },
  };
  const metadata = Object.entries(tags).flatMap(([name, value]) => ["-metadata", `${name}=${value}`]);
  const scratch = workshop.scratch(`song.${ending}`);
  await workshop.ffmpeg([...pcmInput, ...options, ...metadata, scratch], pcm);
  const name = `${folder}/${number.padStart(2, "0")} ${title}`;
  if (words.length > 0) workshop.place(`${name}.lrc`, timedWords(words, lengthS));
  workshop.place(`${name}.${ending}`, { scratch });
}

/** A short song without tags. */
export async function recordSong(workshop: Workshop, path: string): Promise<void> {
  const lengthS = 20;
  const piece = { seed: 5, tonic: 57, scale: "major", beatsPerMinute: 100, chords: [0, 3, 4], lead: "bell" } as const;
  const { pcm } = await playNotes(compose({ ...piece, density: 0.6, lengthS }), lengthS);
  const scratch = workshop.scratch("song.mp3");
  await workshop.ffmpeg([...pcmInput, ...codecs.mp3.options, scratch], pcm);
  workshop.place(path, { scratch });
}

/** LRC: each line with the moment at which it is sung, spread over the song. */
function timedWords(words: readonly string[], lengthS: number): string {
  const [firstS, lastS] = [lengthS * 0.1, lengthS * 0.92];
  const lines = words.map((line, index) => {
    const atS = firstS + (index / words.length) * (lastS - firstS);
    const minutes = String(Math.floor(atS / 60)).padStart(2, "0");
    return `[${minutes}:${(atS % 60).toFixed(2).padStart(5, "0")}]${line}`;
  });
  return `${lines.join("\n")}\n`;
}
