import { setImmediate as breathe } from "node:timers/promises";

export const samplesPerSecond = 44_100;

const voices = {
  /** A struck bar: partials of a vibraphone, long fading. */
  bell: { partials: [1, 2.76, 5.4], levels: [1, 0.28, 0.09], attackS: 0.004, decayS: 1.5 },
  /** A plucked string. */
  pluck: { partials: [1, 2, 3, 4.01], levels: [1, 0.42, 0.22, 0.1], attackS: 0.003, decayS: 0.55 },
  /** Slow strings: slightly detuned pairs. */
  pad: { partials: [1, 1.004, 0.997, 2.002], levels: [0.5, 0.5, 0.5, 0.16], attackS: 0.7, decayS: 9 },
  /** A soft organ-like low note. */
  bass: { partials: [1, 2], levels: [1, 0.25], attackS: 0.02, decayS: 1.8 },
} as const;
export type Voice = keyof typeof voices;

export interface Note {
  readonly atS: number;
  readonly lengthS: number;
  /** MIDI: 60 is the middle C, 69 is 440 Hz. */
  readonly key: number;
  /** 0 to 1. */
  readonly gain: number;
  /** -1 (left) to 1. */
  readonly pan: number;
  readonly voice: Voice;
}

interface Sound {
  /** Stereo, 16 bit, little endian. */
  readonly pcm: Uint8Array;
  /** ReplayGain 2.0, about: relative to -18 LUFS, by the mean power. */
  readonly gainDb: number;
  readonly peak: number;
}

const releaseS = 0.35;
const notesPerBreath = 12;
const fullScale = 0.8;

/** Plays notes. Lets the event loop breathe, so that the house stays usable meanwhile. */
export async function playNotes(notes: readonly Note[], lengthS: number): Promise<Sound> {
  const count = Math.round(lengthS * samplesPerSecond);
  const [left, right] = [new Float32Array(count), new Float32Array(count)];
  for (const [index, note] of notes.entries()) {
    addNote(note, left, right);
    if (index % notesPerBreath === 0) await breathe();
  }
  addEcho(left, right);
  await breathe();
  return finish(left, right);
}

function addNote(note: Note, left: Float32Array, right: Float32Array): void {
  const { partials, levels, attackS, decayS } = voices[note.voice];
  const hertz = 440 * 2 ** ((note.key - 69) / 12);
  const first = Math.round(note.atS * samplesPerSecond);
  const count = Math.min(Math.round((note.lengthS + releaseS) * samplesPerSecond), left.length - first);
  const [attack, held] = [attackS * samplesPerSecond, note.lengthS * samplesPerSecond];
  const release = releaseS * samplesPerSecond;
  const fade = Math.exp(-1 / (decayS * samplesPerSecond));
  const [toLeft, toRight] = [Math.sqrt((1 - note.pan) / 2), Math.sqrt((1 + note.pan) / 2)];
  for (const [index, partial] of partials.entries()) {
    // y[n] = 2 cos(w) y[n-1] - y[n-2] is a sine without calling one for every sample.
    const turn = (2 * Math.PI * hertz * partial) / samplesPerSecond;
    const factor = 2 * Math.cos(turn);
    let before = -Math.sin(turn);
    let now = 0;
    let level = note.gain * 0.2 * (levels[index] ?? 0);
    for (let at = 0; at < count; at++) {
      const next = factor * now - before;
      before = now;
      now = next;
      level *= fade;
      let value = now * level;
      if (at < attack) value *= at / attack;
      else if (at > held) value *= Math.max(0, 1 - (at - held) / release);
      // Every index is inside: the count was cut to the length.
      (left[first + at] as number) += value * toLeft;
      (right[first + at] as number) += value * toRight;
    }
  }
}

/** From one side to the other and back, each time quieter. */
function addEcho(left: Float32Array, right: Float32Array): void {
  const delay = Math.round(0.31 * samplesPerSecond);
  for (let at = delay; at < left.length; at++) {
    const [fromLeft, fromRight] = [left[at - delay] ?? 0, right[at - delay] ?? 0];
    left[at] = (left[at] ?? 0) + fromRight * 0.26;
    right[at] = (right[at] ?? 0) + fromLeft * 0.26;
  }
}

function finish(left: Float32Array, right: Float32Array): Sound {
  let [loudest, power] = [1e-6, 0];
  for (let at = 0; at < left.length; at++) {
    const [one, two] = [left[at] ?? 0, right[at] ?? 0];
    loudest = Math.max(loudest, Math.abs(one), Math.abs(two));
    power += one * one + two * two;
  }
  const scale = fullScale / loudest;
  const samples = new Int16Array(left.length * 2);
  for (let at = 0; at < left.length; at++) {
    samples[at * 2] = (left[at] ?? 0) * scale * 32_767;
    samples[at * 2 + 1] = (right[at] ?? 0) * scale * 32_767;
  }
  const levelDb = 10 * Math.log10((power / left.length) * scale * scale) - 0.7;
  return { pcm: new Uint8Array(samples.buffer), gainDb: -18 - levelDb, peak: fullScale };
}
