/** Order matters: most browsers claim to be several others. */
const programs: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/mirall|nextcloud-(?:android|ios|talk)|\bnextcloud\b/i, "Nextcloud client"],
  [/rclone/i, "rclone"],
  [/davfs2/i, "davfs2"],
  [/WebDAVFS|WebDAVLib/i, "Finder"],
  [/Microsoft-WebDAV-MiniRedir/i, "Windows Explorer"],
  [/\bcurl\//i, "curl"],
  [/\bEdg(?:A|iOS|e)?\//, "Edge"],
  [/\bOPR\/|\bOpera\b/, "Opera"],
  [/\bVivaldi\//, "Vivaldi"],
  [/SamsungBrowser\//, "Samsung Internet"],
  [/\bFirefox\/|\bFxiOS\//, "Firefox"],
  [/\bHeadlessChrome\/|\bChrome\/|\bCriOS\//, "Chrome"],
  [/\bSafari\//, "Safari"],
];

const systems: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/iPhone|iPod/, "iPhone"],
  [/iPad/, "iPad"],
  [/Android/, "Android"],
  [/CrOS/, "ChromeOS"],
  [/Windows/, "Windows"],
  [/Macintosh|Mac OS X|Darwin/, "Mac"],
  [/Linux/, "Linux"],
];

/** A short name of a device for a person, as `Firefox on Linux`, from the `User-Agent`; it proves nothing. */
export function deviceNameOf(userAgent: string): string {
  const find = (table: typeof programs) => table.find(([pattern]) => pattern.test(userAgent))?.[1];
  const [program, system] = [find(programs), find(systems)];
  if (program === undefined) return system ?? "Unknown device";
  return system === undefined ? program : `${program} on ${system}`;
}
