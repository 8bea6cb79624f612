// needs: ffmpeg
import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { truncateSync, writeFileSync } from "node:fs";
import { Broken } from "./broken.ts";
import { type FileToProbe, probeFile } from "./probe-file.ts";
import { openTestFilms, picture, tone, x264 } from "./testing.ts";
import type { MediaFacts } from "./types.ts";

setDefaultTimeout(60_000);
const films = openTestFilms();
afterAll(films.close);

const probe = (name: string, kind: FileToProbe["kind"] = "video"): Promise<MediaFacts> =>
  films.opened(name, kind, (file) => probeFile(films, file));

const subtitles = "1\n00:00:00,500 --> 00:00:01,500\nHello\n";
const chapters = ";FFMETADATA1\ntitle=A Film\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1000\ntitle=One\n";

describe("films", () => {
  test("tracks, chapters, fonts and tags of a Matroska file", async () => {
    writeFileSync(films.path("s.srt"), subtitles);
    writeFileSync(films.path("c.txt"), chapters);
    writeFileSync(films.path("font.ttf"), "no real font");
    const sound = [
      "-c:a:0",
      "ac3",
      "-metadata:s:a:0",
      "language=ger",
      "-c:a:1",
      "aac",
      "-metadata:s:a:1",
      "title=Commentary",
    ];
    const text = [
      "-c:s",
      "srt",
      "-metadata:s:s:0",
      "language=eng",
      "-metadata:s:s:0",
      "title=English SDH",
      "-disposition:s:0",
      "forced",
    ];
    await films.make(
      ...[...picture(2, "24000/1001"), ...tone(2), "-i", "s.srt", "-i", "c.txt", "-map", "0", "-map", "1", "-map", "1"],
      ...[
        "-map",
        "2",
        "-map_metadata",
        "3",
        ...x264,
        "-profile:v",
        "high",
        "-level",
        "4.0",
        "-bf",
        "2",
        ...sound,
        ...text,
      ],
      ...["-attach", "font.ttf", "-metadata:s:t", "mimetype=font/ttf", "film.mkv"],
    );
    const facts = await probe("film.mkv");
    expect(facts).toMatchObject({
      container: "matroska",
      video: [{ index: 0, codec: "h264", width: 160, height: 90, frameRate: [24000, 1001], rotation: 0, range: "sdr" }],
      audio: [
        { index: 1, codec: "ac3", codecString: "ac-3", language: "ger", isCommentary: false },
        { index: 2, codec: "aac", codecString: "mp4a.40.2", language: null, isCommentary: true, channels: 1 },
      ],
      subtitles: [
        { index: 3, codec: "subrip", form: "text", language: "eng", isForced: true, isHearingImpaired: true },
      ],
      chapters: [{ startMs: 0, endMs: 1000, title: "One" }],
      fonts: [{ index: 4, name: "font.ttf" }],
      tags: { title: ["A Film"] },
    });
    expect(facts.video[0]?.codecString).toMatch(/^avc1\.4D4028$/);
    expect(Math.abs((facts.durationMs ?? 0) - 2000)).toBeLessThan(60);
  });

  test("rotation, pixel aspect, depth and range", async () => {
    await films.make(...picture(1), ...x264, "flat.mp4");
    await films.make("-i", "flat.mp4", "-c", "copy", "-metadata:s:v:0", "rotate=270", "turned.mp4");
    expect((await probe("turned.mp4")).video[0]?.rotation).toBe(90);
    await films.make(...picture(1), "-vf", "setsar=4/3", ...x264, "wide.mp4");
    const hdr = ["-pix_fmt", "yuv420p10le", "-color_primaries", "bt2020", "-colorspace", "bt2020nc", "-tag:v", "hvc1"];
    for (const [name, transfer] of [
      ["hdr", "smpte2084"],
      ["hlg", "arib-std-b67"],
    ] as const) {
      const x265 = `log-level=error:colorprim=bt2020:transfer=${transfer}:colormatrix=bt2020nc`;
      await films.make(
        ...picture(1),
        "-c:v",
        "libx265",
        "-x265-params",
        x265,
        "-color_trc",
        transfer,
        ...hdr,
        `${name}.mp4`,
      );
    }
    expect((await probe("wide.mp4")).video[0]).toMatchObject({ pixelAspect: [4, 3], width: 160, height: 90 });
    const [deep] = (await probe("hdr.mp4")).video;
    expect(deep).toMatchObject({ range: "hdr10", bitDepth: 10, codec: "hevc" });
    expect(deep?.codecString).toMatch(/^hvc1\.2\.4\.L\d+\.9[08]$/);
    expect((await probe("hlg.mp4")).video[0]?.range).toBe("hlg");
  });

  test("a rate that varies is none, and a cover is no film", async () => {
    const thin = "select='not(mod(n,3))+lt(n,20)'";
    await films.make(...picture(3, "30"), "-vf", thin, "-fps_mode", "vfr", ...x264, "irregular.mp4");
    expect((await probe("irregular.mp4")).video[0]?.frameRate).toBeNull();
    await films.make(...picture(1), "-frames:v", "1", "cover.jpg");
    await films.make(
      ...tone(1),
      "-i",
      "cover.jpg",
      "-map",
      "0",
      "-map",
      "1",
      "-disposition:v",
      "attached_pic",
      "-c:v",
      "copy",
      "song.m4a",
    );
    const facts = await probe("song.m4a", "audio");
    expect(facts.video).toEqual([]);
    expect(facts.covers).toEqual([{ index: 1, codec: "mjpeg" }]);
  });

  test("names of codecs", async () => {
    const made: Readonly<Record<string, readonly [readonly string[], RegExp]>> = {
      "a.webm": [["-c:v", "libvpx-vp9", "-deadline", "realtime"], /^vp09\.00\.10\.08$/],
      "b.mp4": [["-c:v", "libsvtav1", "-preset", "12"], /^av01\.0\.00M\.08$/],
      "c.ts": [[...x264, "-profile:v", "baseline"], /^avc1\.42C0/],
      "d.ts": [["-c:v", "libx265", "-x265-params", "log-level=error"], /^hvc1\.1\.6\.L\d+\.90$/],
    };
    for (const [name, [codec, expected]] of Object.entries(made)) {
      await films.make(...picture(1), ...codec, name);
      expect((await probe(name)).video[0]?.codecString ?? "").toMatch(expected);
    }
  });
});

