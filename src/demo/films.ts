import { compose } from "./compose.ts";
import { type Film, films, type Scene, type Series, series } from "./film-texts.ts";
import { chapterMarks, subtitles } from "./film-sheets.ts";
import { pcmInput } from "./music.ts";
import { episodeNfo, filmNfo, seriesNfo } from "./nfo.ts";
import { drawBackdrop, drawPoster, drawThumb } from "./posters.ts";
import { makeScene, sceneS } from "./scenes.ts";
import { playNotes } from "./tones.ts";
import type { Workshop } from "./workshop.ts";

const bodyS = 96;
const themeS = 16;
const space = "spaces/Family";

/** Films, then a series; each is whole when it is there. */
export async function makeFilms(workshop: Workshop, nowMs: number): Promise<void> {
  for (const film of films) await makeFilm(workshop, film);
  await makeSeries(workshop, nowMs);
}

async function makeFilm(workshop: Workshop, film: Film): Promise<void> {
  const name = `${film.title} (${film.year})`;
  const folder = `${space}/Films/${name}`;
  const [opening] = film.scenes;
  workshop.place(`${folder}/movie.nfo`, filmNfo(film));
  workshop.place(`${folder}/poster.jpg`, await drawPoster(opening, { title: film.title, below: film.studio }));
  workshop.place(`${folder}/fanart.jpg`, await drawBackdrop(opening));
  const title = await makeScene(workshop, "opening", opening, [film.title, film.tagline.split(".")[0] ?? ""]);
  const scenes = await makeScenes(workshop, film.scenes);
  const lengthS = film.minutes * 60;
  const german = { ...film.score, lead: film.score.lead === "bell" ? "pluck" : "bell" } as const;
  const sounds = [await makeSound(workshop, "english", film.score, film.year, bodyS)];
  const isOpen = film.container === "mkv";
  if (isOpen) sounds.push(await makeSound(workshop, "german", german, film.year, bodyS));
  if (!isOpen) {
    workshop.place(`${folder}/${name}.en.srt`, subtitles(film.lines, 0, lengthS));
    workshop.place(`${folder}/${name}.de.srt`, subtitles(film.lines, 1, lengthS));
  }
  if (film.hasTrailer) {
    const trailer = {
      pictures: [title, ...scenes.slice(1, 3)],
      tracks: [[...sounds.slice(0, 1)]],
      lengthS: sceneS * 3,
    };
    const scratch = await assemble(workshop, { ...trailer, container: "mkv", chapters: [], lines: [] });
    workshop.place(`${folder}/Trailers/Trailer.mkv`, { scratch });
  }
  const scratch = await assemble(workshop, {
    ...{ pictures: [title, ...endless(scenes, lengthS)], lengthS, chapters: film.chapters, container: film.container },
    ...{ tracks: sounds.map((sound) => repeated(sound, lengthS / bodyS)), lines: isOpen ? film.lines : [] },
  });
  workshop.place(`${folder}/${name}.${film.container}`, { scratch });
}

/** Every episode begins and ends alike, so that the player can offer to skip that. */
async function makeSeries(workshop: Workshop, nowMs: number): Promise<void> {
  const folder = `${space}/Series/${series.title} (${series.year})`;
  const [opening, closing] = series.scenes;
  workshop.place(`${folder}/tvshow.nfo`, seriesNfo(series));
  workshop.place(`${folder}/poster.jpg`, await drawPoster(opening, { title: series.title, below: series.studio }));
  workshop.place(`${folder}/fanart.jpg`, await drawBackdrop(opening));
  const names = series.cast.slice(0, 2).map(([name]) => name);
  const begin = await makeScene(workshop, "opening", opening, [series.title]);
  const end = await makeScene(workshop, "closing", closing ?? opening, ["The End", ...names]);
  const scenes = await makeScenes(workshop, series.scenes);
  const theme = await makeSound(workshop, "theme", { ...series.score, beatsPerMinute: 120 }, 7, themeS);
  const finale = await makeSound(workshop, "finale", { ...series.score, scale: "major" }, 8, themeS);
  const lengthS = series.minutes * 60;
  for (const [index, episode] of series.episodes.entries()) {
    const body = await makeSound(workshop, "body", series.score, 100 + index * 17, bodyS);
    const turned = [...scenes.slice(index), ...scenes.slice(0, index)];
    const middle = endless(turned, lengthS - 4 * sceneS);
    const scratch = await assemble(workshop, {
      ...{ pictures: [begin, turned[1] ?? begin, ...middle, end, end], lengthS, container: "mkv" },
      tracks: [[theme, ...repeated(body, (lengthS - 2 * themeS) / bodyS), finale]],
      ...{ chapters: ["Opening", "First part", "Second part", "Credits"], lines: series.lines },
    });
    await placeEpisode(
      workshop,
      folder,
      episode,
      nowMs,
      series.scenes[(index + 1) % series.scenes.length] ?? opening,
      scratch,
    );
  }
}

