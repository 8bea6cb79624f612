import type { AudioTrack, MediaFacts, VideoTrack } from "#apps/media/probe";
import type { ClientCapabilities, Method, Plan, Reason, Rung } from "#contract/apps/media/decide";
import { adviceOn, labelOf } from "./advice.ts";
import { soundShare } from "./cost.ts";
import { heights, shownFrame } from "./frame.ts";
import { type Ladder, ladderOf } from "./ladder.ts";
import { againstLimits, limitsOf, type Limits } from "./limits.ts";
import { containerName } from "./names.ts";
import { againstPicture, isDolbyOnly } from "./picture.ts";
import { againstSound, bitsOfTrack, directRendition, renditions, wantedTrack } from "./sound.ts";
import { strikeKeys } from "./strikes.ts";
import { againstSubtitle, subtitlePlans } from "./subtitles.ts";
import type { Decision, Load, PlaybackPolicy, PlayedMedia, Refusal } from "./types.ts";

/** Everything that the ways of playing are tried with. */
interface Question {
  readonly media: PlayedMedia;
  readonly facts: MediaFacts;
  readonly client: ClientCapabilities;
  readonly policy: PlaybackPolicy;
  readonly load: Load;
  readonly strikes: ReadonlySet<string>;
  readonly video: VideoTrack | undefined;
  readonly sound: AudioTrack | undefined;
  readonly limits: Limits;
}

/**
 * The cheapest way in which this client can play this file: as it is, copied into pieces, with new sound, with a picture made by hardware
 * or by software. Pure. What is only not nice (combs, a subtitle left out) is accepted before playback is refused.
 */
export function decide(media: PlayedMedia, client: ClientCapabilities, policy: PlaybackPolicy, load: Load): Decision {
  const strict = attempt(media, client, policy, load);
  if (strict.kind === "plan") return strict;
  const withCombs = { ...client, deinterlaces: true };
  const withoutSubtitle = { ...policy, subtitleIndex: null };
  for (const [c, p] of [
    [withCombs, policy],
    [client, withoutSubtitle],
    [withCombs, withoutSubtitle],
  ] as const) {
    const plan = attempt(media, c, p, load);
    if (plan.kind === "plan") return plan;
  }
  return strict;
}

function attempt(media: PlayedMedia, client: ClientCapabilities, policy: PlaybackPolicy, load: Load): Decision {
  const { facts } = media;
  const video = facts.video[0];
  const sound = wantedTrack(facts, policy);
  const strikes = new Set(policy.strikes);
  const limits = limitsOf(media, client, policy);
  const question: Question = { media, facts, client, policy, load, strikes, video, sound, limits };
  if (video === undefined && sound === undefined) {
    const text = "there is neither picture nor sound in this file that could be played";
    return refusal("impossible", [{ code: "nothing-to-play", text }], question);
  }
  const againstDirect = reasonsAgainstDirect(question);
  if (againstDirect.length === 0) return directPlan(question);
  return playInPieces(question, againstDirect);
}

function reasonsAgainstDirect(question: Question): Reason[] {
  const { facts, client, policy, strikes, video, sound, limits } = question;
  const reasons: Reason[] = [];
  if (video !== undefined) reasons.push(...againstPicture(video, "file", client, strikes));
  if (sound !== undefined) reasons.push(...againstSound(sound, "file", client, strikes));
  if (strikes.has(strikeKeys.container(facts.container))) {
    const text = `${client.name} reported that it could not play this ${containerName(facts.container)} file`;
    reasons.push({ code: "reported-as-unplayable", text });
  } else if (!client.containers.includes("*") && !client.containers.includes(facts.container)) {
    const text = `${client.name} cannot open ${containerName(facts.container)} files`;
    reasons.push({ code: "container-not-supported", text });
  }
  if (sound !== undefined && sound !== facts.audio[0] && !client.switchesAudioInFile) {
    const text = `${client.name} plays only the first sound track of a file`;
    reasons.push({ code: "audio-track-is-not-the-first", text });
  }
  const subtitle = againstSubtitle(facts, policy.subtitleIndex, "file", client);
  if (subtitle !== undefined) reasons.push(subtitle);
  return [...againstLimits(video, limits), ...reasons];
}

