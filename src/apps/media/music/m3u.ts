/** What one line of a playlist asks for. */
export interface M3uEntry {
  /** As written: a path with `/` or `\`, absolute or relative, or an address. */
  readonly location: string;
  /** Of `#EXTINF`; null without one. */
  readonly label: string | null;
}

const maxEntries = 5000;

/** An M3U or M3U8 text, with or without the extended lines. What is no path is left out. */
export function parseM3u(text: string): { readonly name: string | null; readonly entries: M3uEntry[] } {
  const entries: M3uEntry[] = [];
  let name: string | null = null;
  let label: string | null = null;
  for (const raw of text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/)) {
    const line = raw.trim();
    if (line === "") continue;
    if (line.startsWith("#")) {
      const info = /^#EXTINF:[^,]*,(.*)$/i.exec(line);
      if (info !== null) label = info[1]?.trim() || null;
      name ??= /^#PLAYLIST:(.+)$/i.exec(line)?.[1]?.trim() ?? null;
      continue;
    }
    if (entries.length >= maxEntries) break;
    entries.push({ location: line, label });
    label = null;
  }
  return { name, entries };
}

/** Bytes of a playlist file as text: `.m3u8` is UTF-8, an `.m3u` often is not. */
export function decodeM3u(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/**
 * The names of a location, the file last: `C:\Music\A\b.mp3`, `file:///music/A/b.mp3`, `../A/b.mp3`. Empty for an address of another
 * server. Going up is dropped: whoever looks these up compares from the end.
 */
export function namesOfLocation(location: string): string[] {
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(location)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== "file") return [];
  const path = scheme === undefined ? location : unescaped(location.slice("file://".length));
  return path
    .split(/[/\\]/)
    .filter((name) => name !== "" && name !== "." && name !== ".." && !/^[a-z]:$/i.test(name))
    .map((name) => name.normalize("NFC"));
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A playlist as extended M3U in UTF-8. */
export function renderM3u(
  name: string,
  entries: readonly { readonly location: string; readonly label: string; readonly durationMs: number | null }[],
): string {
  const oneLine = (text: string) => text.replaceAll(/[\r\n]+/g, " ");
  const lines = entries.flatMap(({ location, label, durationMs }) => [
    `#EXTINF:${durationMs === null ? -1 : Math.round(durationMs / 1000)},${oneLine(label)}`,
    oneLine(location),
  ]);
  return `${["#EXTM3U", `#PLAYLIST:${oneLine(name)}`, ...lines].join("\n")}\n`;
}
