// needs: ffmpeg
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { copyFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Album, Song } from "#contract/apps/media/music";
import { createSongMaker, openTestMusic } from "#kit";

let house: Awaited<ReturnType<typeof openTestMusic>>;
const songs = createSongMaker();
const at = (path: string, person = "anna") => join(house.cloud.homePath(person), path);
const titles = (list: readonly { readonly title: string }[]) => list.map(({ title }) => title);
const settled = async () => {
  await house.cloud.storage.settled();
  await house.settled();
};

beforeAll(async () => {
  house = await openTestMusic();
  const one = { album: "First Light", album_artist: "The Lamps", date: "2001-05-04", genre: "Rock; Folk" };
  for (const [index, title] of ["Dawn", "Noon", "Dusk"].entries()) {
    songs.make(at(`Music/The Lamps/First Light/0${index + 1} ${title}.flac`), {
      ...one,
      title,
      artist: index === 1 ? "The Lamps feat. Zoë" : "The Lamps",
      track: `${index + 1}/3`,
    });
  }
  writeFileSync(at("Music/The Lamps/First Light/01 Dawn.lrc"), "[offset:500]\n[00:01.00]<00:01.00>One <00:01.50>two\n");
  for (const [index, who] of ["Ada", "Bob"].entries()) {
    songs.make(at(`Music/Mixed/Sampler/${index + 1}.mp3`), {
      album: "Sampler",
      artist: who,
      title: `By ${who}`,
      track: `${index + 1}`,
    });
  }
  for (const disc of [1, 2]) {
    songs.make(at(`Music/Duo/Double/CD${disc}/1 - Part ${disc}.m4a`), {
      ...{ album: "Double", artist: "Duo", album_artist: "Duo", title: `Part ${disc}`, track: "1", disc: String(disc) },
    });
  }
  songs.make(at("Music/Nameless Band/Untagged/03 - Bare Name.ogg"));
  writeFileSync(
    at("Music/list.m3u"),
    "#EXTM3U\n#EXTINF:1,x\nC:\\Old\\Mixed\\Sampler\\2.mp3\nThe Lamps/First Light/03 Dusk.flac\nlost.mp3\n",
  );
  await settled();
}, 60_000);
afterAll(async () => {
  await house.close();
  songs.close();
});

describe("what files say", () => {
  test("albums by artist and title, several discs in one, a compilation by its artists", async () => {
    const { albums, total } = await house.call("anna", "music.albums", { sort: "title" });
    expect(total).toBe(4);
    const by = new Map<string, Album>((albums as Album[]).map((album) => [album.title, album]));
    expect(by.get("First Light")).toMatchObject({
      artistText: "The Lamps",
      songCount: 3,
      year: 2001,
      releaseDate: "2001-05-04",
    });
    expect(by.get("First Light")?.genres.toSorted()).toEqual(["Folk", "Rock"]);
    expect(by.get("Sampler")).toMatchObject({ artistText: "Various Artists", isCompilation: true, songCount: 2 });
    expect(by.get("Double")).toMatchObject({ discCount: 2, songCount: 2 });
    expect(by.get("Untagged")).toMatchObject({ artistText: "Nameless Band", songCount: 1 });
  });

  test("songs by disc and track, guests are artists of their own", async () => {
    const { albums } = await house.call("anna", "music.albums", { query: "first light" });
    const { songs: found } = await house.call("anna", "music.album", { id: albums[0].id });
    expect(titles(found)).toEqual(["Dawn", "Noon", "Dusk"]);
    expect(found[1].artists.map(({ name }: { name: string }) => name)).toEqual(["The Lamps", "Zoë"]);
    expect(found[0].durationMs).toBe(1000);
    const { artists } = await house.call("anna", "music.artists", { role: "any", query: "ZOE" });
    const guest = await house.call("anna", "music.artist", { id: artists[0].id });
    expect(titles(guest.appearsOn)).toEqual(["First Light"]);
    expect(guest.albums).toEqual([]);
  });

  test("lyrics beside a song, with words and offset", async () => {
    const { songs: found } = await house.call("anna", "music.songs", { query: "dawn" });
    expect(found[0].hasLyrics).toBe(true);
    const { lyrics } = await house.call("anna", "music.lyrics", { songId: found[0].id });
    expect(lyrics[0]).toMatchObject({ isTimed: true, offsetMs: 500, source: "01 Dawn.lrc" });
    expect(lyrics[0].lines[0]).toEqual({
      startMs: 500,
      text: "One two",
      words: [
        { startMs: 500, endMs: 1000, text: "One " },
        { startMs: 1000, endMs: null, text: "two" },
      ],
    });
  });
});

