import { deflateSync, inflateSync } from "node:zlib";
import type { KeyframeIndex } from "./types.ts";

/** An index as it is kept: JSON with differences instead of times, deflated; some bytes for each key frame. */
export function packKeyframes({ pts, ...rest }: KeyframeIndex): Uint8Array {
  const steps = pts.map((time, index) => time - (pts[index - 1] ?? 0));
  return deflateSync(JSON.stringify({ ...rest, steps }));
}

export function unpackKeyframes(packed: Uint8Array): KeyframeIndex {
  const { steps, ...rest } = JSON.parse(inflateSync(packed).toString("utf8")) as Omit<KeyframeIndex, "pts"> & {
    steps: number[];
  };
  let time = 0;
  const pts = steps.map((step) => {
    time += step;
    return time;
  });
  return { ...rest, pts };
}
