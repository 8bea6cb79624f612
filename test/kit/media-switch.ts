import { bareStream, decodeNumbers, decodePictures } from "./media-decode.ts";
import { numberLimit } from "./media-picture.ts";
import type { Shown } from "./media-prove.ts";
import type { LoadedRendition } from "./media-title.ts";
import { entryOf, type Findings } from "./media-verify.ts";

/** Segments of one rung, one after the other, between two changes. */
interface Span {
  readonly video: LoadedRendition;
  readonly indexes: number[];
}

/** Three of five segments come from another rung than the one before. */
const stays = (pick: (count: number) => number) => pick(5) < 2;
const toleranceSeconds = 0.001;

/** All rungs that two players are given of one film; they have one grid. */
export function together(shown: Shown, other: Shown): Shown {
  const own = new Map([...shown.title.video, ...other.title.video].map((video) => [video.name, video]));
  return { ...shown, title: { ...shown.title, video: [...own.values()] } };
}

/** A walk through the whole film that changes up and down between all its rungs. */
function walkOf({ title }: Shown, pick: (count: number) => number): Span[] {
  const spans: Span[] = [];
  const count = Math.min(...title.video.map(({ playlist }) => playlist.segments.length));
  for (let index = 0; index < count; index++) {
    const last = spans.at(-1);
    const others = title.video.filter((video) => video !== last?.video);
    const next = others[pick(others.length)];
    if (last !== undefined && (next === undefined || stays(pick))) last.indexes.push(index);
    else if (next !== undefined) spans.push({ video: next, indexes: [index] });
  }
  return spans;
}

const codecOf = ({ init: { sampleEntry } }: LoadedRendition) =>
  sampleEntry.startsWith("avc") ? "h264" : sampleEntry.startsWith("hvc") ? "hevc" : undefined;

export interface SwitchProof {
  readonly findings: Findings;
  /** Changes of the rung. */
  readonly changes: number;
  /** Of these, into a copy at an open key picture: the pictures before that are left out, as by every player. */
  readonly openEntries: number;
}

/**
 * The whole film with changes at random between its rungs, as a player appends it: each span behind its init segment in a decoder of its
 * own, where times count; then spans of one codec in one decoder that goes on from rung to rung, which must be silent and show every
 * picture once, in order.
 */
export async function proveSwitches(shown: Shown, pick: (count: number) => number): Promise<SwitchProof> {
  const spans = walkOf(shown, pick);
  const findings: Findings = [];
  const said = spans.map(({ video, indexes }) => `${video.name.split(" ")[0]}×${indexes.length}`).join(" ");
  let openEntries = 0;
  let joint: { format: "h264" | "hevc"; parts: Uint8Array[]; numbers: number[] } | undefined;
  const decodeJoint = async () => {
    if (joint === undefined || joint.parts.length < 2) return;
    const { value, warnings } = await decodeNumbers(Buffer.concat(joint.parts), joint.format);
    findings.push(...warnings.map((line) => `one decoder, ${said}: ${line}`));
    const wrong = value.findIndex((number, at) => number !== joint?.numbers[at]);
    if (wrong !== -1 || value.length !== joint.numbers.length) {
      const where = `picture ${value[wrong]} where ${joint.numbers[wrong]} is next`;
      findings.push(`one decoder, ${said}: ${value.length} of ${joint.numbers.length} pictures, ${where}`);
    }
  };
  for (const { video, indexes } of spans) {
    const { seconds, isOpen } = await entryOf(video, indexes[0] ?? 0);
    if (isOpen) openEntries++;
    const bytes = await video.joined(indexes);
    const expected = expectedOf(shown, video, indexes, isOpen ? seconds - shown.origin : undefined);
    const span = await spanFindings(shown, video, bytes, expected);
    // At an open group a decoder may complain of what is missing, as it does in the file itself.
    findings.push(...[...(isOpen ? [] : span.warnings), ...span.findings].map((line) => `${said}: ${line}`));
    // In a bare stream nothing says that the picture is to be turned.
    const format = shown.clip.recipe.rotation === undefined ? codecOf(video) : undefined;
    // A decoder that goes on would show what hangs on the segment before with pictures of another rung.
    if (isOpen || format !== joint?.format) {
      await decodeJoint();
      joint = undefined;
    }
    if (format === undefined || isOpen) continue;
    joint ??= { format, parts: [], numbers: [] };
    joint.parts.push(await bareStream(bytes, format));
    joint.numbers.push(...expected.map((picture) => picture % numberLimit));
  }
  await decodeJoint();
  return { findings, changes: spans.length - 1, openEntries };
}

/** The pictures of these segments; those shown before `from` are not expected. */
function expectedOf(
  { truth }: Shown,
  { playlist: { segments } }: LoadedRendition,
  indexes: readonly number[],
  from = segments[indexes[0] ?? 0]?.startSeconds ?? 0,
): number[] {
  const last = segments[indexes.at(-1) ?? 0];
  const to = (last?.startSeconds ?? 0) + (last?.durationSeconds ?? 0);
  return truth.shownAt.flatMap((at, picture) =>
    at > from - toleranceSeconds && at < to - toleranceSeconds ? [picture] : [],
  );
}

async function spanFindings(
  { truth, origin }: Shown,
  video: LoadedRendition,
  bytes: Uint8Array,
  expected: readonly number[],
): Promise<{ readonly findings: Findings; readonly warnings: Findings }> {
  const { value, warnings } = await decodePictures(bytes);
  const findings: Findings = [];
  const first = truth.shownAt[expected[0] ?? 0] ?? 0;
  const own = value.filter(({ seconds }) => seconds - origin > first - toleranceSeconds);
  const isRight = own.every(({ number, seconds }, at) => {
    const picture = expected[at] ?? -1;
    const off = seconds - origin - (truth.shownAt[picture] ?? Number.POSITIVE_INFINITY);
    return number === picture % numberLimit && Math.abs(off) < toleranceSeconds;
  });
  if (!isRight || own.length !== expected.length) {
    findings.push(`${video.name} from ${first.toFixed(3)} s: ${own.length} pictures, ${expected.length} expected`);
  }
  return { findings, warnings: warnings.map((line) => `${video.name}: ${line}`) };
}
