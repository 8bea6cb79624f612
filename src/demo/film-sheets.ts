const beginS = 10;
const stepS = 7;
const shownS = 4.2;

/** SubRip: one line every few seconds, over and over, from after the title to shortly before the end. */
export function subtitles(lines: readonly (readonly [string, string])[], language: 0 | 1, lengthS: number): string {
  const count = Math.floor((lengthS - 2 * beginS) / stepS);
  return Array.from({ length: count }, (_, index) => {
    const atS = beginS + index * stepS;
    const text = lines[index % lines.length]?.[language] ?? "";
    return `${index + 1}\n${clock(atS)} --> ${clock(atS + shownS)}\n${text}\n`;
  }).join("\n");
}

function clock(seconds: number): string {
  const milliseconds = Math.round(seconds * 1000);
  return new Date(milliseconds).toISOString().slice(11, 23).replace(".", ",");
}

/** Chapters of equal length in the form that ffmpeg reads (ffmetadata). */
export function chapterMarks(titles: readonly string[], lengthS: number): string {
  const stepMs = (lengthS * 1000) / Math.max(1, titles.length);
  const chapters = titles.map(
    (title, index) =>
      `[CHAPTER]\nTIMEBASE=1/1000\nSTART=${Math.round(index * stepMs)}\nEND=${Math.round((index + 1) * stepMs)}\ntitle=${title}\n`,
  );
  return `;FFMETADATA1\n${chapters.join("")}`;
}
