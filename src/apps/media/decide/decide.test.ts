import { describe, expect, test } from "bun:test";
import { decide } from "./decide.ts";
import { profiles } from "./profiles.ts";
import { createStrikeBook } from "./strike-book.ts";
import { struckBy } from "./strikes.ts";
import { anything, idle, media, picture, plan, sound, subtitle } from "./testing.ts";

const { browser, player, dlna } = profiles;

describe("the order of methods", () => {
  test("what the browser plays is played as it is", () => {
    const { method, label, cost, reasons } = plan(decide(media(), browser, anything, idle));
    expect({ method, label, cost, reasons }).toEqual({
      method: "direct",
      label: "Original, direct",
      cost: { machineShare: 0, realtimeFactor: null },
      reasons: [],
    });
  });

  test("another container is copied into pieces, with the original before rungs", () => {
    const { method, rungs, label, wouldAvoid } = plan(
      decide(media({ container: "matroska" }), browser, anything, idle),
    );
    expect(method).toBe("copy");
    expect(rungs.map(({ id }) => id)).toEqual(["original", "1080p", "720p", "480p", "360p", "240p"]);
    expect(label).toBe("Original, repackaged: your browser cannot open Matroska (MKV) files");
    expect(wouldAvoid).toEqual(["A player that opens any file, such as VLC, Kodi or mpv"]);
  });

  test("unknown sound alone is made anew", () => {
    const audio = [sound({ codec: "dts", channels: 6, bitsPerSecond: 1_500_000 })];
    const made = plan(decide(media({ container: "matroska", audio }), browser, anything, idle));
    expect(made.method).toBe("audio");
    expect(made.label).toBe("Original picture, your browser cannot play DTS sound");
    expect(made.audio[0]).toMatchObject({ id: "a1-aac2", action: "transcode", codec: "aac", channels: 2 });
    const wide = { ...browser, maxChannels: 6, audio: browser.audio.map((can) => ({ ...can, maxChannels: 6 })) };
    expect(plan(decide(media({ audio }), wide, anything, idle)).audio[0]).toMatchObject({ id: "a1-aac6", channels: 6 });
  });

  test("hardware before software, software when hardware was struck or must draw", () => {
    const hevc = media({ video: [picture({ codec: "hevc", bitDepth: 10 })] });
    const hardware = { codecs: ["h264"], factor: { 1080: 8 } };
    const quick = plan(decide(hevc, browser, anything, { ...idle, hardware }));
    expect(quick.method).toBe("hardware");
    expect(quick.label).toBe("1080p, your browser cannot play HEVC");
    const struck = { ...anything, strikes: [struckBy(quick, { part: "video", message: "" }) ?? ""] };
    expect(plan(decide(hevc, browser, struck, { ...idle, hardware })).method).toBe("software");
    const drawn = media({ subtitles: [subtitle({ codec: "hdmv_pgs_subtitle", form: "image" })] });
    const burnt = plan(decide(drawn, browser, { ...anything, subtitleIndex: 5 }, { ...idle, hardware }));
    expect({ method: burnt.method, burnsIn: burnt.burnsIn }).toEqual({ method: "software", burnsIn: 5 });
  });
});

describe("subtitles", () => {
  const drawing = { ...browser, subtitles: { ...browser.subtitles, styled: true, image: true } };
  const of = (codec: string, form: "text" | "image", client = drawing) =>
    plan(decide(media({ subtitles: [subtitle({ codec, form })] }), client, { ...anything, subtitleIndex: 5 }, idle));

  test("what the page draws itself costs no picture; what nobody draws there is burnt in, with the reason", () => {
    expect(of("ass", "text")).toMatchObject({ method: "direct", subtitles: [{ action: "ass" }], burnsIn: null });
    expect(of("ass", "text", browser).subtitles).toEqual([{ index: 5, action: "webvtt" }]);
    const disc = of("hdmv_pgs_subtitle", "image");
    expect(disc).toMatchObject({ method: "direct", subtitles: [{ action: "image" }], burnsIn: null });
    // Pictures of DVDs have another form.
    for (const [codec, client] of [
      ["dvd_subtitle", drawing],
      ["hdmv_pgs_subtitle", browser],
    ] as const) {
      const burnt = of(codec, "image", client);
      expect(burnt).toMatchObject({ method: "software", burnsIn: 5, subtitles: [{ action: "burn" }] });
      expect(burnt.reasons.map(({ code }) => code)).toContain("subtitles-must-be-burnt-in");
    }
  });
});

