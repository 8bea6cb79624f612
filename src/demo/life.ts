import { setTimeout as wait } from "node:timers/promises";
import { AppError } from "#platform/errors";
import { albums } from "./album-texts.ts";
import { journeys } from "./journeys.ts";

interface Page {
  readonly url: string;
  readonly name: string;
  readonly password: string;
  readonly signal: AbortSignal;
  /** Whether there will be films and music. */
  readonly hasFilms: boolean;
}

type Answer = Readonly<Record<string, unknown>>;
type Call = (operation: string, input: unknown) => Promise<Answer>;

const pollMs = 700;
/** A slow machine that is busy with other things. */
const patienceMs = 15 * 60_000;
const hourMs = 3_600_000;
const songCount = albums.flatMap(({ tracks }) => tracks).length;
const photoCount = journeys.reduce((sum, { count }) => sum + count, 0);

/** What somebody of the household has watched, liked and put together: done through the same door as their page. */
export async function live(page: Page): Promise<void> {
  const call = await logIn(page);
  const withFilms = page.hasFilms ? [watch(page, call), listen(page, call)] : [];
  await Promise.all([arrangePhotos(page, call), ...withFilms]);
  await call("session.logout", {});
}

async function logIn({ url, name, password, signal }: Page): Promise<Call> {
  let cookie = "";
  const post = (operation: string, input: unknown) =>
    fetch(`${url}/api/${operation}`, {
      ...{ method: "POST", body: JSON.stringify(input), signal },
      headers: { "content-type": "application/json", origin: url, cookie, "user-agent": "Hearth's demo" },
    });
  const login = await post("session.login", { name, password });
  cookie = login.headers.get("set-cookie")?.split(";")[0] ?? "";
  return async (operation, input) => {
    const response = await post(operation, input);
    if (!response.ok) throw new AppError("unavailable", `${operation} gave ${response.status}.`);
    return (await response.json()) as Answer;
  };
}

/** Asks again until there is an answer, or gives up. */
async function until<T>({ signal }: Page, ask: () => Promise<T | null>): Promise<T> {
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += pollMs) {
    const answer = await ask();
    if (answer !== null) return answer;
    await wait(pollMs, undefined, { signal });
  }
  throw new AppError("unavailable", "The demo's media were not taken up in time.");
}

interface Work {
  readonly id: number;
  readonly title: string;
  readonly itemId: number | null;
  readonly durationMs: number | null;
}

/** A film, or the episodes of a series, as soon as they can be played. */
function playable(page: Page, call: Call, search: string, types: readonly string[]): Promise<Work> {
  return until(page, async () => {
    const { works } = (await call("works.list", { types, search })) as { works: Work[] };
    const [work] = works;
    return work !== undefined && work.itemId !== null && work.durationMs !== null ? work : null;
  });
}

/** One film is stopped in the middle of, one was seen to its end, and of the series the first episode. */
async function watch(page: Page, call: Call): Promise<void> {
  const save = async ({ itemId, durationMs }: Work, share: number, hoursAgo: number) => {
    const sentAtMs = Date.now();
    const positionMs = Math.round((durationMs ?? 0) * share);
    await call("watch.save", { itemId, positionMs, durationMs, sentAtMs, atMs: sentAtMs - hoursAgo * hourMs });
  };
  await save(await playable(page, call, "The Last Ferry", ["film"]), 0.38, 20);
  await save(await playable(page, call, "Kestrel Ridge", ["film"]), 0.99, 75);
  await save(await playable(page, call, "For Sale", ["episode"]), 0.98, 44);
  await save(await playable(page, call, "The Logbook", ["episode"]), 0.55, 18);
}

async function listen(page: Page, call: Call): Promise<void> {
  const songs = await until(page, async () => {
    const { songs: all } = (await call("music.songs", { limit: 100 })) as { songs: { id: number; title: string }[] };
    return all.length < songCount ? null : all;
  });
  const idsOf = (...titles: string[]) =>
    titles.flatMap((title) => songs.filter((song) => song.title === title).map(({ id }) => id));
  const evening = idsOf("Paper Lanterns", "Estuary", "Sleeper Car", "Last Apple", "Reed", "Arrival at Dawn");
  await call("music.createPlaylist", {
    name: "Sunday evening",
    comment: "Slow ones.",
    sharing: "read",
    songIds: evening,
  });
  await call("music.createPlaylist", {
    name: "For the kitchen",
    songIds: idsOf("September Kitchen", "Borrowed Bicycle"),
  });
  const atMs = Date.now();
  const heard = idsOf("Paper Lanterns", "Weir", "Signal Box").map((songId, index) => ({
    songId,
    atMs: atMs - (index + 2) * hourMs,
  }));
  await call("music.notePlays", { plays: heard });
}

async function arrangePhotos(page: Page, call: Call): Promise<void> {
  await until(page, async () => {
    const { waiting, total } = (await call("photos.state", {})) as { waiting: number; total: number };
    return waiting === 0 && total >= photoCount ? total : null;
  });
  const lofoten = await photosIn(call, "Lofoten");
  const make = async (name: string, itemIds: readonly number[]) =>
    (await call("photos.createAlbum", { name, itemIds })) as { albumId: number };
  const { albumId } = await make("Lofoten", lofoten.slice(0, 12));
  await make("Snow", await photosIn(call, "Snow in the Alps"));
  const { people } = (await call("people.list", {})) as { people: { id: number; name: string }[] };
  const members = people
    .filter(({ name }) => name === "ben")
    .map(({ id }) => ({ kind: "person", id, contributes: true }));
  await call("photos.shareAlbum", { albumId, members });
  await call("photos.mark", { marks: lofoten.slice(2, 5).map((itemId) => ({ itemId, isFavourite: true })) });
}

/** Pictures in folders of that name, in order of their names. */
async function photosIn(call: Call, folder: string): Promise<number[]> {
  const { libraries } = (await call("libraries.list", { kind: "photos" })) as { libraries: { id: number }[] };
  const found: number[] = [];
  for (const { id } of libraries) {
    const input = { libraryId: id, kind: "image", search: folder, limit: 100 };
    const { items } = (await call("libraries.items", input)) as { items: { id: number }[] };
    found.push(...items.map((item) => item.id));
  }
  return found;
}
