import type { MediaFacts } from "#apps/media/probe";
import type { Plan, Reason } from "#contract/apps/media/decide";

/** A file and what is known about entering it. */
export interface PlayedMedia {
  readonly facts: MediaFacts;
  readonly sizeBytes: number;
  /**
   * Where the picture may be entered: `known`; `unknown`: the index is not made yet, or never can be; `sparse`: two key frames are so far
   * apart that pieces would be too long.
   */
  readonly keyframes: "known" | "unknown" | "sparse";
}

/** What the household and the person want of this playback. Null is no limit. */
export interface PlaybackPolicy {
  /** Of what is sent: the original counts too. */
  readonly maxHeight: number | null;
  /** Of picture and sound together. */
  readonly maxBitsPerSecond: number | null;
  readonly allowsTranscoding: boolean;
  /** Sound track (stream index) that is wanted; null: the default of the file, or the one in a language of `languages`. */
  readonly audioIndex: number | null;
  /** Subtitle (stream index) that is shown; null: none. */
  readonly subtitleIndex: number | null;
  /** Preferred languages of the sound, the dearest first, as the files say them. */
  readonly languages: readonly string[];
  /** Quality chosen by hand: nothing higher than this rung. `original` and null: no wish. */
  readonly rung: string | null;
  /** What was struck for this client, by errors that it reported. */
  readonly strikes: readonly string[];
}

/** What the machine can do and does, as measured. */
export interface Load {
  /**
   * How many times faster than real time one software encode runs alone, by height of a 16:9 picture of 30 frames a second; empty: not
   * measured yet (then a careful guess by `cores` holds).
   */
  readonly softwareFactor: Readonly<Record<number, number>>;
  readonly cores: number;
  /** Encoder that has proved itself by a real encode; null: none. */
  readonly hardware: {
    readonly codecs: readonly string[];
    /** Real-time factor by height, as above. */
    readonly factor: Readonly<Record<number, number>>;
  } | null;
  /** Part of the machine taken by encodes that run already, without the one this plan would share or replace; 0 to 1. */
  readonly usedShare: number;
  readonly freeMemoryBytes: number;
  readonly temperatureCelsius: number | null;
  /** From here on no new encode begins; null: not watched. */
  readonly maxTemperatureCelsius: number | null;
}

/** Nothing fits: what to tell the person, and what would help. */
export interface Refusal {
  readonly kind: "refusal";
  /** `busy`: it may work later. `impossible`: not for this file and client. */
  readonly why: "busy" | "impossible";
  readonly reasons: readonly Reason[];
  readonly wouldAvoid: readonly string[];
  /** A sentence that says what to do. */
  readonly text: string;
}

export type Decision = Plan | Refusal;