describe("who sees what", () => {
  test("nothing of another home: lists, counts, one by one, sound and pictures", async () => {
    const { songs: own } = await house.call("anna", "music.songs");
    const { albums } = await house.call("anna", "music.albums");
    const { artists } = await house.call("anna", "music.artists", { role: "any" });
    expect(own.length).toBe(8);
    expect(await house.call("ben", "music.overview")).toMatchObject({ songs: 0, albums: 0, artists: 0, libraries: [] });
    for (const list of ["albums", "artists", "songs"]) {
      expect(await house.call("ben", `music.${list}`)).toEqual({ total: 0, [list]: [] });
    }
    expect(await house.call("ben", "music.genres")).toEqual({ genres: [] });
    expect(await house.call("ben", "music.search", { query: "" })).toEqual({ artists: [], albums: [], songs: [] });
    expect((await house.call("ben", "music.album", { id: albums[0].id })).code).toBe("not-found");
    expect((await house.call("ben", "music.artist", { id: artists[0].id })).code).toBe("not-found");
    expect((await house.call("ben", "music.lyrics", { songId: own[0].id })).code).toBe("not-found");
    expect((await house.call("ben", "music.setStar", { kind: "song", ids: [own[0].id], isStarred: true })).code).toBe(
      "not-found",
    );
    expect((await house.call("ben", "music.createPlaylist", { name: "x", songIds: [own[0].id] })).code).toBe(
      "not-found",
    );
    for (const path of [`stream/${own[0].id}`, `piece/${own[0].id}/init`, `cover/album/${albums[0].id}`]) {
      expect((await house.fetchAs("ben", `/api/music/${path}`)).status).toBe(404);
    }
  });

  test("list ≡ filter(get) for somebody let into one folder", async () => {
    const { cloud } = house;
    const node = cloud.storage.resolve(cloud.homeOf("anna").id, ["Music", "The Lamps"]);
    const answer = await cloud.call("anna", "access.set", {
      resource: { kind: "node", id: node?.id },
      subject: { kind: "user", id: cloud.actor("ben").userId },
      effect: "allow",
      actions: ["read"],
    });
    if (answer.code !== undefined) throw new Error(JSON.stringify(answer));
    const { songs: all } = await house.call("anna", "music.songs");
    const { songs: listed } = await house.call("ben", "music.songs");
    const got: Song[] = [];
    for (const { id } of all as Song[]) {
      const one = await house.call("ben", "music.songs", { ids: [id] });
      got.push(...one.songs);
    }
    expect(titles(listed).toSorted()).toEqual(["Dawn", "Dusk", "Noon"]);
    expect(titles(got).toSorted()).toEqual(titles(listed).toSorted());
    expect(await house.call("ben", "music.overview")).toMatchObject({ songs: 3, albums: 1, artists: 1 });
    expect((await house.call("ben", "music.genres")).genres.map(({ name }: { name: string }) => name)).toEqual([
      "Folk",
      "Rock",
    ]);
  });
});