async function placeEpisode(
  workshop: Workshop,
  folder: string,
  episode: Series["episodes"][number],
  nowMs: number,
  scene: Scene,
  scratch: string,
): Promise<void> {
  const two = (value: number) => String(value).padStart(2, "0");
  const number = `S${two(episode.season)}E${two(episode.number)}`;
  const path = `${folder}/Season ${two(episode.season)}/${series.title} - ${number} - ${episode.title}`;
  workshop.place(`${path}.nfo`, episodeNfo(series, episode, nowMs));
  workshop.place(`${path}-thumb.jpg`, await drawThumb({ ...scene, seed: scene.seed + episode.number }));
  workshop.place(`${path}.mkv`, { scratch });
}

async function makeScenes(workshop: Workshop, scenes: readonly Scene[]): Promise<string[]> {
  const files: string[] = [];
  for (const [index, scene] of scenes.entries()) files.push(await makeScene(workshop, `scene${index}`, scene));
  return files;
}

/** Matroska keeps the exact length of sound, so that pieces of it follow each other at the right moment. */
async function makeSound(
  workshop: Workshop,
  name: string,
  score: Film["score"],
  seed: number,
  lengthS: number,
): Promise<string> {
  const { pcm } = await playNotes(compose({ ...score, seed, lengthS }), lengthS);
  const file = workshop.scratch(`${name}.mka`);
  await workshop.ffmpeg([...pcmInput, "-c:a", "aac", "-b:a", "48k", "-aac_coder", "fast", file], pcm);
  return file;
}

const repeated = (sound: string, times: number) => Array.from({ length: Math.ceil(times) }, () => sound);

function endless(scenes: readonly string[], lengthS: number): string[] {
  return Array.from({ length: Math.ceil(lengthS / sceneS) }, (_, index) => {
    // Each round begins elsewhere, or the pictures of the seek bar would repeat in the same order.
    const round = Math.floor(index / scenes.length);
    return scenes[(index + round) % scenes.length] ?? "";
  });
}

interface Parts {
  readonly pictures: readonly string[];
  /** Each a row of files; English first, then German. */
  readonly tracks: readonly (readonly string[])[];
  readonly lengthS: number;
  readonly chapters: readonly string[];
  readonly lines: Film["lines"];
  readonly container: Film["container"];
}

const languages = ["eng", "deu"] as const;

/** Puts pictures, sound, subtitles and chapters together as they are; nothing is encoded here. */
async function assemble(workshop: Workshop, parts: Parts): Promise<string> {
  const { pictures, tracks, lengthS, chapters, lines, container } = parts;
  const row = (name: string, files: readonly string[]) => {
    const list = workshop.writeScratch(name, files.map((file) => `file '${file}'\n`).join(""));
    return ["-f", "concat", "-safe", "0", "-i", list];
  };
  const texts = lines.length === 0 ? [] : languages.map((_, index) => subtitles(lines, index === 0 ? 0 : 1, lengthS));
  const inputs = [
    ...row("pictures.txt", pictures),
    ...tracks.flatMap((files, index) => row(`sound${index}.txt`, files)),
    ...texts.flatMap((text, index) => ["-i", workshop.writeScratch(`lines${index}.srt`, text)]),
    ...["-i", workshop.writeScratch("chapters.txt", chapterMarks(chapters, lengthS))],
  ];
  const streams = 1 + tracks.length + texts.length;
  const maps = Array.from({ length: streams }, (_, index) => ["-map", String(index)]).flat();
  const named = (kind: string, index: number) => [
    `-metadata:s:${kind}:${index}`,
    `language=${languages[index] ?? "und"}`,
  ];
  const scratch = workshop.scratch(`whole.${container}`);
  await workshop.ffmpeg([
    ...inputs,
    ...[...maps, "-map_metadata", String(streams), "-t", String(lengthS), "-c", "copy"],
    ...tracks.flatMap((_, index) => named("a", index)),
    ...texts.flatMap((_, index) => named("s", index)),
    ...(texts.length > 0 ? ["-c:s", "srt"] : []),
    ...(container === "mp4" ? ["-movflags", "+faststart"] : []),
    scratch,
  ]);
  return scratch;
}