describe("music", () => {
  const tags = [
    "-metadata",
    "title=Song",
    "-metadata",
    "album=Record",
    "-metadata",
    "track=3/12",
    "-metadata",
    "disc=1/2",
  ];
  const more = [
    "-metadata",
    "album_artist=Band",
    "-metadata",
    "REPLAYGAIN_TRACK_GAIN=-7.20 dB",
    "-metadata",
    "artist=Singer",
  ];
  const codecs = { mp3: "libmp3lame", flac: "flac", ogg: "libvorbis", opus: "libopus", m4a: "aac" };
  for (const [ending, codec] of Object.entries(codecs)) {
    test(`${ending} is read as ffprobe reads it`, async () => {
      await films.make(...tone(3), "-ac", "2", "-c:a", codec, ...tags, ...more, `song.${ending}`);
      const facts = await probe(`song.${ending}`, "audio");
      const byFfprobe = await probe(`song.${ending}`, "video");
      expect(facts.audio[0]).toMatchObject({
        codec: byFfprobe.audio[0]?.codec ?? "",
        codecString: byFfprobe.audio[0]?.codecString ?? null,
        channels: 2,
        samplesPerSecond: byFfprobe.audio[0]?.samplesPerSecond ?? 0,
      });
      expect(facts.container).toBe(byFfprobe.container);
      expect(Math.abs((facts.durationMs ?? 0) - (byFfprobe.durationMs ?? 0))).toBeLessThan(60);
      expect(facts.tags).toMatchObject({
        title: ["Song"],
        album: ["Record"],
        artist: ["Singer"],
        albumartist: ["Band"],
        tracknumber: ["3"],
        tracktotal: ["12"],
      });
      if (ending !== "m4a") expect(facts.tags["replaygain_track_gain"]).toEqual(["-7.20 dB"]);
    });
  }

  test("lyrics without times in ID3", async () => {
    await films.make(...tone(1), "-c:a", "libmp3lame", "-id3v2_version", "0", "plain.mp3");
    const text = Buffer.from("\0eng\0La\nla", "latin1");
    const frame = Buffer.concat([Buffer.from("USLT\0\0\0"), Buffer.of(text.length, 0, 0), text]);
    const tag = Buffer.concat([Buffer.from("ID3\x03\0\0\0\0\0"), Buffer.of(frame.length), frame]);
    const sound = await Bun.file(films.path("plain.mp3")).bytes();
    writeFileSync(films.path("sung.mp3"), Buffer.concat([tag, sound]));
    expect((await probe("sung.mp3", "audio")).tags["lyrics"]).toEqual(["La\nla"]);
  });

  test("several artists, a cover and lyrics stay what they are", async () => {
    await films.make(...picture(1), "-frames:v", "1", "front.png");
    await films.make(
      ...[...tone(1), "-i", "front.png", "-map", "0", "-map", "1", "-c:a", "flac", "-c:v", "copy"],
      ...["-disposition:v", "attached_pic", "-metadata", "LYRICS=La\nla", "-metadata", "artist=A;B", "two.flac"],
    );
    const facts = await probe("two.flac", "audio");
    expect(facts.covers).toHaveLength(1);
    expect(facts.tags["lyrics"]).toEqual(["La\nla"]);
    const cover = await films.opened("two.flac", "audio", ({ fd, sizeBytes, name }) =>
      films.audio.cover({ fd, sizeBytes, name }),
    );
    expect(cover?.contentType).toBe("image/png");
    expect(cover?.bytes.length).toBeGreaterThan(50);
  });
});

