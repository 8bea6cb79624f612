import type { ChildLimits } from "#platform/exec";

const gib = 2 ** 30;

/**
 * How much of the machine a child may take that reads a file nobody vouches for. Measured: a picture of 120 million pixels takes
 * 1.2 GiB; a film of 4K made smaller 0.6 GiB on two cores and 2 GiB with sixteen threads; 8K four times that.
 */
export const bounds = {
  /** Says what is in a file. */
  look: { memoryBytes: 2 * gib, openFiles: 64 },
  /** Makes a picture, a song or a text of it, on one core. */
  make: { memoryBytes: 4 * gib, fileBytes: gib / 2 },
  /** Makes a film of it, on all cores. */
  film: { memoryBytes: 8 * gib, fileBytes: 256 * gib },
} as const satisfies Readonly<Record<string, ChildLimits>>;