describe("words of songs", () => {
  test("a file beside a song that somebody may not read tells them nothing", async () => {
    const { cloud } = house;
    const { songs: found } = await house.call("ben", "music.songs", { query: "dawn" });
    const songId = found[0].id;
    expect((await house.call("ben", "music.lyrics", { songId })).lyrics).toHaveLength(1);
    const node = cloud.storage.resolve(cloud.homeOf("anna").id, ["Music", "The Lamps", "First Light", "01 Dawn.lrc"]);
    await cloud.call("anna", "access.set", {
      resource: { kind: "node", id: node?.id },
      subject: { kind: "user", id: cloud.actor("ben").userId },
      effect: "deny",
      actions: ["read"],
    });
    expect((await house.call("anna", "music.lyrics", { songId })).lyrics).toHaveLength(1);
    expect((await house.call("ben", "music.lyrics", { songId })).lyrics).toEqual([]);

    const told = async (name: string) => {
      const { songs } = await house.call(name, "music.songs", { query: "dawn" });
      const rule = (value: boolean) => ({ match: "all", rules: [{ field: "hasLyrics", is: "equal", value }] });
      const listed = async (value: boolean) => {
        const rules = { match: "all", groups: [rule(value)], sort: "title", isDescending: false, limit: 500 };
        return titles((await house.call(name, "music.trySmartRules", { rules, limit: 100 })).songs).includes("Dawn");
      };
      return [songs[0].hasLyrics, await listed(true), await listed(false)];
    };
    expect(await told("anna")).toEqual([true, true, false]);
    expect(await told("ben")).toEqual([false, false, true]);
  });

  test("texts made to keep the server busy are read like others", async () => {
    const songFile = "Music/The Lamps/First Light/03 Dusk";
    const fill = (text: string) => text.repeat(Math.floor(900_000 / text.length));
    writeFileSync(
      at(`${songFile}.ttml`),
      `<p begin="1.5s">One <span>two</span></p>${fill("<p ")}${fill("<")}`.slice(0, 990_000),
    );
    writeFileSync(at(`${songFile}.srt`), `1\n00:00:01,000 --> 00:00:02,000\n${fill("<")}`);
    writeFileSync(at(`${songFile}.de.ttml`), fill('<p begin="1">'));
    await settled();
    const { songs: found } = await house.call("anna", "music.songs", { query: "dusk" });
    const { lyrics } = await house.call("anna", "music.lyrics", { songId: found[0].id });
    const [first] = lyrics.filter(({ source }: { source: string }) => source.endsWith("Dusk.ttml"));
    expect(first.lines).toMatchObject([{ startMs: 1500, text: "One two" }]);
    for (const ending of ["ttml", "srt", "de.ttml"]) rmSync(at(`${songFile}.${ending}`));
    await settled();
  }, 60_000);
});