function directPlan(question: Question): Plan {
  const { facts, client, policy, video, sound } = question;
  const uses = [
    strikeKeys.container(facts.container),
    ...(video === undefined ? [] : [strikeKeys.picture("file", video)]),
    ...(sound === undefined ? [] : [strikeKeys.sound("file", sound)]),
  ];
  return {
    kind: "plan",
    method: "direct",
    rungs: [],
    startRung: null,
    videoIndex: video?.index ?? null,
    audio: sound === undefined ? [] : [directRendition(sound)],
    subtitles: subtitlePlans(facts, "file", client, null, question.policy.allowsTranscoding),
    burnsIn: null,
    reasons: [],
    wouldAvoid: [],
    choices:
      video === undefined ? [] : ["original", ...made(question, policy.subtitleIndex, null).rungs.map(({ id }) => id)],
    cost: { machineShare: 0, realtimeFactor: null },
    label: labelOf("direct", undefined, [], client.name),
    uses,
  };
}

/** Copied, or made anew, as HLS. `reasons` are those against playing the file itself. */
function playInPieces(question: Question, reasons: readonly Reason[]): Decision {
  const { facts, client, policy, strikes, video, sound, limits } = question;
  const { allowsTranscoding } = policy;
  const audio = renditions(facts.audio, {
    client,
    strikes,
    limitBitsPerSecond: limits.tightBitsPerSecond,
    wanted: sound,
    allowsTranscoding,
  });
  const heard = audio.find(({ isDefault }) => isDefault);
  if (!canPlayPieces(client) || (sound !== undefined && heard === undefined)) {
    return refusal("impossible", [...reasons, ...(allowsTranscoding ? [] : [switchedOff])], question);
  }
  if (video === undefined) {
    return piecesPlan(question, { rungs: [], start: undefined, audio, reasons, burnsIn: null });
  }
  const burns = againstSubtitle(facts, policy.subtitleIndex, "hls", client);
  const againstCopy = [...reasonsAgainstCopy(question, video), ...(burns === undefined ? [] : [burns])];
  const soundBits = heard?.bitsPerSecond ?? 0;
  const ladder = made(question, policy.subtitleIndex, soundBits);
  if (againstCopy.length === 0) {
    const original = originalRung(question, video, soundBits);
    const rungs = [original, ...ladder.rungs.filter(({ bitsPerSecond }) => bitsPerSecond < original.bitsPerSecond)];
    return piecesPlan(question, { rungs, start: original, audio, reasons, burnsIn: null });
  }
  const all = unique([...againstCopy, ...reasons]);
  const start = ladder.rungs[0];
  if (start === undefined) return refused(question, all, ladder);
  const shown = start.height < shownFrame(video).height ? [...all, ...ladder.reasons.slice(0, 1)] : all;
  const burnsIn = burns === undefined ? null : policy.subtitleIndex;
  return piecesPlan(question, { rungs: ladder.rungs, start, audio, reasons: unique(shown), burnsIn });
}

function reasonsAgainstCopy({ client, strikes, limits, media }: Question, video: VideoTrack): Reason[] {
  const reasons = [...againstLimits(video, limits), ...againstPicture(video, "hls", client, strikes)];
  if (media.keyframes === "unknown") {
    reasons.push({ code: "no-key-frame-index", text: "the file has not been read through yet" });
  }
  if (media.keyframes === "sparse") {
    reasons.push({ code: "key-frames-too-far-apart", text: "the file can be entered at too few places" });
  }
  return reasons;
}

function made(question: Question, subtitleIndex: number | null, soundBits: number | null): Ladder {
  const { facts, client, policy, load, strikes, video, sound, limits } = question;
  if (video === undefined || !policy.allowsTranscoding || isDolbyOnly(video)) return { rungs: [], reasons: [] };
  const less = soundBits ?? (sound === undefined ? 0 : bitsOfTrack(sound));
  const without = (bits: number | null) => (bits === null ? null : Math.max(0, bits - less));
  const screen = client.maxHeight;
  const screenClass = screen === null ? heights[0] : (heights.findLast((height) => height >= screen) ?? heights[0]);
  return ladderOf({
    track: video,
    client,
    load,
    strikes,
    maxClass: Math.min(limits.maxClass ?? heights[0], screenClass),
    hardBitsPerSecond: without(limits.hardBitsPerSecond),
    softBitsPerSecond: without(limits.softBitsPerSecond),
    burnsIn: againstSubtitle(facts, subtitleIndex, "hls", client) !== undefined,
  });
}

function originalRung({ limits }: Question, video: VideoTrack, soundBits: number): Rung {
  const picture = video.bitsPerSecond ?? (limits.originalBitsPerSecond ?? 0) - soundBits;
  const bits = Math.max(1, Math.round(picture));
  return {
    id: "original",
    encoder: "copy",
    codec: video.codec,
    ...shownFrame(video),
    bitsPerSecond: bits,
    maxBitsPerSecond: Math.round(bits * 1.5),
    halvesFrames: false,
    toneMaps: false,
    deinterlaces: false,
    machineShare: 0,
  };
}

