import { median, medianRatio } from "./stats.ts";
import type { Figure, Verdict } from "./types.ts";

/** `ours` ÷ `base` of one figure, as the median of the ratios of each round, against a least value. */
export function ratioVerdict(
  figure: Figure,
  options: { ours: string; base: string; atLeast: number; lowerIsBetter?: boolean; title?: string },
): Verdict[] {
  const ours = figure.samples[options.ours];
  const base = figure.samples[options.base];
  if (!ours || !base) return [];
  const ratio = options.lowerIsBetter ? medianRatio(base, ours) : medianRatio(ours, base);
  return [
    {
      part: figure.part,
      title: options.title ?? figure.title,
      target: `≥ ${options.atLeast} × ${options.base}`,
      measured: `${ratio.toFixed(2)} ×`,
      met: ratio >= options.atLeast,
    },
  ];
}

/** `ours` ÷ `base` of one figure where less is better, as the median of the ratios of each round, against a most value. */
export function limitRatioVerdict(figure: Figure, options: { ours: string; base: string; atMost: number }): Verdict[] {
  const ours = figure.samples[options.ours];
  const base = figure.samples[options.base];
  if (!ours || !base) return [];
  const ratio = medianRatio(ours, base);
  return [
    {
      part: figure.part,
      title: figure.title,
      target: `≤ ${options.atMost} × ${options.base}`,
      measured: `${ratio.toFixed(2)} ×`,
      met: ratio <= options.atMost,
    },
  ];
}

/** The median of one subject against a most value in the figure's own unit. */
export function limitVerdict(figure: Figure, options: { ours: string; atMost: number; title?: string }): Verdict[] {
  const ours = figure.samples[options.ours];
  if (!ours) return [];
  const value = median(ours);
  return [
    {
      part: figure.part,
      title: options.title ?? figure.title,
      target: `≤ ${options.atMost} ${figure.unit}`,
      measured: `${format(value)} ${figure.unit}`,
      met: value <= options.atMost,
    },
  ];
}

/** Three significant digits, thousands grouped. */
export function format(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString("en");
  return String(Number(value.toPrecision(3)));
}