describe("what people do", () => {
  test("stars and ratings of each person, plays once for a moment", async () => {
    const { songs: found } = await house.call("anna", "music.songs", { query: "dusk" });
    const [{ id, albumId }] = found;
    await house.call("anna", "music.setStar", { kind: "song", ids: [id], isStarred: true });
    await house.call("anna", "music.setRating", { kind: "album", id: albumId, rating: 4 });
    for (let times = 0; times < 2; times += 1) {
      await house.call("anna", "music.notePlays", {
        plays: [
          { songId: id, atMs: 1_000 },
          { songId: id, atMs: 2_000 },
        ],
      });
    }
    const { songs: starred } = await house.call("anna", "music.songs", { sort: "starred" });
    expect(starred).toMatchObject([{ id, plays: 2, playedAtMs: 2_000 }]);
    expect((await house.call("anna", "music.albums", { sort: "frequent" })).albums).toMatchObject([
      { id: albumId, plays: 2, rating: 4 },
    ]);
    expect((await house.call("ben", "music.songs", { sort: "starred" })).songs).toEqual([]);
  });

  test("a smart list by rules, a list by hand in any order, an M3U file with what is missing", async () => {
    const rule = { field: "genre", is: "equal", value: "rock" };
    const made = await house.call("anna", "music.createPlaylist", {
      name: "Rock",
      rules: { groups: [{ rules: [rule, { field: "year", is: "atMost", value: 2005 }] }], sort: "title" },
    });
    const smart = await house.call("anna", "music.playlist", { id: made.playlist.id });
    expect(titles(smart.entries.map(({ song }: { song: Song }) => song))).toEqual(["Dawn", "Dusk", "Noon"]);

    const files = await house.call("anna", "music.playlistFiles");
    const imported = await house.call("anna", "music.importPlaylist", { nodeId: files.files[0].nodeId });
    expect(imported).toMatchObject({ found: 2, missing: ["lost.mp3"], playlist: { name: "list", songCount: 2 } });
    const { id } = imported.playlist;
    const before = await house.call("anna", "music.playlist", { id });
    const [first, second, third] = before.entries;
    await house.call("anna", "music.moveInPlaylist", { id, entryIds: [third.id, second.id], beforeEntryId: first.id });
    const after = await house.call("anna", "music.playlist", { id });
    expect(after.entries.map((entry: { id: number }) => entry.id)).toEqual([third.id, second.id, first.id]);
    const file = await (await house.fetchAs("anna", `/api/music/playlist/${id}.m3u8`)).text();
    expect(file.split("\n").slice(0, 4)).toEqual([
      "#EXTM3U",
      "#PLAYLIST:list",
      "#EXTINF:1,The Lamps – Dusk",
      "The Lamps/First Light/03 Dusk.flac",
    ]);
    expect((await house.call("ben", "music.playlist", { id })).code).toBe("not-found");
    await house.call("anna", "music.updatePlaylist", { id, sharing: "read" });
    const shared = await house.call("ben", "music.playlist", { id });
    expect(shared.entries.flatMap(({ song }: { song: Song | null }) => (song === null ? [] : [song.title]))).toEqual([
      "Dusk",
    ]);
    expect((await house.call("ben", "music.removeFromPlaylist", { id, entryIds: [first.id] })).code).toBe("forbidden");
    await house.call("anna", "music.removePlaylist", { id });
    expect((await house.call("anna", "music.playlist", { id })).code).toBe("not-found");
    await house.call("anna", "music.restorePlaylist", { id });
    expect((await house.call("anna", "music.playlist", { id })).entries.length).toBe(3);
  });

  test("who changes a shared list as a whole leaves in it what only others may see", async () => {
    const { songs: all } = await house.call("anna", "music.songs");
    const idOf = (title: string) => all.find((song: Song) => song.title === title)?.id;
    const made = await house.call("anna", "music.createPlaylist", {
      ...{ name: "Ours", sharing: "edit", songIds: [idOf("By Ada"), idOf("Dawn"), idOf("By Bob")] },
    });
    const { id } = made.playlist;
    expect(await house.call("ben", "music.setPlaylistSongs", { id, songIds: [idOf("Noon"), idOf("Dusk")] })).toEqual(
      {},
    );
    const { entries } = await house.call("anna", "music.playlist", { id });
    expect(titles(entries.map(({ song }: { song: Song }) => song)).toSorted()).toEqual([
      "By Ada",
      "By Bob",
      "Dusk",
      "Noon",
    ]);
  });

  test("the queue goes on elsewhere, without what is not there any more", async () => {
    const { songs: found } = await house.call("anna", "music.songs", { sort: "album" });
    const songIds = (found as Song[]).map(({ id }) => id);
    await house.call("anna", "music.saveQueue", { songIds, index: 2, positionMs: 400, savedBy: "desk" });
    const queue = await house.call("anna", "music.queue");
    expect(queue).toMatchObject({ index: 2, positionMs: 400, savedBy: "desk" });
    expect(queue.songs.map(({ id }: Song) => id)).toEqual(songIds);
    expect(await house.call("ben", "music.queue")).toMatchObject({ songs: [], savedAtMs: 0 });
  });
});