interface Pieces {
  readonly rungs: readonly Rung[];
  readonly start: Rung | undefined;
  readonly audio: Plan["audio"];
  readonly reasons: readonly Reason[];
  readonly burnsIn: number | null;
}

function piecesPlan(question: Question, { rungs, start, audio, reasons, burnsIn }: Pieces): Plan {
  const { facts, client, policy, video, sound, limits } = question;
  const heard = audio.find(({ isDefault }) => isDefault);
  const makesSound = heard?.action === "transcode";
  const method = methodOf(start, makesSound);
  const told = relevant(reasons, method);
  const machineShare = (start?.machineShare ?? 0) + (makesSound ? soundShare : 0);
  const uses: string[] = [];
  if (start?.encoder === "copy" && video !== undefined) uses.push(strikeKeys.picture("hls", video));
  if (start?.encoder === "hardware") uses.push(strikeKeys.hardware);
  else if (start?.encoder === "software") uses.push(strikeKeys.rung(start.id));
  if (heard?.action === "copy" && sound !== undefined) uses.push(strikeKeys.sound("hls", sound));
  if (makesSound && heard.channels > 2) uses.push(strikeKeys.surround);
  return {
    kind: "plan",
    method,
    rungs: [...rungs],
    startRung: start?.id ?? null,
    videoIndex: video?.index ?? null,
    audio,
    subtitles: subtitlePlans(facts, "hls", client, burnsIn, policy.allowsTranscoding),
    burnsIn,
    reasons: told,
    wouldAvoid: adviceOn(told, { bitsPerSecond: limits.originalBitsPerSecond }),
    choices: choicesOf(question, rungs),
    cost: { machineShare, realtimeFactor: machineShare > 0 ? 1 / machineShare : null },
    label: labelOf(method, start, told, client.name),
    uses,
  };
}

function methodOf(start: Rung | undefined, makesSound: boolean): Method {
  if (start?.encoder === "hardware" || start?.encoder === "software") return start.encoder;
  return makesSound ? "audio" : "copy";
}

/** What made the picture costly comes before what made the container, or the sound, another. */
function relevant(reasons: readonly Reason[], method: Method): Reason[] {
  const rank = ({ code }: Reason) => {
    const isSound = code.startsWith("audio-");
    if (method === "audio") return isSound ? 0 : 1;
    if (isSound || code === "container-not-supported") return 2;
    return code.startsWith("machine-") ? 1 : 0;
  };
  return unique(reasons.toSorted((a, b) => rank(a) - rank(b)));
}

function choicesOf({ video, policy }: Question, rungs: readonly Rung[]): string[] {
  if (video === undefined) return [];
  const ids = rungs.map(({ id }) => id);
  // A lower quality was chosen: the way back must stay.
  const all = policy.rung !== null || policy.audioIndex !== null ? ["original", ...ids] : ids;
  return [...new Set(all)];
}

function unique(reasons: readonly Reason[]): Reason[] {
  return [...new Map(reasons.map((reason) => [`${reason.code} ${reason.text}`, reason])).values()];
}

function canPlayPieces({ video, audio }: ClientCapabilities): boolean {
  return [...video, ...audio].some(({ ways }) => ways.includes("hls"));
}

const switchedOff: Reason = {
  code: "transcoding-switched-off",
  text: "making pictures and sound anew is switched off",
};

function refused(question: Question, reasons: readonly Reason[], ladder: Ladder): Refusal {
  const machine = ladder.reasons.filter(({ code }) => code.startsWith("machine-"));
  const passes = machine.some(({ code }) => code !== "machine-too-slow");
  const off = question.policy.allowsTranscoding ? [] : [switchedOff];
  return refusal(passes ? "busy" : "impossible", unique([...reasons, ...ladder.reasons, ...off]), question);
}

function refusal(why: Refusal["why"], reasons: readonly Reason[], { limits }: Question): Refusal {
  const first = reasons.find(({ code }) => why === "busy" && code.startsWith("machine-")) ?? reasons[0];
  const wouldAvoid = adviceOn(reasons, { bitsPerSecond: limits.originalBitsPerSecond });
  const head = first === undefined ? "It cannot be played" : `It cannot be played now: ${first.text}`;
  const help = why === "busy" ? "Try again in a while." : (wouldAvoid[0] ?? "") && `What helps: ${wouldAvoid[0]}.`;
  return { kind: "refusal", why, reasons, wouldAvoid, text: `${head}. ${help}`.trim() };
}