test("pictures give their size and how they are to be turned", async () => {
  await films.make(...picture(1), "-frames:v", "1", "photo.jpg");
  expect(await probe("photo.jpg", "image")).toMatchObject({
    container: "jpeg",
    picture: { width: 160, height: 90, orientation: 1 },
  });
});

describe("files made badly, or to do harm, are called broken with a reason", () => {
  const zeros = new Uint8Array(5000);
  const hostile: Readonly<Record<string, string | Uint8Array>> = {
    "empty.mp4": "",
    "text.mkv": "this is a letter",
    "zeros.mp3": zeros,
    "list.mp4": "#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/secret.ts\n",
    "concat.mp4": "ffconcat version 1.0\nfile /etc/passwd\n",
    "huge-claim.mp4": Buffer.concat([
      Buffer.from("00000018667479706d70343200000000", "hex"),
      Buffer.from("fffffff06d6f6f76", "hex"),
      zeros,
    ]),
    "endless.mkv": Buffer.concat([Buffer.from("1a45dfa3a342868101", "hex"), zeros]),
    "id3-only.mp3": Buffer.concat([Buffer.from("49443304000000000010", "hex"), Buffer.alloc(16)]),
  };
  for (const [name, bytes] of Object.entries(hostile)) {
    for (const kind of ["video", "audio", "image"] as const) {
      test(`${name} as ${kind}`, async () => {
        writeFileSync(films.path(name), bytes);
        const failure = await probe(name, kind).catch((error: unknown) => error);
        expect(failure).toBeInstanceOf(Broken);
        expect((failure as Error).message).toMatch(/^[A-Z].{10,}\.$/);
        expect((failure as Error).message).not.toContain("/proc");
      });
    }
  }

  test("a file that lost its end, where its index was", async () => {
    await films.make(...picture(2), ...x264, "whole.mp4");
    truncateSync(films.path("whole.mp4"), 5000);
    const failure = await probe("whole.mp4").catch((error: unknown) => error);
    expect(String(failure)).toContain("cut short");
  });

  test("a thousand tracks", async () => {
    const maps = Array.from({ length: 300 }, () => ["-map", "0"]).flat();
    await films.make(...tone(1), ...maps, "-c:a", "pcm_s16le", "-t", "0.1", "many.mkv");
    const failure = await probe("many.mkv").catch((error: unknown) => error);
    expect(String(failure)).toContain("300 tracks");
  });
});
