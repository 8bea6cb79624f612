/**
 * Sound that says when it is: a quiet tone all the time, so that a hole is heard, and a chirp of 30 ms at each given moment. Tracks
 * differ in the direction of the chirp.
 */
export const sampleRate = 48_000;
const chirpSeconds = 0.03;
const toneHz = 440;
const toneLevel = 0.12;
const chirpLevel = 0.6;

export type Chirp = "up" | "down";

function chirpSamples(chirp: Chirp): Float32Array {
  const count = Math.round(chirpSeconds * sampleRate);
  return Float32Array.from({ length: count }, (_, index) => {
    const t = index / sampleRate;
    const [from, to] = chirp === "up" ? [1000, 5000] : [5000, 1000];
    const window = Math.sin((Math.PI * index) / count) ** 0.5;
    return window * Math.sin(2 * Math.PI * (from * t + ((to - from) * t * t) / (2 * chirpSeconds)));
  });
}

/** A mono WAV file of 16 bits (RIFF, PCM). */
export function makeSound(seconds: number, beepSeconds: readonly number[], chirp: Chirp): Uint8Array {
  const count = Math.round(seconds * sampleRate);
  const samples = new Int16Array(count);
  for (let index = 0; index < count; index++) {
    samples[index] = 32_767 * toneLevel * Math.sin((2 * Math.PI * toneHz * index) / sampleRate);
  }
  const shape = chirpSamples(chirp);
  for (const beep of beepSeconds) {
    const first = Math.round(beep * sampleRate);
    for (let index = 0; index < shape.length && first + index < count; index++) {
      samples[first + index] = (samples[first + index] ?? 0) + 32_767 * chirpLevel * (shape[index] ?? 0);
    }
  }
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + samples.byteLength, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(sampleRate, 24);
  head.writeUInt32LE(sampleRate * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36);
  head.writeUInt32LE(samples.byteLength, 40);
  return Buffer.concat([head, Buffer.from(samples.buffer)]);
}

export interface FoundBeep {
  /** Where it begins, in samples from the first one. */
  readonly sample: number;
  /** 1 is a perfect likeness. */
  readonly likeness: number;
}

/** The place near `expectedSample` where the chirp fits best (normalised correlation); undefined when the sound does not reach so far. */
export function findBeep(
  sound: Float32Array,
  expectedSample: number,
  chirp: Chirp,
  reachSamples = Math.round(0.06 * sampleRate),
): FoundBeep | undefined {
  const shape = chirpSamples(chirp);
  const first = Math.round(expectedSample) - reachSamples;
  if (first < 0 || first + 2 * reachSamples + shape.length > sound.length) return undefined;
  const shapeNorm = Math.sqrt(shape.reduce((sum, value) => sum + value * value, 0));
  let best: FoundBeep = { sample: first, likeness: -1 };
  for (let start = first; start <= first + 2 * reachSamples; start++) {
    let product = 0;
    let energy = 1e-9;
    for (let index = 0; index < shape.length; index++) {
      const value = sound[start + index] ?? 0;
      product += value * (shape[index] ?? 0);
      energy += value * value;
    }
    const likeness = product / (shapeNorm * Math.sqrt(energy));
    if (likeness > best.likeness) best = { sample: start, likeness };
  }
  return best;
}

/** The quietest 5 ms as a share of the median, without the first and last 60 ms: 1 is level, 0 a hole. */
export function quietestShare(sound: Float32Array): number {
  const size = Math.round(0.005 * sampleRate);
  const edge = 12 * size;
  const levels: number[] = [];
  for (let from = edge; from + size <= sound.length - edge; from += size) {
    let energy = 0;
    for (let index = from; index < from + size; index++) energy += (sound[index] ?? 0) ** 2;
    levels.push(Math.sqrt(energy / size));
  }
  const sorted = levels.toSorted((a, b) => a - b);
  return (sorted[0] ?? 0) / Math.max(1e-9, sorted[Math.floor(sorted.length / 2)] ?? 0);
}
