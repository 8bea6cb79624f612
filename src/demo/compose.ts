import { createChance } from "./chance.ts";
import type { Note, Voice } from "./tones.ts";

const scales = {
  major: [0, 2, 4, 5, 7, 9, 11],
  minor: [0, 2, 3, 5, 7, 8, 10],
  dorian: [0, 2, 3, 5, 7, 9, 10],
  lydian: [0, 2, 4, 6, 7, 9, 11],
} as const;

export interface Piece {
  readonly seed: number;
  /** MIDI key of the tonic. */
  readonly tonic: number;
  readonly scale: keyof typeof scales;
  readonly beatsPerMinute: number;
  /** Degrees of the scale, a bar each; repeated. */
  readonly chords: readonly [number, ...number[]];
  readonly lead: Voice;
  readonly lengthS: number;
  /** How many of the places of a bar have a note of the melody, 0 to 1. */
  readonly density: number;
}

const beatsPerBar = 4;
const fadeS = 4;

/** Chords, a low note to each, broken chords above them, and a melody that keeps to the scale. */
export function compose(piece: Piece): Note[] {
  const chance = createChance(piece.seed);
  const steps = scales[piece.scale];
  const keyOf = (degree: number) =>
    piece.tonic + 12 * Math.floor(degree / steps.length) + (steps[((degree % 7) + 7) % 7] ?? 0);
  const beatS = 60 / piece.beatsPerMinute;
  const barS = beatS * beatsPerBar;
  const bars = Math.max(1, Math.floor((piece.lengthS - fadeS) / barS));
  const notes: Note[] = [];
  let melody = 7;
  for (let bar = 0; bar < bars; bar++) {
    const atS = bar * barS;
    const root = piece.chords[bar % piece.chords.length] ?? 0;
    const chord = [root, root + 2, root + 4];
    for (const [index, degree] of chord.entries()) {
      notes.push({ atS, lengthS: barS, key: keyOf(degree), gain: 0.5, pan: (index - 1) * 0.5, voice: "pad" });
    }
    notes.push({ atS, lengthS: barS * 0.9, key: keyOf(root) - 12, gain: 0.8, pan: 0, voice: "bass" });
    const isBroken = bar % 8 > 1;
    for (let half = 0; isBroken && half < beatsPerBar * 2; half++) {
      const degree = (chord[[0, 1, 2, 1][half % 4] ?? 0] ?? root) + 7;
      notes.push({
        atS: atS + (half * beatS) / 2,
        lengthS: beatS * 0.5,
        key: keyOf(degree),
        gain: 0.3,
        pan: half % 2 ? 0.6 : -0.6,
        voice: "pluck",
      });
    }
    for (let beat = 0; beat < beatsPerBar && bar % 8 > 3; beat++) {
      if (chance.next() > piece.density) continue;
      melody = Math.max(4, Math.min(15, melody + Math.round(chance.between(-2.4, 2.4))));
      const settled = beat === 0 ? (chord[Math.floor(chance.between(0, 3))] ?? root) + 7 : melody;
      melody = settled;
      notes.push({
        atS: atS + beat * beatS,
        lengthS: beatS * 1.6,
        key: keyOf(settled),
        gain: 0.75,
        pan: 0.1,
        voice: piece.lead,
      });
    }
  }
  return notes;
}
