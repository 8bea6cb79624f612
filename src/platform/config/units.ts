import { z } from "zod";

const sizeUnits: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  pb: 1e15,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
  pib: 2 ** 50,
};

const secondMs = 1000;
const dayMs = 86_400 * secondMs;
const durationUnits: Readonly<Record<string, number>> = {
  ms: 1,
  s: secondMs,
  second: secondMs,
  seconds: secondMs,
  min: 60 * secondMs,
  minute: 60 * secondMs,
  minutes: 60 * secondMs,
  h: 3600 * secondMs,
  hour: 3600 * secondMs,
  hours: 3600 * secondMs,
  d: dayMs,
  day: dayMs,
  days: dayMs,
  week: 7 * dayMs,
  weeks: 7 * dayMs,
};

const quantity = /^(\d{1,15}(?:\.\d{1,9})?)\s*([a-z]+)$/i;

function parseQuantity(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const match = quantity.exec(text.trim());
  const unit = match?.[2]?.toLowerCase() ?? "";
  if (match === null || !Object.hasOwn(units, unit)) return undefined;
  const value = Math.round(Number(match[1]) * (units[unit] ?? Number.NaN));
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Bytes of a size with its unit: `2 GiB` (binary) or `2 GB` (decimal). Undefined when it is none. */
export const parseSizeBytes = (text: string): number | undefined => parseQuantity(text, sizeUnits);

/** Milliseconds of a length of time with its unit: `30 days`, `5 min`, `250 ms`. Undefined when it is none. */
export const parseDurationMs = (text: string): number | undefined => parseQuantity(text, durationUnits);

function quantitySchema(parse: (text: string) => number | undefined, hint: string) {
  return z.string({ error: hint }).transform((text, context) => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.addIssue({ code: "custom", message: hint });
    return z.NEVER;
  });
}

/** Written as `2 GiB`, read as bytes. */
export const SizeBytes = quantitySchema(parseSizeBytes, 'write a size with its unit, such as "2 GiB"');

/** Written as `30 days`, read as milliseconds. */
export const DurationMs = quantitySchema(parseDurationMs, 'write a length of time with its unit, such as "30 days"');

export interface ListenAddress {
  readonly hostname: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

const listenForm = /^(?:\[([0-9a-f:.%]+)\]|([a-z0-9.-]+)):(\d{1,5})$/i;

/** `HOST:PORT`, with an IPv6 address in brackets. Undefined when it is none. */
export function parseListen(text: string): ListenAddress | undefined {
  const match = listenForm.exec(text.trim());
  const hostname = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  return hostname === undefined || port > 65_535 ? undefined : { hostname, port };
}

const listenHint = 'write HOST:PORT, such as "0.0.0.0:8420" or "[::]:8420"';

export const Listen = z.string({ error: listenHint }).transform((text, context): ListenAddress => {
  const address = parseListen(text);
  if (address !== undefined) return address;
  context.addIssue({ code: "custom", message: listenHint });
  return z.NEVER;
});
