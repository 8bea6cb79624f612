import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { SubtitleTrack, VideoTrack } from "#apps/media/probe";
import { type ClientCapabilities, Plan as PlanSchema, type VideoCapability } from "#contract/apps/media/decide";
import { decide } from "./decide.ts";
import { classOf, shownFrame } from "./frame.ts";
import { profiles } from "./profiles.ts";
import { struckBy } from "./strikes.ts";
import { anything, idle, media, picture, sound, subtitle } from "./testing.ts";
import type { Decision, Load, PlaybackPolicy, PlayedMedia } from "./types.ts";

const { browser, player, television } = profiles;

describe("for all media, clients, policies and loads", () => {
  const pictures = fc
    .record({
      codec: fc.constantFrom("h264", "hevc", "av1", "mpeg2video", "mpeg4"),
      size: fc.constantFrom([3840, 2160], [1920, 1080], [1920, 800], [1280, 720], [720, 576], [320, 180], [33, 17]),
      rotation: fc.constantFrom(0, 90, 270),
      pixelAspect: fc.constantFrom<[number, number]>([1, 1], [16, 11], [4, 3]),
      frameRate: fc.constantFrom<[number, number] | null>([24_000, 1001], [25, 1], [60, 1], null),
      isInterlaced: fc.boolean(),
      bitDepth: fc.constantFrom(8, 10),
      range: fc.constantFrom<VideoTrack["range"]>("sdr", "sdr", "hdr10", "hlg", "dolby-vision"),
      dolbyProfile: fc.constantFrom(null, 5, 8),
      bitsPerSecond: fc.option(fc.integer({ min: 100_000, max: 80_000_000 })),
    })
    .map(({ size: [width = 2, height = 2], ...rest }) => picture({ ...rest, width, height }));
  const sounds = fc.array(
    fc.record({
      codec: fc.constantFrom("aac", "ac3", "dts", "opus", "flac"),
      channels: fc.constantFrom(1, 2, 6, 8),
      language: fc.constantFrom(null, "eng", "ger"),
      isDefault: fc.boolean(),
      bitsPerSecond: fc.option(fc.integer({ min: 64_000, max: 4_000_000 })),
    }),
    { maxLength: 3 },
  );
  const anyMedia = fc
    .record({
      container: fc.constantFrom("mp4", "matroska", "avi", "webm"),
      video: fc.option(pictures),
      audio: sounds,
      form: fc.constantFrom<SubtitleTrack["form"]>("text", "image"),
      keyframes: fc.constantFrom<PlayedMedia["keyframes"]>("known", "known", "unknown", "sparse"),
      bitsPerSecond: fc.option(fc.integer({ min: 100_000, max: 90_000_000 })),
    })
    .map(({ container, video, audio, form, keyframes, bitsPerSecond }) =>
      media(
        {
          container,
          bitsPerSecond,
          video: video === null ? [] : [video],
          audio: audio.map((track, at) => sound({ ...track, index: at + 1 })),
          subtitles: [subtitle({ form, codec: form === "text" ? "subrip" : "hdmv_pgs_subtitle" })],
        },
        { keyframes },
      ),
    );
  const ways = fc.constantFrom<("file" | "hls")[]>(["file"], ["hls"], ["file", "hls"]);
  const videoCapability: fc.Arbitrary<VideoCapability> = fc.record({
    codec: fc.constantFrom("h264", "hevc", "av1"),
    ways,
    maxWidth: fc.constantFrom(1280, 1920, 4096),
    maxHeight: fc.constantFrom(720, 1080, 2304),
    maxFramesPerSecond: fc.constantFrom(30, 60),
    maxBitDepth: fc.constantFrom(8, 10),
    maxBitsPerSecond: fc.option(fc.constantFrom(10_000_000, 40_000_000)),
    maxLevel: fc.option(fc.constantFrom(40, 51, 153)),
  });
  const anyClient: fc.Arbitrary<ClientCapabilities> = fc.record({
    name: fc.constant("your browser"),
    containers: fc.subarray(["mp4", "matroska", "webm"]),
    video: fc.array(videoCapability, { maxLength: 3 }).map((more) => [...browser.video, ...more]),
    audio: fc
      .array(fc.record({ codec: fc.constantFrom("ac3", "opus", "aac"), ways, maxChannels: fc.constantFrom(2, 6) }), {
        maxLength: 2,
      })
      .map((more) => [...browser.audio, ...more]),
    hdr: fc.subarray(["hdr10", "hlg", "dolby-vision"]),
    subtitles: fc.record({
      text: fc.boolean(),
      styled: fc.boolean(),
      image: fc.boolean(),
      embedded: fc.constant(false),
    }),
    switchesAudioInFile: fc.boolean(),
    deinterlaces: fc.boolean(),
    maxChannels: fc.constantFrom(2, 6),
    maxHeight: fc.option(fc.constantFrom(720, 844, 1080, 2160)),
    bitsPerSecond: fc.option(fc.integer({ min: 200_000, max: 100_000_000 })),
  });
  const anyPolicy: fc.Arbitrary<PlaybackPolicy> = fc.record({
    maxHeight: fc.option(fc.constantFrom(480, 720, 1080)),
    maxBitsPerSecond: fc.option(fc.integer({ min: 300_000, max: 30_000_000 })),
    allowsTranscoding: fc.boolean(),
    audioIndex: fc.option(fc.integer({ min: 1, max: 3 })),
    subtitleIndex: fc.option(fc.constant(5)),
    languages: fc.subarray(["de", "en"]),
    rung: fc.option(fc.constantFrom("original", "720p", "360p")),
    strikes: fc.constant([]),
  });
  const anyLoad: fc.Arbitrary<Load> = fc.record({
    softwareFactor: fc.constantFrom<Record<number, number>>({}, { 720: 1 }, { 720: 4, 1080: 2 }),
    cores: fc.constantFrom(1, 2, 16),
    hardware: fc.option(fc.constant({ codecs: ["h264"], factor: { 1080: 6 } })),
    usedShare: fc.constantFrom(0, 0.3, 0.9),
    freeMemoryBytes: fc.constantFrom(200 * 2 ** 20, 8 * 2 ** 30),
    temperatureCelsius: fc.option(fc.constantFrom(40, 90)),
    maxTemperatureCelsius: fc.constant(85),
  });
  const everything = [anyMedia, anyClient, anyPolicy, anyLoad] as const;
  const runs = { numRuns: 500 };
  const slowMachineMs = 60_000;

  test(
    "never upscales, never exceeds a limit of the household, is a valid plan that says why",
    () => {
      fc.assert(
        fc.property(...everything, (played, client, policy, load) => {
          const made = decide(played, client, policy, load);
          if (made.kind === "refusal") return made.reasons.length > 0 && made.text.length > 10;
          PlanSchema.parse(made);
          const video = played.facts.video[0];
          if (video === undefined) return made.rungs.length === 0;
          const frame = shownFrame(video);
          const heard = made.audio.find(({ isDefault }) => isDefault)?.bitsPerSecond ?? 0;
          for (const rung of made.rungs) {
            expect(rung.width).toBeLessThanOrEqual(Math.max(2, frame.width));
            expect(rung.height).toBeLessThanOrEqual(Math.max(2, frame.height));
            if (policy.maxHeight !== null) expect(classOf(rung)).toBeLessThanOrEqual(policy.maxHeight);
            if (rung.encoder === "copy") continue;
            expect(rung.machineShare + load.usedShare).toBeLessThanOrEqual(1);
            if (policy.maxBitsPerSecond !== null) {
              expect(rung.maxBitsPerSecond + heard).toBeLessThanOrEqual(policy.maxBitsPerSecond);
            }
          }
          if (made.method === "direct" && policy.maxHeight !== null) {
            expect(classOf(frame)).toBeLessThanOrEqual(policy.maxHeight);
          }
          if (made.method !== "direct") expect(made.reasons.length).toBeGreaterThan(0);
          if (!policy.allowsTranscoding) expect(["direct", "copy"]).toContain(made.method);
          return true;
        }),
        runs,
      );
    },
    slowMachineMs,
  );

  const order = ["direct", "copy", "audio", "hardware", "software"];
  const rankOf = (made: Decision) => (made.kind === "plan" ? order.indexOf(made.method) : order.length);
  const sizeOf = (made: Decision, played: PlayedMedia) => {
    if (made.kind === "refusal") return 0;
    const video = played.facts.video[0];
    const start = made.rungs.find(({ id }) => id === made.startRung);
    const frame = start ?? (video === undefined ? { width: 0, height: 0 } : shownFrame(video));
    return frame.width * frame.height;
  };

  test(
    "more bandwidth, and more that the client can do, never make it worse",
    () => {
      fc.assert(
        fc.property(...everything, videoCapability, (played, client, policy, load, more) => {
          const before = decide(played, client, policy, load);
          const faster = client.bitsPerSecond === null ? null : client.bitsPerSecond * 2;
          const abler: ClientCapabilities[] = [
            { ...client, bitsPerSecond: faster },
            { ...client, video: [...client.video, more] },
            { ...client, containers: ["*"] },
            { ...client, audio: [...client.audio, { codec: "dts", ways: ["file", "hls"], maxChannels: 8 }] },
            { ...client, subtitles: { text: true, styled: true, image: true, embedded: true } },
          ];
          for (const better of abler) {
            const after = decide(played, better, policy, load);
            expect(rankOf(after)).toBeLessThanOrEqual(rankOf(before));
            if (rankOf(after) === rankOf(before)) {
              expect(sizeOf(after, played)).toBeGreaterThanOrEqual(sizeOf(before, played));
            }
          }
        }),
        runs,
      );
    },
    slowMachineMs,
  );

  test(
    "each strike changes the plan, and they come to an end",
    () => {
      const parts = fc.array(fc.constantFrom("container", "video", "audio", "unknown"), {
        minLength: 30,
        maxLength: 30,
      });
      fc.assert(
        fc.property(...everything, parts, (played, client, policy, load, failures) => {
          const strikes: string[] = [];
          for (const part of failures) {
            const made = decide(played, client, { ...policy, strikes }, load);
            if (made.kind === "refusal") return;
            expect(made.uses.filter((key) => strikes.includes(key))).toEqual([]);
            const key = struckBy(made, { part, message: "" });
            if (key === undefined) {
              expect(made.uses).toEqual([]);
              return;
            }
            strikes.push(key);
          }
          throw new Error(`it goes on for ever: ${strikes.join(", ")}`);
        }),
        { numRuns: 200 },
      );
    },
    slowMachineMs,
  );

  test(
    "whatever is supported is played as it is",
    () => {
      fc.assert(
        fc.property(anyMedia, anyLoad, (played, load) => {
          const made = decide(played, player, anything, load);
          const hasAny = played.facts.video.length + played.facts.audio.length > 0;
          expect(made.kind === "plan" ? made.method : "none").toBe(hasAny ? "direct" : "none");
        }),
        runs,
      );
    },
    slowMachineMs,
  );

  test(
    "a profile makes a plan for an ordinary film",
    () => {
      for (const client of [browser, television, player, profiles.chromecast]) {
        const film = media({ container: "matroska", audio: [sound({ codec: "ac3", channels: 6 })] });
        expect(decide(film, client, anything, idle).kind).toBe("plan");
      }
    },
    slowMachineMs,
  );
});