describe("what happens to files", () => {
  test("a moved album keeps its id, its stars and its places in playlists; a retagged song goes to another album", async () => {
    const before = (await house.call("anna", "music.albums", { query: "double" })).albums[0];
    await house.call("anna", "music.setStar", { kind: "album", ids: [before.id], isStarred: true });
    renameSync(at("Music/Duo"), at("Music/The Duo"));
    await settled();
    const moved = (await house.call("anna", "music.albums", { sort: "starred" })).albums;
    expect(moved).toMatchObject([{ id: before.id, title: "Double", songCount: 2 }]);

    const untagged = (await house.call("anna", "music.songs", { query: "bare name" })).songs[0];
    const path = at("Music/Nameless Band/Untagged/03 - Bare Name.ogg");
    songs.make(path, { title: "Named", album: "First Light", album_artist: "The Lamps", artist: "The Lamps" });
    await settled();
    const named = (await house.call("anna", "music.songs", { query: "named" })).songs[0];
    expect(named).toMatchObject({ id: untagged.id, title: "Named", albumTitle: "First Light" });
    expect((await house.call("anna", "music.albums", { query: "untagged" })).total).toBe(0);
  }, 30_000);

  test("a picture beside the songs is the cover, also when it comes later", async () => {
    const find = async () => (await house.call("anna", "music.albums", { query: "sampler" })).albums[0];
    const { id, hasCover } = await find();
    expect(hasCover).toBe(false);
    songs.run(["-f", "lavfi", "-i", "color=red:s=300x300", "-frames:v", "1", at("Music/Mixed/Sampler/folder.jpg")]);
    await settled();
    expect((await find()).hasCover).toBe(true);
    const picture = await house.fetchAs("anna", `/api/music/cover/album/${id}?size=100`);
    expect(picture.headers.get("content-type")).toBe("image/webp");
    expect((await picture.bytes()).length).toBeGreaterThan(50);
    // A drawing under the name of a photograph is none.
    writeFileSync(
      at("Music/Mixed/Sampler/folder.jpg"),
      `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>`,
    );
    await settled();
    expect((await house.fetchAs("anna", `/api/music/cover/album/${id}?size=100`)).status).toBe(404);
  }, 30_000);

  test("songs that are deleted vanish with their album; the star waits for them", async () => {
    const album = (await house.call("anna", "music.albums", { query: "double" })).albums[0];
    const aside = join(songs.folder, "aside");
    mkdirSync(aside);
    renameSync(at("Music/The Duo"), join(aside, "The Duo"));
    await settled();
    expect((await house.call("anna", "music.albums", { query: "double" })).total).toBe(0);
    expect((await house.call("anna", "music.albums", { sort: "starred" })).albums).toEqual([]);
    renameSync(join(aside, "The Duo"), at("Music/The Duo"));
    await settled();
    expect((await house.call("anna", "music.albums", { sort: "starred" })).albums).toMatchObject([{ id: album.id }]);
    rmSync(aside, { recursive: true });
  }, 30_000);

  test("a cover that is closed to somebody is none for them; one inside a song that they may hear is", async () => {
    const album = at("Music/The Duo/Double");
    const picture = join(songs.folder, "picture.jpg");
    songs.run(["-f", "lavfi", "-i", "color=green:s=300x300", "-frames:v", "1", picture]);
    copyFileSync(picture, join(album, "cover.jpg"));
    await settled();
    const { cloud } = house;
    const disc = cloud.storage.resolve(cloud.homeOf("anna").id, ["Music", "The Duo", "Double", "CD1"]);
    await cloud.call("anna", "access.set", {
      resource: { kind: "node", id: disc?.id },
      subject: { kind: "user", id: cloud.actor("ben").userId },
      effect: "allow",
      actions: ["read"],
    });
    const seenBy = async (name: string) => {
      const { albums } = await house.call(name, "music.albums", { query: "double" });
      const { artists } = await house.call(name, "music.artists", { query: "duo" });
      const { songs: found } = await house.call(name, "music.songs", { query: "part 1" });
      const { status } = await house.fetchAs(name, `/api/music/cover/album/${albums[0].id}?size=100`);
      const [shown] = albums as Album[];
      const all = [shown, artists[0], found[0]].map(({ hasCover }: { hasCover: boolean }) => hasCover);
      return { all, version: shown?.coverVersion, isServed: status === 200 };
    };
    const anna = await seenBy("anna");
    expect(anna).toMatchObject({ all: [true, true, true], isServed: true });
    expect(await seenBy("ben")).toEqual({ all: [false, false, false], version: "", isServed: false });

    const [song, changed] = [join(album, "CD1/1 - Part 1.m4a"), join(songs.folder, "with-picture.m4a")];
    songs.run([
      "-i",
      song,
      "-i",
      picture,
      "-map",
      "0",
      "-map",
      "1",
      "-c",
      "copy",
      "-disposition:v",
      "attached_pic",
      changed,
    ]);
    renameSync(changed, song);
    await settled();
    const ben = await seenBy("ben");
    expect(ben).toMatchObject({ all: [true, true, true], isServed: true });
    expect(ben.version).not.toBe(anna.version);
  }, 60_000);
});
