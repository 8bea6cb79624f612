// needs: ffmpeg, strawberry, Xvfb, xdotool, /usr/share/doc/gstreamer1.0-plugins-good/copyright
import { Database } from "bun:sqlite";
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type RunningHearth, startHearth } from "#kit";

const longestMs = 180_000;
setDefaultTimeout(longestMs);

/**
 * Strawberry, the music player, takes the whole library over OpenSubsonic and plays from it. It has no way in but its window, so that
 * it gets a screen that nobody sees; a proxy before the server keeps what was asked.
 */
const dir = mkdtempSync(join(tmpdir(), "hearth-strawberry-"));
const waitMs = 60_000;
const pollMs = 100;
const clickAgainMs = 1_500;
/** Values of its settings: salted MD5 for the login, and its window open whatever it was before. */
const tokens = 1;
const showAtStart = 2;

interface Asked {
  /** Without the path and `.view`. */
  readonly endpoint: string;
  readonly id: string | null;
  readonly hasToken: boolean;
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly at: number;
}

const asked: Asked[] = [];
/** What was started, the last first. */
const endings: (() => unknown)[] = [];
const playerLog = () =>
  existsSync(join(dir, "log.txt")) ? readFileSync(join(dir, "log.txt"), "utf8").slice(-5000) : "";
let hearth: RunningHearth;
let secret = "";
let proxy: Bun.Server<undefined>;

interface Tags {
  readonly title: string;
  readonly artist: string;
  readonly album: string;
  readonly track: number;
  readonly seconds: number;
}

const songs: readonly (Tags & { readonly path: string })[] = [
  { path: "Music/Ann/First/1.mp3", title: "Ä Song & more", artist: "Ann", album: "First <1>", track: 1, seconds: 2 },
  { path: "Music/Ann/First/2.flac", title: "Second", artist: "Ann", album: "First <1>", track: 2, seconds: 3 },
  { path: "Music/Bea/Later/7.ogg", title: "Third", artist: "Bea", album: "Later", track: 7, seconds: 4 },
];

const fileOf = (path: string) => join(dir, basename(path));
const pathOf = (title: string) => songs.find((song) => song.title === title)?.path ?? "";

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = performance.now() + waitMs; !(await isSo()); await Bun.sleep(pollMs))
    if (performance.now() > end)
      throw new Error(
        `not within ${waitMs} ms: ${what}\n${asked.map(({ endpoint, id, status }) => `${endpoint} ${id} ${status}`).join("\n")}\n${playerLog()}`,
      );
}