describe("sound tracks", () => {
  const audio = [
    sound({ index: 1, language: "eng", isDefault: true }),
    sound({ index: 2, language: "ger" }),
    sound({ index: 3, language: "deu", isCommentary: true }),
  ];

  test("the person's language counts, a commentary does not; a file's second track needs pieces in a browser", () => {
    const german = { ...anything, languages: ["de"] };
    const made = plan(decide(media({ audio }), browser, german, idle));
    expect(made.method).toBe("copy");
    expect(made.audio.find(({ isDefault }) => isDefault)?.index).toBe(2);
    expect(made.reasons[0]?.code).toBe("audio-track-is-not-the-first");
    expect(plan(decide(media({ audio }), player, german, idle)).method).toBe("direct");
  });
});

describe("limits", () => {
  test("a limit of height or bits makes a smaller picture, and says why", () => {
    const small = plan(decide(media(), browser, { ...anything, maxHeight: 720 }, idle));
    expect(small.label).toBe("720p, pictures above 720p are not sent to you");
    const slow = plan(decide(media(), { ...browser, bitsPerSecond: 3_200_000 }, anything, idle));
    expect(slow.startRung).toBe("720p");
    expect(slow.wouldAvoid).toEqual(["A faster connection (the original needs 8.2 Mb/s)"]);
    expect(plan(decide(media(), browser, { ...anything, rung: "480p" }, idle)).label).toBe("480p, as chosen");
  });

  test("Dolby Vision without a fallback is refused rather than shown green", () => {
    const film = media({ video: [picture({ codec: "hevc", range: "dolby-vision", dolbyProfile: 5, bitDepth: 10 })] });
    expect(decide(film, browser, anything, idle)).toMatchObject({ kind: "refusal", why: "impossible" });
    expect(plan(decide(film, player, anything, idle)).method).toBe("direct");
  });

  test("a busy, hot or weak machine: smaller, or a refusal that says what to do", () => {
    const film = media({ video: [picture({ codec: "hevc", width: 3840, height: 2160, bitsPerSecond: 40_000_000 })] });
    const weak = plan(decide(film, browser, anything, { ...idle, softwareFactor: { 720: 0.9 } }));
    expect(weak.startRung).toBe("480p");
    expect(weak.reasons.map(({ code }) => code)).toContain("machine-too-slow");
    const busy = decide(film, browser, anything, { ...idle, usedShare: 0.95 });
    expect(busy).toMatchObject({ kind: "refusal", why: "busy" });
    if (busy.kind === "refusal") {
      expect(busy.text).toBe("It cannot be played now: the server is busy with other playback. Try again in a while.");
    }
    const hot = decide(film, browser, anything, { ...idle, temperatureCelsius: 91 });
    expect(hot).toMatchObject({ kind: "refusal", why: "busy" });
    // What costs nothing is played on the hottest machine.
    expect(plan(decide(media(), browser, anything, { ...idle, temperatureCelsius: 91 })).method).toBe("direct");
  });

  test("combs and a missing subtitle are better than nothing", () => {
    const off = { ...anything, allowsTranscoding: false, subtitleIndex: 5 };
    const combed = media({
      video: [picture({ isInterlaced: true })],
      subtitles: [subtitle({ codec: "dvd_subtitle", form: "image" })],
    });
    const made = plan(decide(combed, browser, off, idle));
    expect(made.method).toBe("direct");
    expect(made.subtitles).toEqual([{ index: 5, action: "none" }]);
    expect(plan(decide(combed, browser, anything, idle)).rungs[0]).toMatchObject({ deinterlaces: true });
  });

  test("no index of key frames, or sparse ones: the picture is not copied", () => {
    const film = media({ container: "matroska" }, { keyframes: "unknown" });
    expect(plan(decide(film, browser, anything, idle)).method).toBe("software");
    expect(decide(film, dlna, anything, idle).kind).toBe("plan");
    expect(decide(media({ container: "asf" }), dlna, anything, idle)).toMatchObject({ why: "impossible" });
  });

  test("nothing inside is said", () => {
    const empty = decide(media({ video: [], audio: [] }), browser, anything, idle);
    expect(empty).toMatchObject({ kind: "refusal", reasons: [{ code: "nothing-to-play" }] });
  });
});

describe("strikes", () => {
  test("hold for the film at once, for all with the second film, and for this client alone", () => {
    const book = createStrikeBook();
    const phone = { ...browser, maxChannels: 6 };
    book.add(1, browser, 10, "file:mp4");
    expect([book.of(1, browser, 10), book.of(1, browser, 11)]).toEqual([["file:mp4"], []]);
    book.add(1, browser, 11, "file:mp4");
    expect(book.of(1, { ...browser, maxHeight: 720, bitsPerSecond: 9_000_000 }, 12)).toEqual(["file:mp4"]);
    expect([book.of(1, phone, 10), book.of(2, browser, 10)]).toEqual([[], []]);
    for (let key = 0; key < 500; key += 1) book.add(1, phone, 10, `rung:${key}`);
    expect(book.of(1, phone, 10)).toHaveLength(100);
  });
});