async function call<T>(operation: string, input: unknown): Promise<T> {
  const headers = { "content-type": "application/json", origin: hearth.url, cookie: hearth.cookie };
  const init = { method: "POST", headers, body: JSON.stringify(input) };
  const response = await fetch(`${hearth.url}/api/${operation}`, init);
  if (!response.ok) throw new Error(`${operation}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

async function upload({ path, title, artist, album, track, seconds }: (typeof songs)[number]): Promise<void> {
  const file = fileOf(path);
  const tags = Object.entries({ title, artist, album, album_artist: artist, track: String(track), genre: "Folk" });
  const sound = ["-f", "lavfi", "-i", `sine=frequency=440:duration=${seconds}`];
  const cover = ["-f", "lavfi", "-i", "color=red:size=64x64:duration=1", "-frames:v", "1", "-map", "0", "-map", "1"];
  const argv = ["ffmpeg", "-v", "error", "-y", ...sound, ...(file.endsWith("mp3") ? [...cover, "-c:v", "mjpeg"] : [])];
  for (const [name, value] of tags) argv.push("-metadata", `${name}=${value}`);
  const { exitCode, stderr } = Bun.spawnSync([...argv, file], { timeout: waitMs });
  if (exitCode !== 0) throw new Error(stderr.toString());
  const parts = path.split("/");
  for (let depth = 1; depth < parts.length; depth += 1)
    await hearth.fetch(`/dav/home/${parts.slice(0, depth).join("/")}/`, { method: "MKCOL" });
  expect((await hearth.fetch(`/dav/home/${path}`, { method: "PUT", body: Bun.file(file) })).status).toBe(201);
}

/** Passes everything on and keeps what it was. */
function record(): Bun.Server<undefined> {
  return Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: async (request) => {
      const { pathname, search, searchParams } = new URL(request.url);
      const headers = new Headers(request.headers);
      headers.set("accept-encoding", "identity");
      headers.delete("host");
      const answer = await fetch(`${hearth.url}${pathname}${search}`, { headers, redirect: "manual" });
      const body = await answer.bytes();
      asked.push({
        endpoint: pathname.replace("/rest/", "").replace(".view", ""),
        id: searchParams.get("id"),
        hasToken: searchParams.has("t") && searchParams.has("s") && !searchParams.has("p"),
        status: answer.status,
        contentType: answer.headers.get("content-type") ?? "",
        body,
        at: performance.now(),
      });
      return new Response(body, { status: answer.status, headers: answer.headers });
    },
  });
}

/** Shows the list of what Subsonic has at its start, and gives the sound to nobody. */
function writeSettings(): void {
  const groups = {
    MainWindow: { current_tab: 8, maximized: false },
    Subsonic: {
      ...{ enabled: true, url: proxy.url.origin, username: "alice", http2: false, downloadalbumcovers: true },
      ...{ authmethod: tokens, password: `"${Buffer.from(secret).toString("base64")}"` },
    },
    Backend: { output: "fakesink", volume_control: false },
    Behaviour: { showtrayicon: false, startupbehaviour: showAtStart },
  };
  const lines = Object.entries(groups).flatMap(([group, values]) => [
    `[${group}]`,
    ...Object.entries(values).map(([name, value]) => `${name}=${value}`),
  ]);
  mkdirSync(join(dir, ".config/strawberry"), { recursive: true });
  writeFileSync(join(dir, ".config/strawberry/strawberry.conf"), `${lines.join("\n")}\n`);
}

/**
 * A display of its own and Strawberry on it. Folders and settings are its own, too: it meets no other Strawberry of the same user. Gives
 * how a program is run beside it.
 */
async function openPlayer(): Promise<(...argv: readonly string[]) => void> {
  writeSettings();
  const display = Bun.spawn(["Xvfb", "-displayfd", "1", "-screen", "0", "1000x700x24", "-nolisten", "tcp"], {
    ...{ stdin: "ignore", stdout: "pipe", stderr: "ignore", timeout: longestMs },
  });
  endings.unshift(() => end(display));
  const { value } = await display.stdout.getReader().read();
  const env = {
    ...{ PATH: process.env["PATH"], HOME: dir, TMPDIR: dir, XDG_RUNTIME_DIR: dir, LC_ALL: "C.UTF-8" },
    ...{ DISPLAY: `:${new TextDecoder().decode(value).trim()}`, QT_QPA_PLATFORM: "xcb" },
    DBUS_SESSION_BUS_ADDRESS: `unix:path=${join(dir, "no-bus")}`,
  };
  const log = Bun.file(join(dir, "log.txt"));
  const player = Bun.spawn(["strawberry"], {
    ...{ env, stdin: "ignore", stdout: "ignore", stderr: log, timeout: longestMs },
  });
  endings.unshift(() => end(player));
  return (...argv) => void Bun.spawnSync([...argv], { env, stdin: "ignore", timeout: waitMs });
}

async function end(child: Bun.Subprocess): Promise<void> {
  child.kill("SIGKILL");
  await child.exited;
}

interface Taken extends Tags {
  readonly genre: string;
  readonly url: string;
  readonly cover: string;
}

/** What Strawberry took into its own collection. */
function collection(): Taken[] {
  const db = new Database(join(dir, ".local/share/strawberry/strawberry/strawberry.db"), { readonly: true });
  try {
    db.run("PRAGMA busy_timeout = 10000");
    const columns = "title, artist, album, track, length / 1e9 AS seconds, genre, url, art_automatic AS cover";
    return db.query<Taken, []>(`SELECT ${columns} FROM subsonic_songs ORDER BY song_id`).all();
  } finally {
    db.close();
  }
}

const idsOf = (endpoint: string) => [...new Set(asked.filter((one) => one.endpoint === endpoint).map(({ id }) => id))];

beforeAll(async () => {
  hearth = await startHearth({ user: "alice" });
  endings.unshift(hearth.stop);
  secret = (await call<{ secret: string }>("subsonic.createPassword", { label: "Strawberry" })).secret;
  for (const song of songs) await upload(song);
  await until("the songs are in the library", async () => {
    const { songs: known, waiting } = await call<{ songs: number; waiting: number }>("music.overview", {});
    return known === songs.length && waiting === 0;
  });
  proxy = record();
  endings.unshift(() => proxy.stop(true));
});
afterAll(async () => {
  for (const stop of endings) await stop();
  rmSync(dir, { recursive: true, force: true });
});

test("Strawberry takes the whole library over and plays from it", async () => {
  const run = await openPlayer();
  let clickedAt = 0;
  await until("all songs are in its collection", () => {
    // "Click here to retrieve music", in the empty list; again where a click came before the window, but not while it loads.
    if (performance.now() - Math.max(clickedAt, asked.at(-1)?.at ?? 0) > clickAgainMs) {
      run("xdotool", "mousemove", "170", "400", "click", "1");
      clickedAt = performance.now();
    }
    return asked.length > 0 && collection().length === songs.length;
  });
  const taken = collection();
  const tags = ({ title, artist, album, track, seconds }: Tags) => ({ title, artist, album, track, seconds });
  expect(taken.map(tags).toSorted((a, b) => a.seconds - b.seconds)).toEqual(songs.map(tags));
  expect(taken.every(({ genre }) => genre === "Folk")).toBe(true);
  // Without a cover is only the album that has none.
  expect(taken.filter(({ cover }) => cover === "").map(({ album }) => album)).toEqual(["Later"]);
  for (const { cover } of taken.filter(({ cover }) => cover !== ""))
    expect([...readFileSync(new URL(cover)).subarray(0, 2)]).toEqual([0xff, 0xd8]);
  expect(idsOf("getAlbumList2")).toEqual([null]);
  expect(idsOf("getAlbum").length).toBe(2);
  expect(idsOf("getCoverArt").length).toBeGreaterThan(0);

  run("strawberry", "--play", "--load", ...taken.map(({ url }) => url));
  await until("it has played all songs", () => idsOf("stream").length === songs.length);
  for (const { path, url } of taken.map(({ title, url }) => ({ path: pathOf(title), url }))) {
    const got = asked.find(({ endpoint, id }) => endpoint === "stream" && `subsonic:${id}` === url);
    expect(got?.contentType).toStartWith("audio/");
    expect(got?.body).toEqual(new Uint8Array(readFileSync(fileOf(path))));
  }
  expect(playerLog()).not.toContain("Subsonic:");
  for (const { endpoint, status, hasToken, contentType, body } of asked) {
    expect([endpoint, status === 206 ? 200 : status, hasToken]).toEqual([endpoint, 200, true]);
    if (contentType.includes("json"))
      expect(JSON.parse(new TextDecoder().decode(body))).toMatchObject({ "subsonic-response": { status: "ok" } });
  }
});
